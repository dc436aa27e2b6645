/** Which network namespaces there are: our own, the named ones, and those that only processes hold. */
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { namedNamespaces, processOf } from "../namespaces.ts";

export interface NamespaceThere {
  /** as on the wire; null is our own */
  readonly netns: string | null;
  /** another one of the same name is another namespace */
  readonly inode: number;
}

export interface Namespaces {
  /** our own first */
  readonly there: readonly NamespaceThere[];
  readonly names: readonly (string | null)[];
  readonly skipped: readonly { readonly netns: string | null; readonly why: string }[];
}

const nsfsInode = /^net:\[(\d+)\]$/;

export function namespacesThere(): Namespaces {
  const own = statSync("/proc/self/ns/net");
  const there: NamespaceThere[] = [{ netns: null, inode: own.ino }];
  const skipped: { netns: string; why: string }[] = [];
  const known = new Set<number>([own.ino]);

  for (const name of listed(namedNamespaces).toSorted()) {
    if (processOf(name) !== null) {
      skipped.push({ netns: name, why: "its name is the workbench's word for the namespace of a process: rename it" });
      continue;
    }
    const at = stated(join(namedNamespaces, name));
    if (at === null) continue;
    if (at.dev !== own.dev) skipped.push({ netns: name, why: "the file under /run/netns is not a namespace" });
    else if (!known.has(at.ino)) {
      known.add(at.ino);
      there.push({ netns: name, inode: at.ino });
    }
  }
  const processes = listed("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .toSorted((a, b) => a - b);
  for (const pid of processes) {
    const inode = inodeOf(pid);
    if (inode === null || known.has(inode)) continue;
    known.add(inode);
    there.push({ netns: `pid:${pid}`, inode });
  }
  return { there, names: there.map(({ netns }) => netns), skipped };
}
function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function stated(path: string): { readonly dev: number; readonly ino: number } | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** null where the process ended, or is another user's */
function inodeOf(pid: number): number | null {
  try {
    const match = nsfsInode.exec(readlinkSync(`/proc/${pid}/ns/net`));
    return match === null ? null : Number(match[1]);
  } catch {
    return null;
  }
}
