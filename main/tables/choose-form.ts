import type { FieldForm } from "./layout.ts";

/** Words of a field's name that make four bytes in network order an address rather than a number. */
const addressWords = new Set([
  "addr",
  "address",
  "saddr",
  "daddr",
  "ip",
  "ip4",
  "ipv4",
  "src",
  "dst",
  "source",
  "dest",
  "destination",
  "prefix",
  "network",
  "net",
  "gw",
  "gateway",
  "nexthop",
  "nh",
  "hop",
  "vip",
  "peer",
  "host",
  "local",
  "remote",
  "via",
]);
/** Sixteen bytes are an IPv6 address unless their name says otherwise. */
const otherWords = new Set([
  "uuid",
  "guid",
  "hash",
  "digest",
  "cookie",
  "token",
  "secret",
  "tag",
  "name",
  "comm",
  "data",
]);

function words(name: string): readonly string[] {
  return name.toLowerCase().split(/[^a-z0-9]+/);
}

/** Whether a field of that name holds an address: "saddr", "next_hop", "src_ip", "v4_addr". */
export function isAddressName(name: string): boolean {
  return words(name).some((word) => addressWords.has(word)) || /addr/i.test(name);
}

/** How to show an array of unsigned bytes. `address`: it is the data of an LPM key, which is an address by its use. */
export function chooseBytesForm(name: string, size: number, address: boolean): FieldForm {
  if (size === 6) return { as: "mac" };
  if (size === 4 && (address || isAddressName(name))) return { as: "ipv4" };
  if (size === 16 && (address || !words(name).some((word) => otherWords.has(word)))) return { as: "ipv6" };
  return { as: "bytes" };
}

/** Structures that are one value, by name and size. */
export function chooseStructForm(name: string, size: number): FieldForm | null {
  if (name === "in_addr" && size === 4) return { as: "ipv4" };
  if (name === "in6_addr" && size === 16) return { as: "ipv6" };
  if (name === "ether_addr" && size === 6) return { as: "mac" };
  return null;
}
