/**
 * The one source of a workspace's flags, for the build and for clangd: compile_commands.json or compile_flags.txt,
 * nearest upwards from the source, not above the user's home. Without one the defaults of the pipeline hold.
 */
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Failed } from "../../protocol/failures.ts";
import { readBytes, sourceText } from "../source/read-source.ts";
import { type GivenFlags, readCompileCommands } from "./read-compile-commands.ts";
import { readCompileFlags, resolveFlags } from "./resolve-flags.ts";

export interface WorkspaceFlags {
  /** checked, each path in them absolute; null: the defaults */
  readonly words: readonly string[] | null;
  /** where they are from */
  readonly file: string | null;
  /** what was passed over, and why */
  readonly notes: readonly string[];
}

/** in the order in which clangd looks */
const names = ["compile_commands.json", "build/compile_commands.json", "compile_flags.txt"] as const;

/** @throws Failed `bad-value` (a flag refused, by name), `file`, `too-large` */
export async function findFlags(source: string, home: string = homedir()): Promise<WorkspaceFlags> {
  const candidates = foldersUpwards(source, home).flatMap((folder) => names.map((name) => join(folder, name)));
  const owners = await trusted(source);
  const found = await Promise.all(candidates.map(async (path) => ({ path, stat: await stat(path).catch(() => null) })));
  const notes: string[] = [];
  for (const { path, stat: file } of found) {
    if (file?.isFile() !== true) continue;
    if (!owners.has(file.uid)) {
      notes.push(`${path} belongs to somebody else (user ${file.uid}): its flags are not used`);
      continue;
    }
    const given = await read(path, source);
    if (given === null) continue;
    const resolved = resolveFlags(given, path);
    if (resolved.ok) return { words: resolved.words, file: path, notes };
    throw new Failed({
      kind: "bad-value",
      field: resolved.flag,
      message: `build ${basename(source)}: the flag ${resolved.flag} of ${path} is refused: ${resolved.why}; take it out to build`,
    });
  }
  return { words: null, file: null, notes };
}

/** From the source's own to the home folder or the root. */
export function foldersUpwards(source: string, home: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(source); ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === home || folder === dirname(folder)) return folders;
  }
}

/** A file in /tmp or another shared folder above must not say how ours is built. */
async function trusted(source: string): Promise<ReadonlySet<number>> {
  const own = await stat(dirname(source)).catch(() => null);
  return new Set([0, process.getuid?.() ?? 0, ...(own === null ? [] : [own.uid])]);
}

/** null where it says nothing of C sources */
async function read(path: string, source: string): Promise<GivenFlags | null> {
  const text = sourceText(path, await readBytes(path));
  const folder = dirname(path);
  if (basename(path) === "compile_flags.txt") return readCompileFlags(text, folder);
  const commands = readCompileCommands(text, folder, source);
  if (commands.ok) return commands.given;
  throw new Failed({
    kind: "bad-value",
    field: basename(path),
    message: `read ${path}: ${commands.why}: make it anew, or remove it to build with the defaults`,
  });
}
