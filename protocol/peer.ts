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
  Message,
  ResponseError,
  type ResponseMessage,
} from "vscode-jsonrpc";
import * as z from "zod";
import type { Contract, Notifications, Params, Result } from "./contract.ts";
import { openEnvelope } from "./envelope.ts";
import { Failed, type Failure, failure } from "./failures.ts";
import { joinBytes, splitBytes } from "./bytes-beside.ts";
import type { Beside, Pipe } from "./pipe.ts";
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
  const waiting = new Set<() => void>();
  const running = new Set<CancellationTokenSource>();
  const end = (): void => {
    open = false;
    for (const giveUp of waiting) giveUp();
    for (const source of running) source.cancel();
  };
  const reader = new PipeReader(pipe, options.trouble);
  const connection = createMessageConnection(reader, new PipeWriter(pipe, reader, options.trouble));

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
    // Cancelled by the caller, or because nobody is left to hear the answer.
    const source = new CancellationTokenSource();
    running.add(source);
    // Made before it can be cancelled: a token that is born cancelled never calls its listeners.
    const own = source.token;
    const link = token.onCancellationRequested(() => source.cancel());
    if (token.isCancellationRequested) source.cancel();
    try {
      return await handler(checked.data as never, { token: own });
    } catch (error) {
      return asResponseError(method, error, options.trouble);
    } finally {
      link.dispose();
      running.delete(source);
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
    end();
    options.closed?.();
  });
  connection.listen();

  return {
    async request(method, params, token) {
      if (!open) throw gone(method);
      const declared = calls[method];
      if (declared === undefined) throw new Error(`${method}: not in the contract`);
      const result = await new Promise<unknown>((resolve, reject) => {
        const source = new CancellationTokenSource();
        // Made before it can be cancelled: one that is born cancelled cannot be cancelled again, and throws.
        const own = source.token;
        const link = token?.onCancellationRequested(() => source.cancel());
        if (token?.isCancellationRequested) source.cancel();
        const giveUp = (): void => {
          // There is nobody left to be told of a cancellation.
          link?.dispose();
          reject(gone(method));
        };
        waiting.add(giveUp);
        connection
          .sendRequest<unknown>(method, params, own)
          .then(resolve, (error: unknown) => reject(fromResponseError(error)))
          .finally(() => {
            waiting.delete(giveUp);
            link?.dispose();
          });
      });
      const checked = declared.result.safeParse(result);
      if (!checked.success) {
        throw new Error(`${method}: the answer is not of its form: ${z.prettifyError(checked.error)}`);
      }
      return checked.data as never;
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
      end();
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
  const checked = failure.safeParse(error.data);
  return checked.success ? new Failed(checked.data) : error;
}

class PipeReader extends AbstractMessageReader {
  readonly #pipe: Pipe;
  readonly #trouble: ((what: string) => void) | undefined;
  #callback: DataCallback = () => undefined;

  constructor(pipe: Pipe, trouble: ((what: string) => void) | undefined) {
    super();
    this.#pipe = pipe;
    this.#trouble = trouble;
  }

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    this.#pipe.receive({
      message: (text, beside) => {
        const opened = joinBytes(openEnvelope(text), beside ?? null);
        if (opened.ok) this.deliver(opened.message as Message);
        else this.#refuse(opened.id, opened.isAnswer, opened.why);
      },
      overlong: (bytes) =>
        this.#refuse(null, false, `a message of ${bytes} bytes; at most ${maximumMessageBytes} are read`),
      closed: () => this.fireClose(),
    });
    return { dispose: () => undefined };
  }

  /** as if it had come through the pipe */
  deliver(message: Message): void {
    try {
      this.#callback(message);
    } catch (error) {
      // Whatever the library thinks of a message, the connection outlives it.
      this.#trouble?.(`refused a message: ${String(error)}`);
    }
  }

  #refuse(id: number | string | null, isAnswer: boolean, why: string): void {
    this.#trouble?.(`refused a message: ${why}`);
    const data: Failure = { kind: "invalid-message", message: why };
    const answer = errorAnswer(id, ErrorCodes.InvalidRequest, data);
    // What was meant as an answer is not answered: two sides would never stop. Who waits for it here hears of it.
    if (!isAnswer) this.#pipe.send(JSON.stringify(answer));
    else if (id !== null) this.deliver(answer);
  }
}

class PipeWriter extends AbstractMessageWriter {
  readonly #pipe: Pipe;
  readonly #reader: PipeReader;
  readonly #trouble: ((what: string) => void) | undefined;

  constructor(pipe: Pipe, reader: PipeReader, trouble: ((what: string) => void) | undefined) {
    super();
    this.#pipe = pipe;
    this.#reader = reader;
    this.#trouble = trouble;
  }

  async write(message: Message): Promise<void> {
    const { rest, beside } = splitBytes(message);
    const text = JSON.stringify(rest);
    const bytes = bytesIn(beside);
    if (fits(text, maximumMessageBytes - bytes)) {
      this.#pipe.send(text, beside ?? undefined);
      return;
    }
    const data: Failure = {
      kind: "too-large",
      message: `a message of ${text.length} characters${bytes === 0 ? "" : ` and ${bytes} bytes beside them`} is over the limit of ${maximumMessageBytes} bytes`,
      limit: maximumMessageBytes,
    };
    if (Message.isRequest(message)) this.#reader.deliver(errorAnswer(message.id, failedCode, data));
    else if (Message.isResponse(message)) this.#pipe.send(JSON.stringify(errorAnswer(message.id, failedCode, data)));
    else this.#trouble?.(`not sent: ${data.message}`);
  }

  end(): void {
    // the pipe belongs to whoever made it
  }
}

function errorAnswer(id: number | string | null, code: number, data: Failure): ResponseMessage {
  return { jsonrpc: "2.0", id, error: { code, message: data.message, data } };
}

/** Three bytes of UTF-8 at most for each UTF-16 unit: only a text near the limit is worth counting. */
function fits(text: string, room: number): boolean {
  return text.length <= room / 3 || utf8Length(text) <= room;
}

/** What names them before the text counts little more. */
function bytesIn(beside: Beside | null): number {
  return beside === null ? 0 : Object.values(beside).reduce((sum, bytes) => sum + bytes.length, 256);
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
