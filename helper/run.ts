/** One child process: an argument vector, never a shell; bounded in time and output, ended with the ledger or by its caller. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed } from "../protocol/failures.ts";
import type { Environment } from "./environment.ts";
import type { Ledger } from "./ledger.ts";

export interface ChildOptions {
  readonly ledger: Ledger;
  readonly environment: Environment;
  readonly argv: readonly [string, ...string[]];
  readonly input?: string | Buffer;
  /** ms until it is killed */
  readonly timeout?: number;
  readonly maximumOutput?: number;
  readonly maximumErrors?: number;
  readonly token?: CancellationToken;
  /** in a process group of its own, which is ended whole */
  readonly group?: boolean;
  /** how the child is started, where it is not simply here: the fork happens inside */
  readonly within?: (start: () => Child) => Child;
}

export type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export interface Finished {
  /** null where a signal ended it */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  /** why we killed it, if we did */
  readonly killed: "timeout" | "output" | "cancelled" | null;
  readonly output: Buffer;
  readonly errors: string;
  readonly milliseconds: number;
}

export interface Running {
  readonly child: Child;
  kill(why: "cancelled"): void;
  /** rejects only where the program could not be started, with Node's error (ENOENT, EACCES) */
  readonly finished: Promise<Finished>;
}

const mebibyte = 1024 * 1024;

/** @param collect false leaves the child's output to the caller */
export function start(options: ChildOptions, collect = true): Running {
  const { ledger, environment, argv, timeout = 10_000, token } = options;
  const maximumOutput = options.maximumOutput ?? 16 * mebibyte;
  const maximumErrors = options.maximumErrors ?? 4 * mebibyte;
  const [program, ...rest] = argv;
  const from = performance.now();
  const fork = (): Child =>
    spawn(program, rest, {
      cwd: "/",
      env: { ...environment },
      stdio: ["pipe", "pipe", "pipe"],
      detached: options.group === true,
    });
  const child = options.within === undefined ? fork() : options.within(fork);
  const end = (): void => {
    if (options.group === true) endGroup(child);
    else child.kill("SIGKILL");
  };
  const held = ledger.hold(`child ${program}`, end);

  let killed: Finished["killed"] = null;
  const kill = (why: NonNullable<Finished["killed"]>): void => {
    killed ??= why;
    end();
  };
  const gather = (stream: Readable, maximum: number): Buffer[] => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maximum) kill("output");
      else chunks.push(chunk);
    });
    return chunks;
  };
  const output = collect ? gather(child.stdout, maximumOutput) : [];
  const errors = gather(child.stderr, maximumErrors);

  const finished = new Promise<Finished>((resolve, reject) => {
    const timer = setTimeout(() => kill("timeout"), timeout);
    const cancel = token?.onCancellationRequested(() => kill("cancelled"));
    if (token?.isCancellationRequested) kill("cancelled");
    const over = (): void => {
      clearTimeout(timer);
      cancel?.dispose();
      held.release();
    };
    child.once("error", (error) => {
      over();
      reject(error);
    });
    child.once("close", (exit, signal) => {
      over();
      resolve({
        exit,
        signal,
        killed,
        output: Buffer.concat(output),
        errors: Buffer.concat(errors).toString("utf8"),
        milliseconds: performance.now() - from,
      });
    });
  });
  // a child that ends before it has read everything is not our trouble: its exit status says why
  child.stdin.on("error", () => undefined);
  if (options.input !== undefined) child.stdin.end(options.input);
  return { child, kill, finished };
}

/** A signal to a group misses no clone that is under way (kernel/fork.c, copy_process). */
function endGroup(child: Child): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // gone by itself
  }
}

/** Runs a tool that should simply succeed; anything else is thrown as an error with its last words. */
export async function run(options: ChildOptions): Promise<Buffer> {
  let done: Finished;
  try {
    done = await start({ input: "", ...options }).finished;
  } catch (error) {
    throw missingTool(options.argv[0], error);
  }
  if (done.killed === "cancelled") throw new Failed({ kind: "cancelled", message: `${options.argv[0]}: cancelled` });
  if (done.exit !== 0) throw new ToolError(options.argv, done);
  return done.output;
}

/** A tool said no; {@link errors} is what it said. */
export class ToolError extends Error {
  readonly errors: string;
  constructor(argv: readonly string[], { exit, signal, killed, errors }: Finished) {
    const how = killed === "timeout" ? "took too long" : `ended with ${exit ?? signal ?? "nothing"}`;
    super(`${argv.join(" ")}: ${how}: ${errors.trim() || "without a word"}`);
    this.errors = errors;
  }
}

const packages: Readonly<Record<string, string>> = {
  ip: "iproute2",
  ethtool: "ethtool",
  bpftool: "bpftool",
  clang: "clang",
  llc: "llvm",
  "llvm-objdump": "llvm",
};

export function missingTool(program: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOENT") return error;
  const tool = program.slice(program.lastIndexOf("/") + 1);
  const name = packages[tool] ?? tool;
  return new Failed({
    kind: "missing-tool",
    message: `${tool} is not installed: install the package ${name}`,
    tool,
    package: name,
  });
}
