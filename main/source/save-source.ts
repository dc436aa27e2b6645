/** Writes a source whole or not at all, and never over somebody else's change. */
import { randomBytes } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Failed } from "../../protocol/failures.ts";
import type { SaveParams } from "../../protocol/source.ts";
import { fileFailure, isErrno } from "./file-failure.ts";
import { readBytes, versionOf } from "./read-source.ts";

/** @throws Failed `changed-on-disk` where the file is no longer what the text was based on, `file` */
export async function saveSource({ path, text, basedOn }: SaveParams): Promise<{ readonly version: string }> {
  const bytes = Buffer.from(text, "utf8");
  const version = versionOf(bytes);
  // Through a symbolic link the file behind it is replaced, not the link.
  const target = await realpath(path).catch(() => path);
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
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString("hex")}~`);
  try {
    const mode = (await stat(target).catch(() => null))?.mode ?? 0o644;
    const file = await open(temporary, "wx", mode & 0o777);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileFailure("save", path, error);
  }
  return { version };
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
