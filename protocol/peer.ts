/**
 * request() and serve(): typed and checked, over any pipe. vscode-jsonrpc does ids, cancellation and dispatch;
 * every message is held against its schema here, before a handler sees it and before a caller gets it.
 * The process's entry imports `vscode-jsonrpc/node` or `/browser` first: that installs the library's timers.
 */
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type CancellationToken,
  CancellationTokenSource,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  ErrorCodes,
  type Message,
  ResponseError,
} from "vscode-jsonrpc";
import { z } from "zod";
import type { Contract, Notifications, Params, Result } from "./contracts.ts";
import { openEnvelope } from "./envelope.ts";
import { Failed, type Failure, failure } from "./failures.ts";
import type { Pipe } from "./pipe.ts";
import { maximumMessageBytes } from "./wire.ts";

// An Electron or browser page under a strict CSP may not compile code from strings.
z.config({ jitless: true });

/** Outside the range that JSON-RPC reserves: an expected failure, whole in `data`. */
const failedCode = 1;

export interface CallContext {
  readonly token: CancellationToken;
}
export type Handlers<C extends Contract> = {
  readonly [M in keyof C]: (params: Params<C[M]>, context: CallContext) => Promise<Result<C[M]>>;
};

export interface PeerOptions<Serves extends Contract, Sends extends Notifications, Hears extends Notifications> {
  /** what the other side may call of us */
  readonly serves: Serves;
  readonly handlers: Handlers<Serves>;
  readonly sends: Sends;
  readonly hears: Hears;
  readonly notified?: { readonly [N in keyof Hears]?: (params: z.infer<Hears[N]>) => void };
  readonly closed?: () => void;
  /** what was refused or went wrong without a caller to tell: for a log */
  readonly trouble?: (what: string) => void;
}

export interface Peer<Calls extends Contract, Sends extends Notifications> {
  /** throws {@link Failed} for every expected failure, `helper-gone` where the pipe closed meanwhile */
  request<M extends keyof Calls & string>(
    method: M,
    params: Params<Calls[M]>,
    token?: CancellationToken,
  ): Promise<Result<Calls[M]>>;
  notify<N extends keyof Sends & string>(notification: N, params: z.infer<Sends[N]>): void;
  readonly open: boolean;
  close(): void;
}

export function connectPeer<
  Calls extends Contract,
  Serves extends Contract,
  Sends extends Notifications,
  Hears extends Notifications,
>(pipe: Pipe, calls: Calls, options: PeerOptions<Serves, Sends, Hears>): Peer<Calls, Sends> {
  let open = true;
  let ending: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    ending = resolve;
  });
  const reader = new PipeReader(pipe, options.trouble);
  const connection = createMessageConnection(reader, new PipeWriter(pipe));

  connection.onRequest(async (method, params, token) => {
    const declared = Object.hasOwn(options.serves, method) ? options.serves[method] : undefined;
    const handler = Object.hasOwn(options.handlers, method) ? options.handlers[method] : undefined;
    if (declared === undefined || handler === undefined) {
      return refusal(ErrorCodes.MethodNotFound, `no method called ${JSON.stringify(method)}`);
    }
    const checked = declared.params.safeParse(params ?? {});
    if (!checked.success) {
      return refusal(ErrorCodes.InvalidParams, `${method}: ${z.prettifyError(checked.error)}`);
    }
    try {
      return await handler(checked.data as never, { token });
    } catch (error) {
      return asResponseError(method, error, options.trouble);
    }
  });

  connection.onNotification((notification, params) => {
    const declared = Object.hasOwn(options.hears, notification) ? options.hears[notification] : undefined;
    const checked = declared?.safeParse(params ?? {});
    if (checked?.success !== true) {
      options.trouble?.(`refused notification ${JSON.stringify(notification)}`);
      return;
    }
    options.notified?.[notification]?.(checked.data as never);
  });
  connection.onError(([error]) => options.trouble?.(error.message));
  connection.onClose(() => {
    open = false;
    ending();
    options.closed?.();
  });
  connection.listen();

  return {
    async request(method, params, token) {
      const source = new CancellationTokenSource();
      const link = token?.onCancellationRequested(() => source.cancel());
      if (token?.isCancellationRequested) source.cancel();
      try {
        if (!open) throw gone(method);
        const result = await Promise.race([
          connection.sendRequest<unknown>(method, params, source.token),
          ended.then(() => {
            throw gone(method);
          }),
        ]);
        const checked = calls[method]?.result.safeParse(result);
        if (checked?.success !== true) {
          throw new Error(
            `${method}: the answer is not of its form: ${checked ? z.prettifyError(checked.error) : "unknown method"}`,
          );
        }
        return checked.data as never;
      } catch (error) {
        if (!open && !(error instanceof Failed)) throw gone(method);
        throw fromResponseError(error);
      } finally {
        link?.dispose();
      }
    },
    notify(notification, params) {
      if (!open) return;
      connection.sendNotification(notification, params).catch((error: unknown) => options.trouble?.(String(error)));
    },
    get open() {
      return open;
    },
    close() {
      if (!open) return;
      open = false;
      ending();
      connection.dispose();
      pipe.close();
    },
  };
}

