/** Where clangd and clang-format are: the plain name on PATH, then the highest versioned one, then LLVM's own folders. */
import { accessSync, constants, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface SearchPlaces {
  readonly path: string;
  /** where distributions keep one folder a version, such as llvm-14 */
  readonly versions: string;
}
export const searchPlaces = (): SearchPlaces => ({ path: process.env["PATH"] ?? "", versions: "/usr/lib" });

export function findTool(name: "clangd" | "clang-format" | "bwrap", where = searchPlaces()): string | null {
  const folders = where.path.split(delimiter).filter((folder) => folder.startsWith("/"));
  const plain = folders.map((folder) => join(folder, name)).find(executable);
  if (plain !== undefined) return plain;
  const versioned = folders.flatMap((folder) =>
    list(folder).flatMap((entry) =>
      numbered(entry, `${name}-`).map((version) => ({ version, file: join(folder, entry) })),
    ),
  );
  const own = list(where.versions).flatMap((entry) =>
    numbered(entry, "llvm-").map((version) => ({ version, file: join(where.versions, entry, "bin", name) })),
  );
  const newest = (found: typeof own): string | undefined =>
    found.toSorted((a, b) => b.version - a.version).find(({ file }) => executable(file))?.file;
  return newest(versioned) ?? newest(own) ?? null;
}

function numbered(entry: string, prefix: string): number[] {
  const rest = entry.startsWith(prefix) ? entry.slice(prefix.length) : "";
  return /^\d{1,4}$/.test(rest) ? [Number(rest)] : [];
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
