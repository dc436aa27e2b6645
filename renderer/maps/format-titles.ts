/** What formats of columns are called. */
import type { ColumnFormat } from "../../protocol/rows.ts";

export const formatTitles: Readonly<Record<ColumnFormat, string>> = {
  auto: "as its declaration says",
  decimal: "decimal",
  hex: "hexadecimal",
  "big-endian": "big-endian number",
  ipv4: "IPv4 address",
  ipv6: "IPv6 address",
  mac: "MAC address",
  port: "port, network order",
  ethertype: "EtherType",
  protocol: "IP protocol",
  ifindex: "interface",
  cpu: "CPU",
  "boot-time": "wall clock",
  text: "text",
  bytes: "bytes",
};
