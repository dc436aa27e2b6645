/** A file that is there whole or not at all: written beside its place under another name, and then renamed. */
import { open, rename, unlink } from "node:fs/promises";
import { fail } from "../../../protocol/failures.ts";
import type { Destination } from "./export-map.ts";

/** @throws Failed `file` */
export async function writeWhole<T>(path: string, fill: (destination: Destination) => Promise<T>): Promise<T> {
  const beside = `${path}.${process.pid}.part`;
  const file = await open(beside, "wx", 0o644).catch((error: unknown) => refuse(path, error));
  let place = 0;
  try {
    const result = await fill({
      write: async (bytes) => {
        for (let done = 0; done < bytes.length; ) {
          const rest = bytes.length - done;
          const { bytesWritten } = await file
            .write(bytes, done, rest, place)
            .catch((error: unknown) => refuse(path, error));
          done += bytesWritten;
          place += bytesWritten;
        }
      },
      again: async () => {
        await file.truncate(0);
        place = 0;
      },
    });
    await file.close();
    await rename(beside, path).catch((error: unknown) => refuse(path, error));
    return result;
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(beside).catch(() => undefined);
    throw error;
  }
}

export function refuse(path: string, error: unknown): never {
  const code = error instanceof Error && "code" in error ? String(error.code) : "EIO";
  const words = error instanceof Error ? error.message.replace(/^[A-Z0-9]+: /, "").replace(/, \w+ '.*$/, "") : "";
  return fail({ kind: "file", path, code, message: `write ${path}: ${words} (${code})` });
}
