/** Paths of the BPF file system's usual place: this process may do more there than its caller, and so looks at each step. */
import { chmodSync, lstatSync, mkdirSync, rmdirSync, statfsSync } from "node:fs";
import { posix } from "node:path";
import { fail } from "../protocol/failures.ts";

/** BPF_FS_MAGIC (include/uapi/linux/magic.h) */
const bpffsMagic = 0xcafe4a11;
export const bpffs = "/sys/fs/bpf";

export function isBpffsMounted(): boolean {
  try {
    return statfsSync(bpffs).type === bpffsMagic;
  } catch {
    return false;
  }
}

/** @throws Failed `bad-value` that says what a pin's path is like, where this is none */
export function checkPinPath(doing: string, path: string): void {
  const wrong = (why: string): never => fail({ kind: "bad-value", field: "path", message: `${doing} ${path}: ${why}` });
  if (posix.normalize(path) !== path || !path.startsWith(`${bpffs}/`) || path.endsWith("/")) {
    wrong(`pins are named by their path under ${bpffs}`);
  }
  if (!isBpffsMounted()) wrong(`no BPF file system is mounted at ${bpffs}: mount -t bpf bpf ${bpffs}`);
  for (const name of path.slice(bpffs.length + 1).split("/")) {
    // bpf_lookup() of kernel/bpf/inode.c keeps dots for itself
    if (name.includes(".")) wrong(`the kernel takes no "." in names of pins: call it ${name.replaceAll(".", "_")}`);
    if (Buffer.byteLength(name) > 255) wrong("a name has at most 255 bytes");
  }
}

/**
 * Makes the folders that are missing on the way to a pin. A link on the way is refused: it may lead out of the BPF file
 * system. @throws Failed `bad-value`
 */
export function makeFolders(doing: string, path: string): void {
  const names = posix.dirname(path).slice(bpffs.length).split("/").filter(Boolean);
  let at = bpffs;
  for (const name of names) {
    at = `${at}/${name}`;
    const kind = kindOf(at);
    if (kind === "none") makeMarked(at);
    else if (kind !== "folder") {
      const what = kind === "link" ? "a link: name the folder itself" : "no folder";
      fail({ kind: "bad-value", field: "path", message: `${doing} ${path}: ${at} is ${what}` });
    }
  }
}

/** Made by us: the sticky bit, which means nothing in a folder that root alone may enter, is the mark that stays with it. */
const mark = 0o1700;

function makeMarked(folder: string): void {
  mkdirSync(folder, { mode: 0o700 });
  chmodSync(folder, mark);
}

/** After an unpin: folders on the way that were made for a pin of ours and hold nothing any more. */
export function removeEmptyFolders(path: string): void {
  for (let at = posix.dirname(path); at.startsWith(`${bpffs}/`); at = posix.dirname(at)) {
    try {
      if ((lstatSync(at).mode & 0o7777) !== mark) return;
      rmdirSync(at);
    } catch {
      // something else is in it, or somebody else was quicker
      return;
    }
  }
}

export function kindOf(path: string): "none" | "folder" | "link" | "file" {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "none";
  if (found.isSymbolicLink()) return "link";
  return found.isDirectory() ? "folder" : "file";
}