function gone(method: string): Failed {
  return new Failed({ kind: "helper-gone", message: `${method}: the other process ended before it answered` });
}

function refusal(code: number, message: string): ResponseError<Failure> {
  return new ResponseError(code, message, { kind: "invalid-message", message });
}

function asResponseError(method: string, error: unknown, trouble?: (what: string) => void): ResponseError<unknown> {
  if (error instanceof Failed) return new ResponseError(failedCode, error.message, error.failure);
  const text = error instanceof Error ? error.message : String(error);
  trouble?.(`${method}: ${error instanceof Error ? (error.stack ?? text) : text}`);
  return new ResponseError(ErrorCodes.InternalError, `${method}: ${text}`);
}

function fromResponseError(error: unknown): unknown {
  if (!(error instanceof ResponseError)) return error;
  if (error.code === -32800) return new Failed({ kind: "cancelled", message: "cancelled" });
  const checked = failure.safeParse(error.data);
  return checked.success ? new Failed(checked.data) : error;
}

class PipeReader extends AbstractMessageReader {
  readonly #pipe: Pipe;
  readonly #trouble: ((what: string) => void) | undefined;

  constructor(pipe: Pipe, trouble: ((what: string) => void) | undefined) {
    super();
    this.#pipe = pipe;
    this.#trouble = trouble;
  }

  listen(callback: DataCallback): Disposable {
    this.#pipe.receive({
      message: (text) => {
        const opened = openEnvelope(text);
        if (opened.ok) callback(opened.message as Message);
        else this.#refuse(opened.id, ErrorCodes.InvalidRequest, opened.why);
      },
      overlong: (bytes) =>
        this.#refuse(
          null,
          ErrorCodes.InvalidRequest,
          `a message of ${bytes} bytes; at most ${maximumMessageBytes} are read`,
        ),
      closed: () => this.fireClose(),
    });
    return { dispose: () => undefined };
  }

  #refuse(id: number | string | null, code: number, why: string): void {
    this.#trouble?.(`refused a message: ${why}`);
    const data: Failure = { kind: "invalid-message", message: why };
    this.#pipe.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message: why, data } }));
  }
}

class PipeWriter extends AbstractMessageWriter {
  readonly #pipe: Pipe;

  constructor(pipe: Pipe) {
    super();
    this.#pipe = pipe;
  }

  async write(message: Message): Promise<void> {
    const text = JSON.stringify(message);
    // Three bytes of UTF-8 at most for each UTF-16 unit: only a text near the limit is worth counting.
    if (text.length > maximumMessageBytes / 3 && utf8Length(text) > maximumMessageBytes) {
      throw new Failed({
        kind: "too-large",
        message: `a message of ${text.length} characters is over the limit of ${maximumMessageBytes} bytes`,
        limit: maximumMessageBytes,
      });
    }
    this.#pipe.send(text);
  }

  end(): void {
    // the pipe belongs to whoever made it
  }
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7ff) bytes += unit >= 0xd800 && unit <= 0xdfff ? 1 : 2;
    else if (unit > 0x7f) bytes += 1;
  }
  return bytes;
}
