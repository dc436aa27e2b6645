/** Where an attach was refused, and what that means there: looked up only when it was. Call inside the place's namespace. */
import type { Mode, Place } from "../protocol/interfaces.ts";
import { explainRefusal, type Refused } from "./explain-refusal.ts";
import type { Doing } from "./failures.ts";
import { findPeer } from "./interfaces/find-peer.ts";
import { type Link, linkAt } from "./interfaces/links.ts";
import { namespaceWords } from "./namespaces.ts";
import type { NativeFace } from "./native/face.ts";
import { linkHolders } from "./preflight/link-holders.ts";

export function attachingAt(native: NativeFace, place: Place, mode: Mode): Pick<Doing, "explain" | "attaching"> {
  return { attaching: { place, mode }, ...explainAt(native, place, mode) };
}

/** For a detach: what is in its way is explained like what is in an attach's. */
export function explainAt(native: NativeFace, place: Place, mode: Mode): Pick<Doing, "explain"> {
  return { explain: (error) => explainRefusal(error, lookAtRefused(native, place, mode)) };
}

export function lookAtRefused(native: NativeFace, { netns, ifindex, name }: Place, mode: Mode): Refused {
  const link = quietly(() => linkAt(native, ifindex));
  return {
    device: name,
    driver: quietly(() => native.driverInfo(ifindex)?.driver ?? null),
    mode,
    mtu: link?.mtu ?? null,
    peer: link === null ? null : quietly(() => peerInWords(native, netns, link)),
    link: link === null ? null : quietly(() => linkInTheWay(native, link)),
  };
}

function peerInWords(native: NativeFace, netns: string | null, link: Link): Refused["peer"] {
  // from home: it enters namespaces itself
  const peer = native.inNetns(null, () => findPeer(native, netns, link));
  return peer === null ? null : { where: `${peer.name} in ${namespaceWords(peer.netns)}`, mtu: peer.mtu };
}

function linkInTheWay(native: NativeFace, { ifindex, attached }: Link): Refused["link"] {
  const programs = new Set(attached.map(({ programId }) => programId));
  for (const id of native.linkIds()) {
    const info = quietly(() => native.linkInfo(id));
    if (info?.ifindex !== ifindex || !programs.has(info.programId)) continue;
    const holders = linkHolders(id).map((holder) => `${holder.name || "a process"} (pid ${holder.pid})`);
    return { id, holders: holders.length === 0 ? "" : ` of ${holders.join(", ")}` };
  }
  return null;
}

/** What went away meanwhile, or may not be looked at, is left out: the refusal itself is what is told. */
function quietly<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
