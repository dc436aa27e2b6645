/** Starts the real helper as main does: a socket in a private folder, one connection back, the typed peer over it. */
import "vscode-jsonrpc/node";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundle } from "../../../build/bundle.mjs";
import { socketPipe } from "../../../helper/pipe.ts";
import type { Contract } from "../../../protocol/contract.ts";
import { elevatedHelper, helperNotifications, plainHelper } from "../../../protocol/helper-contracts.ts";
import { Failed, type FailureKind } from "../../../protocol/failures.ts";
import type { InterfacesChange } from "../../../protocol/interfaces.ts";
import { connectPeer, type Peer } from "../../../protocol/peer.ts";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const execute = promisify(execFile);
const helperFile = join(root, "dist/helper/helper.js");

export const notRoot = process.getuid?.() === 0 ? "" : "needs root";
export const noAddon = existsSync(join(root, "dist/native/xdpw.node")) ? "" : "the addon is not built: npm run setup";
export const skipReason = notRoot || noAddon;

let built: Promise<void> | undefined;
/** from the source as it is now */
export function buildHelper(): Promise<void> {
  built ??= bundle(root, ["helper", "guard"]);
  return built;
}

export interface Launched {
  readonly process: ChildProcess;
  /** null where the helper ended without connecting */
  readonly socket: Socket | null;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** everything it wrote, which should be nothing */
  output(): string;
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly role: "plain" | "elevated";
  readonly crossed?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** runs the helper, as the last words of its command line, somewhere special */
  readonly within?: readonly string[];
}

export async function launch(options: LaunchOptions): Promise<Launched> {
  await buildHelper();
  const folder = await mkdtemp(join(tmpdir(), "xdpwt-helper-"));
  const path = join(folder, "socket");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const argv = [helperFile, "--role", options.role, "--connect", path, "--crossed", options.crossed ?? "none"];
  const [command = process.execPath, ...rest] = [...(options.within ?? []), process.execPath, ...argv];
  const child = spawn(command, rest, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/", ...options.environment },
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      written += chunk.toString("utf8");
    });
  }
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const socket = await Promise.race([connected, ended.then(() => null)]);
  return {
    process: child,
    socket,
    ended,
    output: () => written,
    async stop() {
      socket?.destroy();
      server.close();
      const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
      await ended;
      clearTimeout(timer);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Connected<C extends Contract> extends Launched {
  readonly peer: Peer<C, Record<never, never>>;
  readonly progress: string[];
  readonly changes: InterfacesChange[];
}

async function connected<C extends Contract>(calls: C, options: LaunchOptions): Promise<Connected<C>> {
  const launched = await launch(options);
  if (launched.socket === null) throw new Error(`the helper did not connect: ${launched.output()}`);
  const progress: string[] = [];
  const changes: InterfacesChange[] = [];
  const peer = connectPeer(socketPipe(launched.socket), calls, {
    serves: {},
    handlers: {},
    sends: {},
    hears: helperNotifications,
    notified: {
      "lab.progress": ({ text }) => progress.push(text),
      "interfaces.changed": (change) => changes.push(change),
    },
  });
  return { ...launched, peer, progress, changes };
}

export const startPlain = (options: Partial<LaunchOptions> = {}): Promise<Connected<typeof plainHelper>> =>
  connected(plainHelper, { ...options, role: "plain" });
export const startElevated = (options: Partial<LaunchOptions> = {}): Promise<Connected<typeof elevatedHelper>> =>
  connected(elevatedHelper, { ...options, role: "elevated" });

/** What a refused call was refused with; fails where it was not. */
export async function failureOf(running: Promise<unknown>): Promise<{ kind: FailureKind; message: string }> {
  try {
    await running;
  } catch (error) {
    if (error instanceof Failed) return error.failure;
    throw error;
  }
  throw new Error("it did not fail");
}

let serial = 0;
/** not in use by anybody else; short enough for an interface */
export function uniqueName(): string {
  serial += 1;
  return `xdpwt${(process.pid % 46_656).toString(36)}${serial}`;
}

/** Polls: what the kernel frees, it frees a little later. */
export async function eventually<T>(
  read: () => T | Promise<T>,
  accept: (value: T) => boolean,
  within = 3_000,
): Promise<T> {
  const until = performance.now() + within;
  for (;;) {
    const value = await read();
    if (accept(value) || performance.now() > until) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
