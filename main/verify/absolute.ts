import { dirname, resolve } from "node:path";

/**
 * A file as a finding names it, beside `path`, which the user named; that one itself where the finding names none.
 * "…/one/../common/parse.h", as clang calls a header, is the one that the editor has open as "…/common/parse.h".
 */
export function absolute(file: string, path: string): string {
  if (file === "") return path;
  return resolve(dirname(path), file);
}
