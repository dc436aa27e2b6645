/** One clangd: started, greeted, and spoken to over its standard input and output. */
import { spawn } from "node:child_process";
import {
  type CancellationToken,
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import type * as z from "zod";
import { Failed } from "../../protocol/failures.ts";
import { confined, endGroup, toolEnvironment } from "./confine.ts";
import * as lsp from "./lsp.ts";

export interface ClangdOptions {
  /** the program, absolute */
  readonly file: string;
  /** folders that it has to read where it is confined */
  readonly readable: readonly string[];
  readonly published: (diagnostics: z.infer<typeof lsp.published>) => void;
  /** an edit that a command of its brings about */
  readonly edited: (edit: lsp.LspWorkspaceEdit) => void;
  /** it ended, whoever wanted it; once, and only after a start that succeeded */
  readonly ended: (how: string) => void;
  /** tests put another program in its place */
  readonly arguments?: readonly string[];
}

export interface Clangd {
  readonly pid: number;
  /** "14.0.6" */
  readonly version: string;
  /** the standard's inlay hints (clangd 15); before, clangd's own */
  readonly hintsMethod: "textDocument/inlayHint" | "clangd/inlayHints";
  /** throws Failed `cancelled`, `usage` with clangd's own words, and `helper-gone` where it ended meanwhile */
  request<S extends z.ZodType>(
    method: string,
    params: object,
    answer: S,
    token?: CancellationToken,
  ): Promise<z.infer<S>>;
  notify(method: string, params: object): void;
  close(): void;
}

/**
 * Nothing is written beside the user's sources (no background index), nothing is run (no query driver), nothing but our
 * flags decides (no .clangd files), and no include is added by itself.
 */
const clangdArguments = [
  "--background-index=false",
  "--pch-storage=memory",
  "--enable-config=false",
  "--header-insertion=never",
  "--clang-tidy=false",
  "--offset-encoding=utf-16",
  "--limit-results=200",
  // else what is asked before the headers are read gets mere words for an answer
  "--completion-parse=always",
  "--log=error",
  "-j=2",
];

/** LSP's ErrorCodes */
const requestCancelled = -32800;
const contentModified = -32801;
const startMilliseconds = 20_000;

export async function startClangd(options: ClangdOptions): Promise<Clangd> {
  const [file, args] = confined(options.file, options.arguments ?? clangdArguments, options.readable);
  const child = spawn(file, args, {
    cwd: "/",
    env: toolEnvironment(),
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-2000);
  });
  // a write to an ended process is no reason to end, too: its exit is heard of
  child.stdin.on("error", () => undefined);
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  let open = true;
  let greeted = false;
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? exitWords(code, said) : `ended by ${signal}`));
  });
  void ended.then((how) => {
    // before that, whoever waits for the greeting hears of it
    if (!open || !greeted) return;
    open = false;
    connection.dispose();
    options.ended(how);
  });
  connection.onError(() => undefined);
  connection.onUnhandledNotification(() => undefined);
  connection.onNotification("textDocument/publishDiagnostics", (params: unknown) => {
    const checked = lsp.published.safeParse(params);
    if (checked.success) options.published(checked.data);
  });
  connection.onRequest("workspace/applyEdit", (params: unknown) => {
    const checked = lsp.applyEdit.safeParse(params);
    if (checked.success) options.edited(checked.data.edit);
    return { applied: checked.success };
  });
  connection.listen();

  const close = (): void => {
    if (open) {
      open = false;
      connection.dispose();
    }
    endGroup(child);
  };
  try {
    const { capabilities, serverInfo } = lsp.initialized.parse(await greet(connection, ended));
    greeted = true;
    return {
      pid: child.pid ?? 0,
      version: /\d+(\.\d+)+/.exec(serverInfo?.version ?? "")?.[0] ?? "",
      hintsMethod: capabilities["inlayHintProvider"] === undefined ? "clangd/inlayHints" : "textDocument/inlayHint",
      request: (method, params, answer, token) => ask(connection, () => open, method, params, answer, token),
      notify(method, params) {
        if (open) connection.sendNotification(method, params).catch(() => undefined);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function greet(connection: MessageConnection, ended: Promise<string>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`clangd did not answer within ${startMilliseconds / 1000} s`)),
      startMilliseconds,
    );
  });
  const over = ended.then((how): never => {
    throw new Error(`clangd could not start: ${how}`);
  });
  try {
    const greeting = connection.sendRequest<unknown>("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: clientCapabilities,
      initializationOptions: { clangdFileStatus: false },
    });
    greeting.catch(() => undefined);
    const answer = await Promise.race([greeting, late, over]);
    await connection.sendNotification("initialized", {});
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

const clientCapabilities = {
  general: { positionEncodings: ["utf-16"] },
  workspace: { applyEdit: true, workspaceEdit: { documentChanges: false } },
  textDocument: {
    completion: {
      completionItem: { snippetSupport: true, documentationFormat: ["markdown"], labelDetailsSupport: false },
      editsNearCursor: true,
    },
    hover: { contentFormat: ["markdown"] },
    signatureHelp: { signatureInformation: { parameterInformation: { labelOffsetSupport: true } } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "refactor"] } } },
    publishDiagnostics: { versionSupport: true, tagSupport: { valueSet: [1] }, categorySupport: false },
    inlayHint: {},
  },
};

async function ask<S extends z.ZodType>(
  connection: MessageConnection,
  isOpen: () => boolean,
  method: string,
  params: object,
  answer: S,
  token?: CancellationToken,
): Promise<z.infer<S>> {
  if (!isOpen()) throw gone(method);
  let got: unknown;
  try {
    // with a token, vscode-jsonrpc sends $/cancelRequest by itself
    got = await (token === undefined
      ? connection.sendRequest<unknown>(method, params)
      : connection.sendRequest<unknown>(method, params, token));
  } catch (error) {
    if (!isOpen()) throw gone(method);
    if (token?.isCancellationRequested === true) throw cancelled(method);
    if (!(error instanceof ResponseError)) throw error;
    const code: number = error.code;
    if (code === requestCancelled || code === contentModified) throw cancelled(method);
    throw new Failed({ kind: "usage", message: lowerFirst(error.message) });
  }
  const checked = answer.safeParse(got ?? null);
  if (!checked.success) throw new Error(`clangd's answer to ${method} is not of its form: ${checked.error.message}`);
  return checked.data;
}

function gone(method: string): Failed {
  return new Failed({
    kind: "helper-gone",
    message: `${method.replace(/^.*\//, "")}: clangd ended before it answered; it is started again: try once more`,
  });
}

function cancelled(method: string): Failed {
  return new Failed({ kind: "cancelled", message: `${method}: cancelled` });
}

function exitWords(code: number | null, said: string): string {
  const last = said.trim().split("\n").at(-1) ?? "";
  return `exit ${code}${last === "" ? "" : `: ${last.slice(0, 300)}`}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
