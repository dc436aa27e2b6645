/** The interfaces of a namespace as rtnetlink lists them (RTM_GETLINK; include/uapi/linux/if_link.h). */
import type { Mode } from "../../protocol/interfaces.ts";
import { interfaceName } from "../../protocol/wire.ts";
import { naming } from "../failures.ts";
import { inNamespace, namespaceWords } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { asText, asU8, asU32, asU64, attributesByType } from "../netlink/attributes.ts";

export interface Link {
  readonly ifindex: number;
  readonly name: string;
  readonly up: boolean;
  readonly carrier: boolean | null;
  /** "ether", "loopback", or "type N" (ARPHRD_*, include/uapi/linux/if_arp.h) */
  readonly hardware: string;
  /** "veth", "bridge", …; null for a device that no `ip link add` made */
  readonly kind: string | null;
  /** with colons; null where it has none */
  readonly address: string | null;
  readonly alias: string;
  readonly mtu: number;
  readonly minimumMtu: number | null;
  readonly maximumMtu: number | null;
  readonly rxQueues: number | null;
  readonly txQueues: number | null;
  /** a veth's peer, a VLAN's lower device */
  readonly lower: number | null;
  /** the bridge or bond that it is a port of */
  readonly master: number | null;
  /** where its lower is, if elsewhere */
  readonly lowerNetnsid: number | null;
  readonly attached: readonly { readonly mode: Mode; readonly programId: number }[];
  /** struct rtnl_link_stats64 as far as it is shown */
  readonly counters: LinkCounters | null;
}

export interface LinkCounters {
  readonly rxPackets: bigint;
  readonly txPackets: bigint;
  readonly rxBytes: bigint;
  readonly txBytes: bigint;
  readonly rxErrors: bigint;
  readonly txErrors: bigint;
  readonly rxDropped: bigint;
  readonly txDropped: bigint;
}

/** IFLA_*; the newest of them is of Linux 4.20, and some systems' headers lack it */
const ifla = {
  ...{
    address: 1,
    name: 3,
    mtu: 4,
    link: 5,
    master: 10,
    linkinfo: 18,
    alias: 20,
    stats64: 23,
    txQueues: 31,
    rxQueues: 32,
  },
  ...{ carrier: 33, linkNetnsid: 37, xdp: 43, minimumMtu: 50, maximumMtu: 51 },
} as const;
const infoKind = 1;
const xdpPrograms = [
  ["native", 5],
  ["skb", 6],
  ["hw", 7],
] as const satisfies readonly (readonly [Mode, number])[];
const hardwareNames: ReadonlyMap<number, string> = new Map([
  [1, "ether"],
  [772, "loopback"],
]);
const headerLength = 16;
const flagUp = 1;

export function linksOf(native: NativeFace, netns: string | null): Link[] {
  const doing = `list the interfaces of ${namespaceWords(netns)}`;
  const messages = inNamespace(native, netns, () => naming({ doing }, () => native.linkDump()));
  return messages.flatMap((message) => parseLink(message) ?? []);
}

/** Call inside the link's namespace; null where there is none of that number. */
export function linkAt(native: NativeFace, ifindex: number): Link | null {
  const message = native.linkOf(ifindex);
  return message === null ? null : parseLink(message);
}

/** A struct ifinfomsg and its attributes. Total: null where it is not a link with a number and a name. */
export function parseLink(message: Buffer): Link | null {
  if (message.length < headerLength) return null;
  const view = new DataView(message.buffer, message.byteOffset, headerLength);
  const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const ifindex = view.getInt32(4, little);
  const flags = view.getUint32(8, little);
  const hardware = view.getUint16(2, little);
  const attributes = attributesByType(message.subarray(headerLength));
  const name = asText(attributes.get(ifla.name)) ?? "";
  if (ifindex < 1 || !interfaceName.safeParse(name).success) return null;
  const xdp = attributesByType(attributes.get(ifla.xdp) ?? Buffer.alloc(0));
  const carrier = asU8(attributes.get(ifla.carrier));
  return {
    ifindex,
    name,
    up: (flags & flagUp) !== 0,
    carrier: carrier === null ? null : carrier !== 0,
    hardware: hardwareNames.get(hardware) ?? `type ${hardware}`,
    kind: asText(attributesByType(attributes.get(ifla.linkinfo) ?? Buffer.alloc(0)).get(infoKind)),
    address: hexAddress(attributes.get(ifla.address)),
    alias: asText(attributes.get(ifla.alias)) ?? "",
    mtu: asU32(attributes.get(ifla.mtu)) ?? 0,
    minimumMtu: asU32(attributes.get(ifla.minimumMtu)),
    // 0: the driver names none
    maximumMtu: asU32(attributes.get(ifla.maximumMtu)) || null,
    rxQueues: asU32(attributes.get(ifla.rxQueues)),
    txQueues: asU32(attributes.get(ifla.txQueues)),
    lower: asU32(attributes.get(ifla.link)),
    master: asU32(attributes.get(ifla.master)),
    lowerNetnsid: asU32(attributes.get(ifla.linkNetnsid)),
    attached: xdpPrograms.flatMap(([mode, type]) => {
      const programId = asU32(xdp.get(type));
      return programId === null || programId === 0 ? [] : [{ mode, programId }];
    }),
    counters: parseCounters(attributes.get(ifla.stats64)),
  };
}

function hexAddress(data: Buffer | undefined): string | null {
  if (data === undefined || data.length === 0) return null;
  return (data.toString("hex").match(/../g) ?? []).join(":");
}

function parseCounters(data: Buffer | undefined): LinkCounters | null {
  if (data === undefined || data.length < 64) return null;
  const at = (index: number): bigint => asU64(data.subarray(index * 8)) ?? 0n;
  return {
    ...{ rxPackets: at(0), txPackets: at(1), rxBytes: at(2), txBytes: at(3) },
    ...{ rxErrors: at(4), txErrors: at(5), rxDropped: at(6), txDropped: at(7) },
  };
}
