/** Numbers that have names: EtherTypes (IEEE 802, as linux/if_ether.h has them) and IP protocols (IANA). */
import type { EnumValue } from "../tables/layout.ts";

export const etherTypes: readonly EnumValue[] = values({
  IPv4: 0x0800,
  ARP: 0x0806,
  WoL: 0x0842,
  RARP: 0x8035,
  "802.1Q": 0x8100,
  IPv6: 0x86dd,
  "flow-control": 0x8808,
  "slow-protocols": 0x8809,
  MPLS: 0x8847,
  "MPLS-multicast": 0x8848,
  "PPPoE-discovery": 0x8863,
  PPPoE: 0x8864,
  EAPOL: 0x888e,
  "802.1ad": 0x88a8,
  LLDP: 0x88cc,
  MACsec: 0x88e5,
  "802.1ah": 0x88e7,
  PTP: 0x88f7,
  PRP: 0x88fb,
  FCoE: 0x8906,
  RoCE: 0x8915,
  HSR: 0x892f,
});

export const protocols: readonly EnumValue[] = values({
  HOPOPT: 0,
  ICMP: 1,
  IGMP: 2,
  IPIP: 4,
  TCP: 6,
  EGP: 8,
  UDP: 17,
  DCCP: 33,
  "IPv6-in-IP": 41,
  "IPv6-route": 43,
  "IPv6-fragment": 44,
  RSVP: 46,
  GRE: 47,
  ESP: 50,
  AH: 51,
  ICMPv6: 58,
  "IPv6-none": 59,
  "IPv6-options": 60,
  EIGRP: 88,
  OSPF: 89,
  PIM: 103,
  VRRP: 112,
  L2TP: 115,
  SCTP: 132,
  "UDP-Lite": 136,
  "MPLS-in-IP": 137,
});

function values(named: Readonly<Record<string, number>>): readonly EnumValue[] {
  return Object.entries(named).map(([name, value]) => ({ name, value: BigInt(value) }));
}
