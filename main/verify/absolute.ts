import { dirname, isAbsolute, resolve } from "node:path";

/** A file as a finding names it, beside `path`, which the user named; that one itself where the finding names none. */
export function absolute(file: string, path: string): string {
  if (file === "") return path;
  return isAbsolute(file) ? file : resolve(dirname(path), file);
}
