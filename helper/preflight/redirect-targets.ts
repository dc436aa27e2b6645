/**
 * Where a program's redirects may go: the devices that devmaps of the running program name, and the veths of the same
 * namespace. Devmaps of a program that is not loaded yet are empty, so that is all that can be known.
 */
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { XdpFeatures } from "../../protocol/interface-details.ts";
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

export interface RedirectLook {
  at(place: Place, programs: readonly number[]): RedirectTarget[];
}

/** Several places of one namespace are looked at once. */
export function lookAtRedirects(native: NativeFace, namespaces: readonly (string | null)[]): RedirectLook {
  const seen = new Map<string | null, Around>();
  return {
    at(place, programs) {
      const around = seen.get(place.netns) ?? lookAround(native, place.netns, namespaces);
      seen.set(place.netns, around);
      return targetsOf(native, place, programs, around);
    },
  };
}

interface Around {
  readonly links: readonly Link[];
  readonly features: ReadonlyMap<number, XdpFeatures> | null;
  /** of a link of this namespace, asked for once */
  peerOf(link: Link): RedirectTarget["peer"];
}

function lookAround(native: NativeFace, netns: string | null, namespaces: readonly (string | null)[]): Around {
  const peers = new Map<number, RedirectTarget["peer"]>();
  return {
    links: linksOf(native, netns),
    features: inNamespace(native, netns, () => featuresHere(native)),
    peerOf(link) {
      const known = peers.get(link.ifindex);
      if (known !== undefined) return known;
      const found = findPeer(native, netns, link, namespaces);
      const peer = found === null ? null : describeNeighbour(native, found);
      peers.set(link.ifindex, peer);
      return peer;
    },
  };
}

function targetsOf(
  native: NativeFace,
  place: Place,
  programs: readonly number[],
  { links, features, peerOf }: Around,
): RedirectTarget[] {
  const named = namedByMaps(native, programs);
  const wanted = links.filter(
    ({ ifindex, kind }) => named.has(ifindex) || (kind === "veth" && ifindex !== place.ifindex),
  );
  return wanted.slice(0, mostTargets).map((link) => ({
    ...{ ifindex: link.ifindex, name: link.name, up: link.up },
    driver: driverOf(native, place.netns, link),
    features: features === null ? null : [...(features.get(link.ifindex)?.xdp ?? [])],
    peer: peerOf(link),
    maps: [...(named.get(link.ifindex) ?? [])],
  }));
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
