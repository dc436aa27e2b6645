/** The other end of a veth, wherever it is. */
import type { LinkFacts } from "../../protocol/interface-details.ts";
import { Failed } from "../../protocol/failures.ts";
import { isKernelError } from "../failures.ts";
import { inNamespace } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { namespaceIdOf } from "../netlink/namespace-ids.ts";
import { type Link, linkAt } from "./links.ts";
import { namespacesThere } from "./namespaces-there.ts";

export type Peer = NonNullable<LinkFacts["peer"]>;

/**
 * null where it cannot be looked at. Ends name each other by number, and numbers repeat over namespaces: where several
 * fit, the kernel's number of the namespace decides.
 * @param namespaces where to look, where they are known already
 */
export function findPeer(
  native: NativeFace,
  netns: string | null,
  link: Link,
  namespaces?: readonly (string | null)[],
): Peer | null {
  if (link.kind !== "veth" || link.lower === null) return null;
  const elsewhere = link.lowerNetnsid !== null;
  const candidates = elsewhere ? (namespaces ?? namespacesThere().names).filter((name) => name !== netns) : [netns];
  const found = candidates.flatMap((name) => {
    const peer = look(native, name, link.lower ?? 0);
    const fits = peer !== null && peer.kind === "veth" && peer.lower === link.ifindex;
    return fits ? [{ netns: name, ifindex: peer.ifindex, name: peer.name, mtu: peer.mtu }] : [];
  });
  if (found.length === 1) return found[0] ?? null;
  // several fit: the link's namespace has a number for that of its peer
  const same = found.filter((one) => namespaceIdOf(native, netns, one.netns) === link.lowerNetnsid);
  return same.length === 1 ? (same[0] ?? null) : null;
}

function look(native: NativeFace, netns: string | null, ifindex: number): Link | null {
  try {
    return inNamespace(native, netns, () => linkAt(native, ifindex));
  } catch (error) {
    if (isKernelError(error) || error instanceof Failed) return null;
    throw error;
  }
}
