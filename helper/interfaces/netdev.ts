/**
 * What a device can do with XDP, as the kernel itself says: generic netlink family "netdev"
 * (Documentation/netlink/specs/netdev.yaml, include/uapi/linux/netdev.h), since Linux 6.3.
 */
import type { XdpFeatures } from "../../protocol/interface-details.ts";
import type { NativeFace } from "../native/face.ts";
import { asU32, asU64, attributesByType, putU32 } from "../netlink/attributes.ts";

const deviceGet = 1; // NETDEV_CMD_DEV_GET
const attribute = { ifindex: 1, xdp: 3, zeroCopyMaxSegments: 4, rxMetadata: 5, xsk: 6 } as const;

/** enum netdev_xdp_act, bit by bit */
export const actNames = [
  "basic",
  "redirect",
  "ndo-xmit",
  "xsk-zerocopy",
  "hw-offload",
  "rx-sg",
  "ndo-xmit-sg",
] as const;
/** enum netdev_xdp_rx_metadata */
const rxMetadataNames = ["timestamp", "hash", "vlan-tag"] as const;
/** enum netdev_xsk_flags */
const xskNames = ["tx-timestamp", "tx-checksum", "tx-launch-time-fifo"] as const;

/** What a newer kernel knows beside these goes by its number. */
export function namesOfBits(bits: bigint, known: readonly string[]): string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 64; bit += 1) {
    if (((bits >> BigInt(bit)) & 1n) === 1n) names.push(known[bit] ?? `bit-${bit}`);
  }
  return names;
}

export function namesOfFeatures(bits: bigint): string[] {
  return namesOfBits(bits, actNames);
}

export function parseFeatures(attributes: ReadonlyMap<number, Buffer>): XdpFeatures {
  const names = (type: number, known: readonly string[]): string[] | null => {
    const bits = asU64(attributes.get(type));
    return bits === null ? null : namesOfBits(bits, known);
  };
  const xdp = names(attribute.xdp, actNames) ?? [];
  return {
    xdp,
    missing: actNames.filter((name) => !xdp.includes(name)),
    zeroCopyMaxSegments: asU32(attributes.get(attribute.zeroCopyMaxSegments)),
    rxMetadata: names(attribute.rxMetadata, rxMetadataNames),
    txMetadata: names(attribute.xsk, xskNames),
  };
}

/** Of all devices of the namespace that the thread stands in, by ifindex; null on kernels before 6.3. */
export function featuresHere(native: NativeFace): ReadonlyMap<number, XdpFeatures> | null {
  const answers = native.genericQuery("netdev", deviceGet, Buffer.alloc(0), true);
  return answers === null ? null : new Map(answers.flatMap(withIndex));
}

/** @throws the kernel's ENODEV where there is no such device in this namespace */
export function featuresOf(native: NativeFace, ifindex: number): XdpFeatures | null {
  const answers = native.genericQuery("netdev", deviceGet, putU32(attribute.ifindex, ifindex), false);
  const [first] = answers ?? [];
  return first === undefined ? null : parseFeatures(attributesByType(first));
}

function withIndex(answer: Buffer): [number, XdpFeatures][] {
  const attributes = attributesByType(answer);
  const ifindex = asU32(attributes.get(attribute.ifindex));
  return ifindex === null ? [] : [[ifindex, parseFeatures(attributes)]];
}
