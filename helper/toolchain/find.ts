/** Where clang and llc are: the plain name first, then versioned names, then LLVM's own folders. */
import { access, constants, readdir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fail } from "../../protocol/failures.ts";

export interface Tool {
  /** absolute */
  readonly path: string;
  /** what a user would type: the plain name where PATH finds it */
  readonly typed: string;
}

export interface Tools {
  readonly clang: Tool | null;
  readonly llc: Tool | null;
}

export interface SearchIn {
  /** folders of PATH, in order */
  readonly path: readonly string[];
  /** where distributions keep one folder a version, such as /usr/lib/llvm-14 */
  readonly versions: string;
}

export function searchIn(environment: Readonly<Record<string, string | undefined>>): SearchIn {
  return { path: (environment["PATH"] ?? "").split(":").filter((folder) => folder !== ""), versions: "/usr/lib" };
}

export async function findTools(where: SearchIn): Promise<Tools> {
  const clang = await findTool("clang", where);
  // IR is read only by an llc of its own age: the one beside clang is sure to be
  const llc = (await findPlain("llc", where)) ?? (await findBeside("llc", clang)) ?? (await findTool("llc", where));
  return { clang, llc };
}

export function wanted(tool: Tool | null, name: "clang" | "llc"): Tool {
  if (tool !== null) return tool;
  const packageName = name === "clang" ? "clang" : "llvm";
  return fail({
    kind: "missing-tool",
    message: `build: ${name} is not installed: install the package ${packageName} and build again`,
    tool: name,
    package: packageName,
  });
}

export async function findTool(name: string, where: SearchIn): Promise<Tool | null> {
  return (await findPlain(name, where)) ?? (await findVersioned(name, where)) ?? (await findInVersions(name, where));
}

async function findPlain(name: string, where: SearchIn): Promise<Tool | null> {
  for (const folder of where.path) {
    const path = join(folder, name);
    if (await executable(path)) return { path, typed: name };
  }
  return null;
}

async function findBeside(name: string, other: Tool | null): Promise<Tool | null> {
  if (other === null) return null;
  try {
    const path = join(dirname(await realpath(other.path)), name);
    return (await executable(path)) ? { path, typed: path } : null;
  } catch {
    return null;
  }
}

/** the highest NAME-NN of PATH */
async function findVersioned(name: string, where: SearchIn): Promise<Tool | null> {
  const found: { readonly path: string; readonly version: number }[] = [];
  for (const folder of where.path) {
    for (const entry of await list(folder)) {
      const version = entry.startsWith(`${name}-`) ? versionOf(entry.slice(name.length + 1)) : null;
      if (version !== null && (await executable(join(folder, entry))))
        found.push({ path: join(folder, entry), version });
    }
  }
  const path = highest(found);
  return path === null ? null : { path, typed: basename(path) };
}

async function findInVersions(name: string, where: SearchIn): Promise<Tool | null> {
  const found: { readonly path: string; readonly version: number }[] = [];
  for (const entry of await list(where.versions)) {
    const version = entry.startsWith("llvm-") ? versionOf(entry.slice("llvm-".length)) : null;
    const path = join(where.versions, entry, "bin", name);
    if (version !== null && (await executable(path))) found.push({ path, version });
  }
  const path = highest(found);
  return path === null ? null : { path, typed: path };
}

function versionOf(text: string): number | null {
  return /^\d{1,4}$/.test(text) ? Number(text) : null;
}

function highest(found: readonly { readonly path: string; readonly version: number }[]): string | null {
  return found.toSorted((a, b) => b.version - a.version)[0]?.path ?? null;
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function executable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
