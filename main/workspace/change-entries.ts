/** New, renamed and deleted files and folders of a workspace. Nothing that is there is ever written over. */
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { Failed, fail } from "../../protocol/failures.ts";
import { fileFailure, isErrno } from "../source/file-failure.ts";
import { moveToTrash } from "./move-to-trash.ts";

/** @throws Failed `usage`: what the workspace's verbs change lies in it, and is not it */
export function confine(workspace: string, path: string, doing: string): string {
  const target = resolve(path);
  const within = relative(workspace, target);
  if (within === "" || within === ".." || within.startsWith("../")) {
    fail({
      kind: "usage",
      message: `${doing} ${path}: it is not in the workspace ${workspace}: open its folder first`,
    });
  }
  return target;
}

/** @throws Failed `name-taken`, `file` */
export async function createEntry(path: string, kind: "file" | "folder"): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    if (kind === "folder") await mkdir(path);
    else await (await open(path, "wx")).close();
  } catch (error) {
    throw taken(error) ? nameTaken("create", path) : fileFailure("create", path, error);
  }
}

/** @throws Failed `name-taken`, `file` */
export async function renameEntry(from: string, to: string): Promise<void> {
  // A rename replaces files and empty folders: between this look and the rename, nobody but the user is expected.
  if (await isThere(to)) throw nameTaken(`rename ${from} to`, to);
  try {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
  } catch (error) {
    throw taken(error) ? nameTaken(`rename ${from} to`, to) : fileFailure(`rename to ${to}:`, from, error);
  }
}

/** @throws Failed `file`; `unsupported` where the trash cannot take it */
export async function deleteEntry(path: string, forEver: boolean, dataHome: string): Promise<void> {
  if (!forEver) {
    await moveToTrash(path, join(dataHome, "Trash"));
    return;
  }
  try {
    // a link is removed, never what it names
    await rm(path, { recursive: true });
  } catch (error) {
    throw fileFailure("delete", path, error);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error) && error.code === "ENOENT") return false;
    throw fileFailure("look at", path, error);
  }
}

function taken(error: unknown): boolean {
  return isErrno(error) && (error.code === "EEXIST" || error.code === "ENOTEMPTY");
}

function nameTaken(doing: string, path: string): Failed {
  return new Failed({
    kind: "name-taken",
    name: path,
    message: `${doing} ${path}: something of that name is there already: choose another name`,
  });
}
