/**
 * Where clang runs. As a normal user it has that user's rights and needs no more. Where root itself started the
 * workbench there is no lesser user: clang then runs in bwrap without capabilities and sees the system's headers and
 * the source's own folders, nothing else. Without a usable bwrap it runs as it is, and main warns.
 */
import { realpath } from "node:fs/promises";
import { dirname, normalize } from "node:path";
import type { Toolchain } from "../../protocol/build.ts";
import type { HelperContext } from "../context.ts";
import { startConfined } from "./start-confined.ts";

export type Sandbox = Toolchain["sandbox"];

const system = ["/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/alternatives"] as const;
/** never bound whole, even where a source lies in them */
const closed: ReadonlySet<string> = new Set(["/", "/etc", "/proc", "/sys", "/dev", "/run", "/boot", "/var"]);
/** nor because a source lies in a folder of theirs */
const closedAsParent: ReadonlySet<string> = new Set([...closed, "/tmp", "/home", "/root"]);

let probed: Promise<Sandbox> | undefined;

/** Asked once a process: whether namespaces may be made does not change. */
export function sandboxKind(context: Pick<HelperContext, "ledger" | "environment">): Promise<Sandbox> {
  probed ??= probe(context);
  return probed;
}

async function probe({ ledger, environment }: Pick<HelperContext, "ledger" | "environment">): Promise<Sandbox> {
  if (process.geteuid?.() !== 0) return "user";
  const argv: [string, ...string[]] = ["bwrap", ...confinement([]), "/usr/bin/true"];
  try {
    const { exit } = await startConfined({ ledger, environment, argv, input: "", timeout: 5_000 }).finished;
    return exit === 0 ? "bwrap" : "none";
  } catch {
    return "none";
  }
}

/** The argument vector that runs `argv` confined. */
export function confined(
  kind: Sandbox,
  argv: readonly [string, ...string[]],
  readable: readonly string[],
): [string, ...string[]] {
  return kind === "bwrap" ? ["bwrap", ...confinement(readable), ...argv] : [...argv];
}

/**
 * Folders that a build of this source may read beside the system's: its own and that one's parent
 * (`#include "../common/x.h"`), unless that would open a home folder or more.
 */
export function readableFolders(path: string, home: string | undefined): string[] {
  const folder = dirname(path);
  const parent = dirname(folder);
  if (closed.has(folder)) return [];
  return closedAsParent.has(parent) || parent === home ? [folder] : [parent];
}

/** Folders and files that the workspace's flags name, unless that would open a home folder or more. */
export function flagFolders(named: readonly string[], home: string | undefined): string[] {
  return named
    .filter((path) => path.startsWith("/"))
    .map((path) => normalize(path).replace(/(.)\/+$/, "$1"))
    .filter((path) => !closedAsParent.has(path) && path !== home)
    .filter((path) => ![...system, ...closed].some((one) => one !== "/" && `${path}/`.startsWith(`${one}/`)));
}

/** Folders of compilers that are not installed where the system's are, such as /opt/llvm for /opt/llvm/bin/clang. */
export async function toolFolders(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(paths.map((path) => realpath(path)));
  const folders = [...paths, ...real].map((path) => dirname(dirname(path)));
  return [...new Set(folders)].filter(
    (folder) => !closed.has(folder) && !system.some((one) => `${folder}/`.startsWith(`${one}/`)),
  );
}

function confinement(readable: readonly string[]): string[] {
  const binds = (folders: readonly string[]): string[] => folders.flatMap((one) => ["--ro-bind-try", one, one]);
  return [
    ...["--unshare-all", "--cap-drop", "ALL", "--new-session", "--die-with-parent"],
    ...binds(system),
    ...["--dev", "/dev", "--tmpfs", "/tmp"],
    ...binds(readable),
    ...["--chdir", "/"],
    "--",
  ];
}
