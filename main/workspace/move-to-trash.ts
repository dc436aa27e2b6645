/**
 * The user's home trash, as file managers know it (freedesktop.org Trash 1.0): the file's name is claimed by its
 * .trashinfo first, then the file is moved. Only on the same file system: a copy could fail half way.
 */
import { lstat, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Failed } from "../../protocol/failures.ts";
import { fileFailure, isErrno } from "../source/file-failure.ts";

const tries = 1000;

/** Gives where it is now. @throws Failed `file`; `unsupported` where the trash lies on another file system */
export async function moveToTrash(path: string, trash: string, now: Date = new Date()): Promise<string> {
  await lstat(path).catch((error: unknown) => {
    throw fileFailure("delete", path, error);
  });
  let info: string | null = null;
  try {
    for (const folder of ["files", "info"]) await mkdir(join(trash, folder), { recursive: true, mode: 0o700 });
    const name = await claim(path, trash, now);
    info = join(trash, "info", `${name}.trashinfo`);
    const target = join(trash, "files", name);
    await rename(path, target);
    return target;
  } catch (error) {
    if (info !== null) await rm(info, { force: true }).catch(() => undefined);
    if (isErrno(error)) {
      throw new Failed({
        kind: "unsupported",
        feature: "trash",
        since: null,
        message: `delete ${path}: it cannot be moved to the trash ${trash} (${error.code}): it can only be deleted for ever`,
      });
    }
    throw error;
  }
}

/** The name in the trash: its own, or with a number where that is taken. */
async function claim(path: string, trash: string, now: Date): Promise<string> {
  for (let number = 1; number <= tries; number++) {
    const name = number === 1 ? basename(path) : `${basename(path)}.${number}`;
    try {
      await writeFile(join(trash, "info", `${name}.trashinfo`), infoOf(path, now), { flag: "wx", mode: 0o600 });
      if (await isFree(join(trash, "files", name))) return name;
    } catch (error) {
      if (!isErrno(error) || error.code !== "EEXIST") throw error;
    }
  }
  throw new Error(`the trash has ${tries} of that name: empty it first`);
}

async function isFree(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    () => true,
  );
}

export function infoOf(path: string, now: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return `[Trash Info]\nPath=${encoded}\nDeletionDate=${date}T${time}\n`;
}
