/** The files that a precompiled header was made of, and how it is told that reading them again would give the same. */
import { existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, normalize, relative } from "node:path";
import * as z from "zod";

export const headerFiles = z.object({
  read: z
    .array(
      z.object({ path: z.string(), modified: z.number(), changed: z.number(), size: z.number(), inode: z.number() }),
    )
    .max(5000),
  /** were one of these there, it could be found in the place of one that was read */
  absent: z.array(z.string()).max(5000),
});
export type HeaderFiles = z.infer<typeof headerFiles>;

const systemFolders = ["/usr/include", "/usr/local/include"];
/** A file that changed just now may change again within the same tick of its clock. */
const tick = 20;

/**
 * Standard error of `clang -H`: a line of dots and a path for each header.
 * null where there is anything else, such as a warning, which a precompiled header would swallow.
 */
export function parseIncludes(errors: string): string[] | null {
  const paths = new Set<string>();
  for (const line of errors.split("\n")) {
    if (line === "") continue;
    const path = /^\.+ (\/.*)$/.exec(line)?.[1];
    if (path === undefined) return null;
    paths.add(path);
  }
  return [...paths];
}

/**
 * @param folders where headers are looked for
 * @param before when the compiler began to read, ms since 1970
 * @returns null where one is gone, or too new to be sure of
 */
export function lookAtHeaders(
  paths: readonly string[],
  folders: readonly string[],
  before: number,
): HeaderFiles | null {
  const read: HeaderFiles["read"] = [];
  for (const path of paths) {
    const found = look(path);
    if (found === null || found.changed > before - tick) return null;
    read.push(found);
  }
  const { absent, present } = shadows(paths, folders);
  // one that came while the compiler read: it may have seen the folder without
  if (present.some((path) => (look(path)?.changed ?? before) > before - tick)) return null;
  return { read, absent };
}

export function unchanged({ read, absent }: HeaderFiles): boolean {
  return (
    read.every((was) => {
      const is = look(was.path);
      return (
        is !== null &&
        is.modified === was.modified &&
        is.changed === was.changed &&
        is.size === was.size &&
        is.inode === was.inode
      );
    }) && !absent.some((path) => existsSync(path))
  );
}

function look(path: string): HeaderFiles["read"][number] | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined
    ? null
    : { path, modified: found.mtimeMs, changed: found.ctimeMs, size: found.size, inode: found.ino };
}

/**
 * For each header the same name in each other folder; of a name in a folder that is not there, the folder alone, so
 * that the kernel's hundred headers cost a handful of looks.
 */
function shadows(
  paths: readonly string[],
  folders: readonly string[],
): { readonly absent: string[]; readonly present: string[] } {
  const normal = paths.map((path) => normalize(path));
  const inSystem = (path: string): boolean => systemFolders.some((folder) => path.startsWith(`${folder}/`));
  const searched = new Set([
    ...folders.map((folder) => normalize(folder)),
    ...normal.filter((path) => !inSystem(path)).map((path) => dirname(path)),
  ]);
  const read = new Set(normal);
  const absent = new Set<string>();
  const present = new Set<string>();
  for (const path of normal) {
    for (const base of [...searched, ...systemFolders]) {
      const name = relative(base, path);
      if (name.startsWith("..") || isAbsolute(name)) continue;
      for (const folder of searched) {
        const first = firstAbsent(folder, name);
        if (first !== null) absent.add(first);
        else if (!read.has(join(folder, name))) present.add(join(folder, name));
      }
    }
  }
  return { absent: [...absent], present: [...present] };
}

function firstAbsent(folder: string, name: string): string | null {
  let path = folder;
  for (const part of name.split("/")) {
    path = join(path, part);
    if (!existsSync(path)) return path;
  }
  return null;
}
