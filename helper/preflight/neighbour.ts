/** The other end of a veth, as far as it decides what arrives. */
import type { Amount, Offload } from "../../protocol/interface-details.ts";
import type { Neighbour } from "../../protocol/place-facts.ts";
import { Failed } from "../../protocol/failures.ts";
import { isKernelError } from "../failures.ts";
import { parseChannels } from "../interfaces/ethtool/channels.ts";
import { askEthtool, messages } from "../interfaces/ethtool/messages.ts";
import { parseOffloads } from "../interfaces/ethtool/offloads.ts";
import type { Peer } from "../interfaces/find-peer.ts";
import { linkAt } from "../interfaces/links.ts";
import { inNamespace } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";

/** null where it went away meanwhile, and the device with it or not */
export function describeNeighbour(native: NativeFace, { netns, ifindex }: Peer): Neighbour | null {
  try {
    return inNamespace(native, netns, () => {
      const link = linkAt(native, ifindex);
      if (link === null) return null;
      const offloads = offloadsOf(native, ifindex);
      const is = (name: string): boolean | null => offloads.find((one) => one.name === name)?.on ?? null;
      return {
        ...{ netns, ifindex, name: link.name, mtu: link.mtu, up: link.up },
        runsXdp: link.attached.some(({ mode }) => mode === "native"),
        gro: is("rx-gro"),
        partialChecksums: is("tx-checksum-ip-generic"),
        channels: channelsOf(native, ifindex),
      };
    });
  } catch (error) {
    if (error instanceof Failed || isKernelError(error)) return null;
    throw error;
  }
}

/** Call inside the device's namespace; empty where the driver does not tell. */
export function offloadsOf(native: NativeFace, ifindex: number): Offload[] {
  const answer = askEthtool(native, ifindex, messages.features, parseOffloads);
  return answer.is === "known" ? answer.value : [];
}

export function channelsOf(native: NativeFace, ifindex: number): Amount[] {
  const answer = askEthtool(native, ifindex, messages.channels, parseChannels);
  return answer.is === "known" ? answer.value : [];
}
