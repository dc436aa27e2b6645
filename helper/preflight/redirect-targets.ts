/**
 * Where a program's redirects may go: the devices that devmaps of the running program name, and the veths of the same
 * namespace. Devmaps of a program that is not loaded yet are empty, so that is all that can be known.
 */
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { RedirectTarget } from "../../protocol/place-facts.ts";
import { isKernelError } from "../failures.ts";
import { findPeer } from "../interfaces/find-peer.ts";
import { type Link, linksOf } from "../interfaces/links.ts";
import { featuresHere } from "../interfaces/netdev.ts";
import { inNamespace } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { describeNeighbour } from "./neighbour.ts";

/** BPF_MAP_TYPE_DEVMAP, BPF_MAP_TYPE_DEVMAP_HASH */
const devmapTypes: ReadonlySet<number> = new Set([14, 25]);
/** A table of a thousand ports is told by its first ones. */
const mostEntries = 256;
const mostTargets = 64;

export function redirectTargets(
  native: NativeFace,
  place: Place,
  programs: readonly number[],
  namespaces: readonly (string | null)[],
): RedirectTarget[] {
  const named = namedByMaps(native, programs);
  const links = linksOf(native, place.netns);
  const features = inNamespace(native, place.netns, () => featuresHere(native));
  const wanted = links.filter(
    ({ ifindex, kind }) => named.has(ifindex) || (kind === "veth" && ifindex !== place.ifindex),
  );
  return wanted.slice(0, mostTargets).map((link) => ({
    ...{ ifindex: link.ifindex, name: link.name, up: link.up },
    driver: driverOf(native, place.netns, link),
    features: features === null ? null : [...(features.get(link.ifindex)?.xdp ?? [])],
    peer: peerOf(native, place.netns, link, namespaces),
    maps: [...(named.get(link.ifindex) ?? [])],
  }));
}

function peerOf(
  native: NativeFace,
  netns: string | null,
  link: Link,
  namespaces: readonly (string | null)[],
): RedirectTarget["peer"] {
  const peer = findPeer(native, netns, link, namespaces);
  return peer === null ? null : describeNeighbour(native, peer);
}

function driverOf(native: NativeFace, netns: string | null, link: Link): string | null {
  try {
    return inNamespace(native, netns, () => native.driverInfo(link.ifindex))?.driver ?? null;
  } catch (error) {
    if (error instanceof Failed || isKernelError(error)) return null;
    throw error;
  }
}

/** Numbers of devices, and the maps that name them. */
function namedByMaps(native: NativeFace, programs: readonly number[]): ReadonlyMap<number, ReadonlySet<string>> {
  const named = new Map<number, Set<string>>();
  for (const program of programs) {
    try {
      for (const id of native.programInfo(program).mapIds) {
        const info = native.mapInfo(id);
        if (!devmapTypes.has(info.type)) continue;
        for (const ifindex of entriesOf(native, id)) {
          named.set(ifindex, (named.get(ifindex) ?? new Set()).add(info.name));
        }
      }
    } catch (error) {
      // it ended meanwhile, or we may not look
      if (!isKernelError(error)) throw error;
    }
  }
  return named;
}

function entriesOf(native: NativeFace, id: number): number[] {
  const map = native.openMap(id);
  try {
    const found: number[] = [];
    let key = map.nextKey(null);
    for (let looked = 0; key !== null && looked < mostEntries; looked += 1) {
      const value = map.lookup(key);
      // struct bpf_devmap_val begins with the ifindex, in the byte order of the machine
      if (value !== null && value.length >= 4)
        found.push(new Uint32Array(Uint8Array.from(value.subarray(0, 4)).buffer)[0] ?? 0);
      key = map.nextKey(key);
    }
    return found.filter((ifindex) => ifindex !== 0);
  } finally {
    map.close();
  }
}
