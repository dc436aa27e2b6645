/** Where an attach was refused, and what that means there: looked up only when it was. Call inside the place's namespace. */
import type { Mode, Place } from "../protocol/interfaces.ts";
import { explainRefusal, type Refused } from "./explain-refusal.ts";
import type { Doing } from "./failures.ts";
import { type Link, linkAt } from "./interfaces/links.ts";
import type { NativeFace } from "./native/face.ts";
import { linkHolders } from "./preflight/link-holders.ts";

export function attachingAt(native: NativeFace, place: Place, mode: Mode): NonNullable<Doing["attaching"]> {
  return { place, mode, explain: (error) => explainRefusal(error, lookAtRefused(native, place, mode)) };
}

export function lookAtRefused(native: NativeFace, { ifindex, name }: Place, mode: Mode): Refused {
  const link = quietly(() => linkAt(native, ifindex));
  return {
    device: name,
    driver: quietly(() => native.driverInfo(ifindex)?.driver ?? null),
    mode,
    mtu: link?.mtu ?? null,
    kind: link?.kind ?? null,
    link: link === null ? null : quietly(() => linkInTheWay(native, link)),
  };
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
