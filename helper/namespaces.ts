/** Network namespaces by the names of the wire: null is our own, NAME a file under /run/netns, `pid:N` that of a process. */
import { fail } from "../protocol/failures.ts";
import { hasCode, naming } from "./failures.ts";
import type { NativeFace } from "./native/face.ts";

export const namedNamespaces = "/run/netns";

export function processOf(netns: string): number | null {
  const match = /^pid:([1-9]\d{0,9})$/.exec(netns);
  return match === null ? null : Number(match[1]);
}

/** What setns(2) is given; null stays at home. */
export function namespacePath(netns: string | null): string | null {
  if (netns === null) return null;
  const pid = processOf(netns);
  return pid === null ? `${namedNamespaces}/${netns}` : `/proc/${pid}/ns/net`;
}

export function namespaceWords(netns: string | null): string {
  return netns === null ? "the workbench's own namespace" : `namespace ${netns}`;
}

/** {@link NativeFace.inNetns} by wire name; a namespace that cannot be entered is a failure that names it. */
export function inNamespace<T>(native: NativeFace, netns: string | null, run: () => T): T {
  if (netns === null) return run();
  let entered = false;
  const inside = (): T => {
    entered = true;
    return run();
  };
  try {
    return native.inNetns(namespacePath(netns), inside);
  } catch (error) {
    if (entered) throw error;
    // between its unmounting and its removal the file of a name is an empty one that nobody may read
    const leftOver = processOf(netns) === null && hasCode(error, "EACCES", "EINVAL");
    if (leftOver || hasCode(error, "ENOENT", "ESRCH", "ENOTDIR")) {
      fail({
        kind: "not-found",
        message: `there is no network namespace ${netns} (any more): choose again`,
        what: "network namespace",
        name: netns,
      });
    }
    return naming({ doing: `enter network namespace ${netns}` }, () => {
      throw error;
    });
  }
}
