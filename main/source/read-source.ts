/** A file's bytes, and a source's text. */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Failed } from "../../protocol/failures.ts";
import type { Source } from "../../protocol/source.ts";
import { fileFailure } from "./file-failure.ts";

/** A source over this is not something that a person wrote; an object over it no kernel takes. */
export const fileLimit = 12 * 1024 * 1024;

export function versionOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** @throws Failed `file`, `too-large` */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    // Opening a FIFO waits for a writer otherwise, and with it one of the few threads that read files.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
      // A FIFO or a device would block or never end.
      if (!stat.isFile()) throw new Error("not a regular file: name a source or an object");
      const bytes = stat.size > fileLimit ? null : await readWithin(file, fileLimit);
      if (bytes !== null) return bytes;
      throw new Failed({
        kind: "too-large",
        limit: fileLimit,
        message: `read ${path}: it has more than the ${fileLimit} bytes that are taken: is it a source?`,
      });
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Failed) throw error;
    throw fileFailure("read", path, error);
  }
}

/** null where there is more than the limit: a file may grow, and those in /proc have no size */
async function readWithin(file: FileHandle, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(256 * 1024) });
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
    if (length > limit) return null;
  }
}

/** @throws Failed as readBytes does, and `file` with code "binary" or "encoding" */
export async function readSource(path: string): Promise<Source> {
  const bytes = await readBytes(path);
  return { path, text: sourceText(path, bytes), version: versionOf(bytes) };
}

export function sourceText(path: string, bytes: Uint8Array): string {
  if (bytes.includes(0)) {
    throw new Failed({
      kind: "file",
      path,
      code: "binary",
      message: `read ${path}: it holds NUL bytes, so it is not C source; objects end in .o and start with \\x7fELF`,
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failed({
      kind: "file",
      path,
      code: "encoding",
      message: `read ${path}: it is not valid UTF-8: convert it first, for instance with iconv -f latin1 -t utf-8`,
    });
  }
}
