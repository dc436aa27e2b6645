/**
 * Where clangd and clang-format run. As a normal user they have that user's rights and need no more: they read and run
 * no code of the source's. Where root itself started the workbench they run in bwrap without capabilities and network,
 * and see the system's headers and the folders of the open sources, read-only; without a usable bwrap as they are.
 */
import { type ChildProcess, spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { findTool } from "./find-tool.ts";

const system = ["/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/alternatives"] as const;
/** never opened whole, even where a source lies in them */
const closed: ReadonlySet<string> = new Set(["/", "/etc", "/proc", "/sys", "/dev", "/run", "/boot", "/var"]);
/** nor because a source lies in a folder of theirs */
const closedAsParent: ReadonlySet<string> = new Set([...closed, "/tmp", "/home", "/root"]);

let usable: boolean | null = null;

/** Asked once a process. */
function bwrapWorks(): boolean {
  usable ??=
    findTool("bwrap") !== null &&
    spawnSync("bwrap", [...confinement([]), "/usr/bin/true"], { stdio: "ignore", timeout: 5000 }).status === 0;
  return usable;
}

export function isConfined(): boolean {
  return process.geteuid?.() === 0 && bwrapWorks();
}

/** The source's own folder and that one's parent (`../common/x.h`), unless that would open a home folder or more. */
export function ownFolder(path: string, home = homedir()): string | null {
  const folder = dirname(path);
  if (closed.has(folder) || folder === home) return null;
  const parent = dirname(folder);
  return closedAsParent.has(parent) || parent === home ? folder : parent;
}

export function isClosed(folder: string, home = homedir()): boolean {
  return closedAsParent.has(folder) || folder === home;
}

/** Whether what is open there is seen: system folders always are. */
export function covers(folders: Iterable<string>, folder: string): boolean {
  for (const one of [...system, ...folders]) if (`${folder}/`.startsWith(`${one}/`)) return true;
  return false;
}

export function confined(file: string, args: readonly string[], readable: readonly string[]): [string, string[]] {
  if (!isConfined()) return [file, [...args]];
  const folders = [file, real(file)].map((one) => dirname(dirname(one))).filter((one) => !covers([], one));
  return ["bwrap", [...confinement([...folders, ...readable]), file, ...args]];
}

/** No more than the tools need: nothing that could load code or add folders to search. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
}

function confinement(readable: readonly string[]): string[] {
  const binds = (folders: readonly string[]): string[] => folders.flatMap((one) => ["--ro-bind-try", one, one]);
  return [
    ...["--unshare-all", "--cap-drop", "ALL", "--new-session", "--die-with-parent"],
    ...binds(system.filter((folder) => existsSync(folder))),
    ...["--dev", "/dev", "--tmpfs", "/tmp"],
    ...binds(readable),
    ...["--chdir", "/"],
    "--",
  ];
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Ends a child that was started `detached`, with all of its group: bwrap 0.8 killed in its first milliseconds leaves the
 * process that it has just cloned behind, since PR_SET_PDEATHSIG is set later; until then that one is in bwrap's group,
 * and a signal to a group misses no clone that is under way (kernel/fork.c, copy_process).
 */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // gone by itself
  }
}
