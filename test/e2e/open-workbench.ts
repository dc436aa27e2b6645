/**
 * The browser door, opened for one test: a server of its own with XDG directories of its own, and, where root runs the
 * test, network namespaces of its own: /run is a private mount, so the lab called xdpw-lab that a test makes is not
 * the one of whoever works on this machine, and it ends with the test whatever happens to it.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
export const repository = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const isRoot = process.getuid?.() === 0;
export const needsRoot = "needs root: the kernel's verifier, network namespaces and maps";

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** ends it as a user would, with SIGTERM, and waits for that */
  stop(): Promise<void>;
}

export interface Machine {
  /** of every process that is started here */
  readonly env: Readonly<Record<string, string>>;
  /** the command that runs these words where the machine's network namespaces are */
  inside(words: readonly string[]): readonly string[];
  /** runs a command where the server's network namespaces are; gives what it printed */
  run(file: string, ...args: readonly string[]): Promise<string>;
  /** runs a shell line there */
  shell(line: string): Promise<string>;
  /** where templates are copied to */
  readonly workspace: string;
  /** `port` 0: any free one */
  serve(port?: number): Promise<RunningServer>;
  /** the processes of the elevated helper of this machine's server */
  elevatedHelpers(): readonly number[];
  /** ends the server, then the namespaces and all files. @throws Error where a server had crashed */
  close(): Promise<void>;
}

export async function openMachine(): Promise<Machine> {
  const home = mkdtempSync(join(tmpdir(), "xdpw-e2e-"));
  const runtime = join(home, "run");
  mkdirSync(runtime);
  chmodSync(runtime, 0o700);
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_DATA_HOME: join(home, ".local/share"),
    XDG_STATE_HOME: join(home, "state"),
    XDG_RUNTIME_DIR: runtime,
  };
  const holder = isRoot ? await holdNamespaces() : null;
  const inside = (words: readonly string[]): readonly [string, string[]] => {
    const all = holder === null ? words : ["nsenter", `--mount=/proc/${holder.pid}/ns/mnt`, ...words];
    const [file = "", ...args] = all;
    return [file, args];
  };
  const servers: ChildProcess[] = [];
  const machine: Machine = {
    env: env as Record<string, string>,
    inside: (words) => inside(words).flat(),
    async run(file, ...args) {
      const [command, words] = inside([file, ...args]);
      const { stdout } = await run(command, words, { env, maxBuffer: 1 << 26 });
      return stdout;
    },
    shell: async (line) => machine.run("sh", "-c", line),
    workspace: join(home, ".local/share/xdp-workbench/workspace"),
    async serve(port = 0) {
      const serve = join(repository, "dist/main/serve.js");
      // A run that is killed takes its server along, and that its helpers.
      const withUs = ["setpriv", "--pdeathsig", "TERM"];
      const [file, args] = inside([...withUs, process.execPath, serve, "--port", `${port}`]);
      const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "inherit"] });
      servers.push(child);
      const printed = await firstLine(child);
      const { url, port: listening } = JSON.parse(printed) as { url: string; port: number };
      return { url, port: listening, pid: child.pid ?? 0, stop: () => end(child, "SIGTERM") };
    },
    elevatedHelpers: () => findProcesses(["--role\0elevated", runtime]),
    async close() {
      const crashed = servers.filter((server) => server.exitCode !== null && server.exitCode !== 0);
      for (const server of servers) await end(server, "SIGTERM");
      if (holder !== null) await end(holder, "SIGTERM");
      rmSync(home, { recursive: true, force: true });
      if (crashed.length > 0)
        throw new Error(`the server ended by itself, with ${crashed.map(({ exitCode }) => exitCode).join(", ")}`);
    },
  };
  return machine;
}

/**
 * A process that does nothing in a mount namespace with a /run of its own, until it is ended or its input is: neither
 * namespaces nor guards that wait there are those of others.
 */
async function holdNamespaces(): Promise<ChildProcess> {
  const script =
    "mount -t tmpfs none /run && mkdir /run/netns && mount -t tmpfs none /run/netns && echo ready && exec cat";
  const child = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await firstLine(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the process has no output to read");
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, "line"),
    once(child, "exit").then(([code]) => {
      throw new Error(`${child.spawnargs.join(" ")} ended with ${code} before it said anything`);
    }),
  ])) as [string];
  return line;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** by what their command lines contain */
function findProcesses(words: readonly string[]): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid)) return false;
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return words.every((word) => command.includes(word));
      } catch {
        return false;
      }
    });
}
