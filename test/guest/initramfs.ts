/** The guest's files: a cpio archive in the kernel's "newc" format (Documentation/driver-api/early-userspace/buffer-format.rst). */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, realpathSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export interface GuestFile {
  /** absolute, in the guest */
  readonly path: string;
  readonly content: Buffer | string;
  readonly mode?: number;
}

export function writeInitramfs(file: string, files: readonly GuestFile[], folders: readonly string[]): void {
  const all = new Set(folders.flatMap(withParents));
  for (const { path } of files) for (const folder of withParents(dirname(path))) all.add(folder);
  const output = openSync(file, "w");
  let inode = 0;
  const entry = (path: string, mode: number, content: Buffer): void => {
    inode += 1;
    const name = Buffer.from(`${path.replace(/^\//, "")}\0`);
    const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
    const header = `070701${numbers.map((number) => number.toString(16).padStart(8, "0")).join("")}`;
    writeSync(output, padded(Buffer.concat([Buffer.from(header), name])));
    writeSync(output, padded(content));
  };
  try {
    for (const folder of [...all].toSorted()) entry(folder, 0o40755, Buffer.alloc(0));
    for (const { path, content, mode = 0o644 } of files) entry(path, 0o100000 | mode, Buffer.from(content));
    entry("TRAILER!!!", 0, Buffer.alloc(0));
  } finally {
    closeSync(output);
  }
}

/** A program of this machine with the shared libraries that it needs, at their own paths. */
export function withLibraries(program: string, path: string = program): GuestFile[] {
  return [{ path, content: readFileSync(realpathSync(program)), mode: 0o755 }, ...librariesOf(program)];
}

function librariesOf(program: string): GuestFile[] {
  let printed: string;
  try {
    printed = execFileSync("ldd", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    // a static program
    return [];
  }
  return [...printed.matchAll(/(\/\S+) \(0x/g)].map(([, library = ""]) => ({
    path: library,
    content: readFileSync(realpathSync(library)),
    mode: 0o755,
  }));
}

function withParents(folder: string): string[] {
  return folder === "/" ? [] : [...withParents(dirname(folder)), folder];
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}
