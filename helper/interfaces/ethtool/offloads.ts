/** ETHTOOL_MSG_FEATURES_GET_REPLY (ethtool -k): four bit sets with the kernel's names (net/ethtool/common.c). */
import type { Offload } from "../../../protocol/interface-details.ts";
import { asText, attributesByType, readAttributes } from "../../netlink/attributes.ts";

const sets = { possible: 2, wanted: 3, active: 4, never: 5 } as const;
const bitsOfSet = 3;
const bit = { name: 2, value: 3 } as const;

/** The kernel's name, and ethtool's old word for it, of what changes how XDP runs, and why. */
const concernXdp = [
  ["rx-lro", "large-receive-offload", "merges packets in the NIC: most drivers refuse a native program while it is on"],
  ["rx-gro-hw", "rx-gro-hw", "merges packets in the NIC: some drivers refuse a native program while it is on"],
  ["rx-gro", "generic-receive-offload", "a veth takes native redirects while it is on"],
  ["rx-vlan-hw-parse", "rx-vlan-offload", "takes the VLAN tag out of the packet before a program sees it"],
  ["tx-vlan-hw-insert", "tx-vlan-offload", "the tag of a packet sent by a socket is not in its bytes"],
  ["rx-vlan-filter", "rx-vlan-filter", "packets of VLANs that nobody joined never reach a program"],
  ["tx-checksum-ip-generic", "tx-checksum-ip-generic", "packets of sockets carry partial checksums on a veth"],
  ["rx-checksum", "rx-checksumming", "the NIC's verdict is lost when a program changes the packet"],
  ["rx-hashing", "receive-hashing", "the hash that bpf_xdp_metadata_rx_hash reads"],
] as const;

export function parseOffloads(attributes: ReadonlyMap<number, Buffer>): Offload[] {
  const possible = bitsIn(attributes.get(sets.possible));
  const on = namesIn(attributes.get(sets.active));
  const wanted = namesIn(attributes.get(sets.wanted));
  const never = namesIn(attributes.get(sets.never));
  const all = possible.map(({ name, value }) => ({
    name,
    on: on.has(name),
    fixed: !value || never.has(name),
    wanted: wanted.has(name),
    ...aboutXdp(name),
  }));
  const rank = ({ name }: Offload): number => {
    const index = concernXdp.findIndex(([one]) => one === name);
    return index < 0 ? concernXdp.length : index;
  };
  return all.toSorted((one, other) => rank(one) - rank(other));
}

function aboutXdp(name: string): Pick<Offload, "alias" | "why"> {
  const found = concernXdp.find(([one]) => one === name);
  return { alias: found?.[1] ?? name, why: found?.[2] ?? null };
}

interface Bit {
  readonly name: string;
  readonly value: boolean;
}

function bitsIn(set: Buffer | undefined): Bit[] {
  const bits = attributesByType(set ?? Buffer.alloc(0)).get(bitsOfSet) ?? Buffer.alloc(0);
  return readAttributes(bits).flatMap(({ data }) => {
    const parts = attributesByType(data);
    const name = asText(parts.get(bit.name));
    return name === null || name === "" ? [] : [{ name, value: parts.has(bit.value) }];
  });
}

/** A set without a mask lists the bits that are set. */
function namesIn(set: Buffer | undefined): Set<string> {
  return new Set(bitsIn(set).map(({ name }) => name));
}
