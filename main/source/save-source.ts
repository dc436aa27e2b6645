/** Writes a source whole or not at all, and never over somebody else's change. */
import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { access, type FileHandle, link, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Failed } from "../../protocol/failures.ts";
import type { SaveParams } from "../../protocol/source.ts";
import { fileFailure, isErrno } from "./file-failure.ts";
import { readBytes, versionOf } from "./read-source.ts";

/** @throws Failed `changed-on-disk` where the file is no longer what the text was based on, `name-taken`, `file` */
export async function saveSource({
  path,
  text,
  basedOn,
  onlyNew = false,
}: SaveParams): Promise<{ readonly version: string }> {
  const bytes = Buffer.from(text, "utf8");
  const version = versionOf(bytes);
  const { target, stat } = await look(path);
  if (onlyNew && stat !== null) throw nameTaken(path);
  if (basedOn !== null) {
    const current = await versionOnDisk(target);
    if (current !== basedOn && current !== version) {
      throw new Failed({
        kind: "changed-on-disk",
        path,
        message: `save ${path}: ${current === null ? "the file is gone" : "somebody else changed the file"} since it was read: overwrite it, or load what is there`,
      });
    }
  }
  const temporary = join(dirname(target), `.xdpw-${randomBytes(6).toString("hex")}~`);
  try {
    // what was private is so from the first byte on
    const file = await open(temporary, "wx", stat === null ? 0o666 : 0o600);
    try {
      await file.writeFile(bytes);
      if (stat !== null) await takeAfter(file, stat);
      await file.sync();
    } finally {
      await file.close();
    }
    if (onlyNew) {
      // a rename would write over what appeared there meanwhile
      await link(temporary, target);
      await rm(temporary);
    } else await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (onlyNew && isErrno(error) && error.code === "EEXIST") throw nameTaken(path);
    throw fileFailure("save", path, error);
  }
  return { version };
}

function nameTaken(path: string): Failed {
  return new Failed({
    kind: "name-taken",
    name: path,
    message: `save ${path}: something of that name is there already: choose another name, or replace it`,
  });
}

/** The file to replace: behind a symbolic link the one that it names, not the link. */
async function look(path: string): Promise<{ readonly target: string; readonly stat: Stats | null }> {
  try {
    const target = await realpath(path).catch((error: unknown) => {
      if (isErrno(error) && error.code === "ENOENT") return path;
      throw error;
    });
    const found = await stat(target).catch((error: unknown) => {
      if (isErrno(error) && error.code === "ENOENT") return null;
      throw error;
    });
    if (found?.isDirectory() === true) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
    // A rename would put a file in a device's place.
    if (found?.isFile() === false) throw new Error("not a regular file: choose another name");
    // A rename would replace a file that its owner made read-only.
    if (found !== null) await access(target, constants.W_OK);
    return { target, stat: found };
  } catch (error) {
    throw fileFailure("save", path, error);
  }
}

/** Mode and, where root saves a user's file, its owner. */
async function takeAfter(file: FileHandle, { mode, uid, gid }: Stats): Promise<void> {
  const made = await file.stat();
  if (made.uid !== uid || made.gid !== gid) await file.chown(uid, gid).catch(() => undefined);
  await file.chmod(mode & 0o777);
}

async function versionOnDisk(path: string): Promise<string | null> {
  try {
    return versionOf(await readBytes(path));
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "file" && error.failure.code === "ENOENT") return null;
    if (isErrno(error) && error.code === "ENOENT") return null;
    throw error;
  }
}
