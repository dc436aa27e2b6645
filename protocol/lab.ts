/** The lab: a box under test with two ports, in namespaces of its own, cut off from the host's network. */
import * as z from "zod";
import { netns, u32, u64 } from "./wire.ts";

/** null is the lab called xdpw-lab; NAME makes NAME-box, NAME-host0, NAME-host1 */
export const labName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/i)
  .nullable();

export const labPort = z.strictObject({
  /** port0, port1 in the box; eth0 in a host */
  interface: z.string(),
  netns: z.string(),
  ifindex: u32,
  mac: z.string(),
  ipv4: z.string(),
  ipv6: z.string(),
});
export type LabPort = z.infer<typeof labPort>;

export const labStatus = z.strictObject({
  name: labName,
  /** leftover: what a crashed run or a half-removed lab left behind; down removes it */
  state: z.enum(["down", "up", "leftover"]),
  box: z.string(),
  hosts: z.array(z.string()),
  /** port0, port1, host0, host1; empty unless up */
  ports: z.array(labPort),
  /** what to say of it, such as which part of a leftover exists */
  note: z.string(),
});
export type LabStatus = z.infer<typeof labStatus>;

export const labParams = z.strictObject({ name: labName });

export const trafficParams = z.strictObject({
  name: labName,
  from: z.enum(["host0", "host1"]),
  to: z.enum(["port0", "port1", "host0", "host1"]),
  protocol: z.enum(["icmp", "udp", "arp"]),
  count: z.number().int().min(1).max(10_000_000),
  /** packets a second; 0 for as fast as it goes */
  rate: z.number().int().min(0).max(10_000_000),
});
export type TrafficParams = z.infer<typeof trafficParams>;

export const traffic = z.strictObject({
  netns,
  sent: u32,
  /** seen by a packet socket at the destination: what XDP there let through or redirected to it */
  arrived: u32,
  /** answers (echo reply, ARP reply) seen at the sender; null where none are expected */
  replied: u32.nullable(),
  nanoseconds: u64,
});
export type Traffic = z.infer<typeof traffic>;
