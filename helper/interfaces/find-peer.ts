/** The other end of a veth, wherever it is. */
import type { LinkFacts } from "../../protocol/interface-details.ts";
import { Failed } from "../../protocol/failures.ts";
import { isKernelError } from "../failures.ts";
import { inNamespace } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { type Link, linkAt } from "./links.ts";
import { namespacesThere } from "./namespaces-there.ts";

export type Peer = NonNullable<LinkFacts["peer"]>;

/**
 * null where it cannot be looked at, or where two fit: ends name each other by number only, and numbers repeat over
 * namespaces.
 */
export function findPeer(native: NativeFace, netns: string | null, link: Link): Peer | null {
  if (link.kind !== "veth" || link.lower === null) return null;
  const elsewhere = link.lowerNetnsid !== null;
  const candidates = elsewhere ? namespacesThere().names.filter((name) => name !== netns) : [netns];
  const found = candidates.flatMap((name) => {
    const peer = look(native, name, link.lower ?? 0);
    const fits = peer !== null && peer.kind === "veth" && peer.lower === link.ifindex;
    return fits ? [{ netns: name, ifindex: peer.ifindex, name: peer.name, mtu: peer.mtu }] : [];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

function look(native: NativeFace, netns: string | null, ifindex: number): Link | null {
  try {
    return inNamespace(native, netns, () => linkAt(native, ifindex));
  } catch (error) {
    if (isKernelError(error) || error instanceof Failed) return null;
    throw error;
  }
}
