/** ./xdpw as a process, as a user would run it, with state of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const template = (name: string): string => join(root, "bpf-templates", name, "program.bpf.c");
export const isRoot = process.getuid?.() === 0;
export const needsRoot = "making namespaces and loading programs needs root";

/** Where a developer works on the tree, the launcher refuses a bundle that is older than it: another may be named. */
export const xdpwCommand = (process.env["XDPW_COMMAND"] ?? join(root, "xdpw")).split(" ");

export interface Finished {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
  readonly json: unknown;
}

export interface Scene {
  /** removed with everything in it */
  readonly folder: string;
  /** of a lab that nobody else has */
  readonly lab: string;
  start(words: readonly string[], options?: { readonly wrapped?: readonly string[] }): Running;
  /** to the end; `json` is standard output parsed, undefined where it is none */
  run(...words: readonly string[]): Promise<Finished>;
  end(): Promise<void>;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

export function openScene(): Scene {
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-"));
  const lab = `xdpwt${process.pid % 10_000}${randomBytes(2).toString("hex")}`;
  const environment = { ...process.env, XDG_STATE_HOME: join(folder, "state"), XDG_DATA_HOME: join(folder, "data") };
  const scene: Scene = {
    folder,
    lab,
    start(words, { wrapped = [] } = {}) {
      const [command = "", ...rest] = [...wrapped, ...xdpwCommand, ...words];
      const child = spawn(command, rest, { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
      return { child, finished: gather(child) };
    },
    run: (...words) => scene.start(words).finished,
    async end() {
      if (isRoot) await scene.run("lab", "down", "--name", lab);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return scene;
}

export function gather(child: ChildProcess): Promise<Finished> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      const text = Buffer.concat(out).toString();
      resolve({ status, out: text, err: Buffer.concat(err).toString(), json: parsed(text) });
    });
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
