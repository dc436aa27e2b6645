/** A file's bytes, and a source's text. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
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
    const file = await open(path, "r");
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) throw Object.assign(new Error("is a folder"), { code: "EISDIR" });
      // A FIFO or a device would block or never end.
      if (!stat.isFile()) throw new Error("not a regular file: name a source or an object");
      if (stat.size > fileLimit) {
        throw new Failed({
          kind: "too-large",
          limit: fileLimit,
          message: `read ${path}: ${stat.size} bytes are more than the ${fileLimit} that are taken: is it a source?`,
        });
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Failed) throw error;
    throw fileFailure("read", path, error);
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
