/** Which network namespaces there are: our own, the named ones, and those that only processes hold. */
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { namedNamespaces, processOf } from "../namespaces.ts";

export interface Namespaces {
  /** names as on the wire, our own (null) first */
  readonly names: readonly (string | null)[];
  readonly skipped: readonly { readonly netns: string | null; readonly why: string }[];
}

const nsfsInode = /^net:\[(\d+)\]$/;

export function namespacesThere(): Namespaces {
  const own = statSync("/proc/self/ns/net");
  const names: (string | null)[] = [null];
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
      names.push(name);
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
    names.push(`pid:${pid}`);
  }
  return { names, skipped };
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
