/** What the file system said, with the path and a next step. */
import { Failed } from "../../protocol/failures.ts";

const nextSteps: Readonly<Record<string, string>> = {
  ENOENT: "it is not there (any more): check the path, or save it under a new name",
  EACCES: "permission denied: choose a place that you may write to",
  EROFS: "the file system is read-only: choose another place",
  EISDIR: "it is a folder: name a file in it",
  ENOTDIR: "a part of the path is not a folder",
  ENOSPC: "the disk is full: free some space; the text is kept in the editor",
  EDQUOT: "the disk quota is used up: free some space; the text is kept in the editor",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
};

export function fileFailure(verb: string, path: string, error: unknown): Failed {
  const code = isErrno(error) ? (error.code ?? "unknown") : "unknown";
  const why = nextSteps[code] ?? (error instanceof Error ? error.message : String(error));
  return new Failed({ kind: "file", path, code, message: `${verb} ${path}: ${why}` });
}

export function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
