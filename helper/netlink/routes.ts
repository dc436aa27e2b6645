/** Routes as rtnetlink tells them (RTM_GETROUTE; include/uapi/linux/rtnetlink.h). Reading is total. */
import { endianness } from "node:os";
import type { NativeFace } from "../native/face.ts";
import { asU32, attributesByType, putBytes } from "./attributes.ts";

export type Family = "IPv4" | "IPv6";
const families = { IPv4: 2, IPv6: 10 } as const satisfies Record<Family, number>;

const getRoute = 26; // RTM_GETROUTE
const rta = { destination: 1, outgoing: 4, multipath: 9 } as const;
const unicast = 1; // RTN_UNICAST
/** struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type, flags */
const headerLength = 12;
/** struct rtnexthop: length, flags, hops, ifindex */
const hopLength = 8;

/** The devices that default routes of any table go out of, in the namespace that the thread stands in. */
export function defaultRoutes(native: NativeFace): { readonly family: Family; readonly ifindex: number }[] {
  return (["IPv4", "IPv6"] as const).flatMap((family) => {
    const header = Buffer.alloc(headerLength);
    header.writeUInt8(families[family], 0);
    const devices = native.routeQuery(getRoute, header, true).flatMap(defaultDevices);
    return [...new Set(devices)].map((ifindex) => ({ family, ifindex }));
  });
}

/** What packets to this address (4 or 16 bytes) go out of; null where there is no way there. */
export function deviceTowards(native: NativeFace, bytes: Buffer): number | null {
  const header = Buffer.alloc(headerLength);
  header.writeUInt8(bytes.length === 4 ? families.IPv4 : families.IPv6, 0);
  header.writeUInt8(bytes.length * 8, 1);
  try {
    const [route] = native.routeQuery(getRoute, Buffer.concat([header, putBytes(rta.destination, bytes)]), false);
    return route === undefined ? null : (devicesOf(route)[0] ?? null);
  } catch {
    // unreachable: then nothing of it can be cut off
    return null;
  }
}

/** of a route message; empty where it is no default route, or one that goes nowhere */
export function defaultDevices(route: Buffer): number[] {
  if (route.length < headerLength) return [];
  const isDefault = route.readUInt8(1) === 0 && route.readUInt8(7) === unicast;
  return isDefault ? devicesOf(route) : [];
}

function devicesOf(route: Buffer): number[] {
  const attributes = attributesByType(route.subarray(headerLength));
  const only = asU32(attributes.get(rta.outgoing));
  if (only !== null) return [only];
  const hops = attributes.get(rta.multipath) ?? Buffer.alloc(0);
  const little = endianness() === "LE";
  const found: number[] = [];
  for (let at = 0; at + hopLength <= hops.length; ) {
    const length = little ? hops.readUInt16LE(at) : hops.readUInt16BE(at);
    if (length < hopLength) break;
    found.push(little ? hops.readInt32LE(at + 4) : hops.readInt32BE(at + 4));
    at += (length + 3) & ~3;
  }
  return found;
}
