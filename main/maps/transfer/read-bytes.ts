/** All bytes of a file, a pipe or standard input, up to a limit: what is made of them needs as much memory again. */
import { type FileHandle, open } from "node:fs/promises";
import { Failed, fail } from "../../../protocol/failures.ts";

/** Ten million entries of a routing table, as CSV. */
const largestFile = 512 * 1024 * 1024;
const pieceBytes = 4 * 1024 * 1024;

/** @throws Failed `file`, `too-large` before more than the limit is read */
export async function readBytes(path: string, limit = largestFile): Promise<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > limit) throw tooLarge(path, size, limit);
      return await readAll(file, path, size, limit);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Failed) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "EIO";
    const words =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "it is a folder"
          : code === "EACCES"
            ? "you may not read it"
            : code;
    return fail({ kind: "file", path, code, message: `import ${path}: ${words}` });
  }
}

/** Pipes and devices say no size, and files may grow meanwhile. */
async function readAll(file: FileHandle, path: string, size: number, limit: number): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let total = 0;
  for (;;) {
    // in memory that threads share, for large files are read on several
    const room = pieces.length === 0 ? Math.max(size + 1, pieceBytes) : pieceBytes;
    const piece = Buffer.from(new SharedArrayBuffer(room));
    let filled = 0;
    while (filled < piece.length) {
      const { bytesRead } = await file.read(piece, filled, piece.length - filled, null);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    total += filled;
    if (total > limit) throw tooLarge(path, total, limit);
    if (filled > 0) pieces.push(piece.subarray(0, filled));
    if (filled < piece.length) return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, total);
  }
}

function tooLarge(path: string, size: number, limit: number): Failed {
  const words = size > limit * 1.5 ? `${(size / 2 ** 30).toFixed(1)} GiB` : "that";
  return new Failed({
    kind: "too-large",
    message: `import ${path}: ${words} is too much for one file: at most ${limit / 2 ** 20} MiB are read: split it`,
    limit,
  });
}
