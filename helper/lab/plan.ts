/** What a lab consists of, from its name alone. Pure. */
import { createHash } from "node:crypto";
import type { LabPort } from "../../protocol/lab.ts";

export type EndName = "port0" | "port1" | "host0" | "host1";

export interface LabEnd extends LabPort {
  readonly end: EndName;
  /** the other end of its veth */
  readonly peer: EndName;
}

export interface LabPlan {
  /** null: the lab called xdpw-lab */
  readonly name: string | null;
  /** how people call it */
  readonly title: string;
  readonly box: string;
  readonly hosts: readonly [string, string];
  readonly ends: Readonly<Record<EndName, LabEnd>>;
  /** what stands on each namespace's lo: a namespace without it is not ours */
  readonly alias: string;
}

export const endNames = ["port0", "port1", "host0", "host1"] as const;

/** Documentation ranges: RFC 5737 and RFC 3849. */
const networks = [
  { box: "192.0.2.1/24", host: "192.0.2.10/24", box6: "2001:db8:0:1::1/64", host6: "2001:db8:0:1::10/64" },
  { box: "198.51.100.1/24", host: "198.51.100.10/24", box6: "2001:db8:0:2::1/64", host6: "2001:db8:0:2::10/64" },
] as const;

export function planLab(name: string | null): LabPlan {
  const box = name === null ? "xdpw-lab" : `${name}-box`;
  const prefix = name ?? "xdpw";
  const hosts = [`${prefix}-host0`, `${prefix}-host1`] as const;
  const mac = macsOf(name ?? "");
  // An ifindex that differs from the peer's makes the kernel report a new carrier at once instead of a second later.
  const port = (side: 0 | 1): LabEnd => ({
    ...{ end: `port${side}`, peer: `host${side}`, interface: `port${side}`, netns: box, ifindex: 11 + side },
    ...{ mac: mac(side), ipv4: networks[side].box, ipv6: networks[side].box6 },
  });
  const host = (side: 0 | 1): LabEnd => ({
    ...{ end: `host${side}`, peer: `port${side}`, interface: "eth0", netns: hosts[side], ifindex: 21 + side },
    ...{ mac: mac(0x10 + side), ipv4: networks[side].host, ipv6: networks[side].host6 },
  });
  return {
    name,
    title: name === null ? "the lab" : `lab ${name}`,
    box,
    hosts,
    ends: { port0: port(0), port1: port(1), host0: host(0), host1: host(1) },
    alias: name === null ? "xdpw-lab" : `xdpw-lab ${name}`,
  };
}

export function namespacesOf(plan: LabPlan): [string, string, string] {
  return [plan.box, ...plan.hosts];
}

/** An address without its prefix length. */
export function bare(address: string): string {
  return address.replace(/\/\d+$/, "");
}

/** Locally administered (bit 1 of the first byte), the same for the same name on every machine. */
function macsOf(name: string): (last: number) => string {
  const [a = 0, b = 0, c = 0] = createHash("sha256").update(`xdpw-lab ${name}`).digest();
  return (last) => [0x02, 0x78, a, b, c, last].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
