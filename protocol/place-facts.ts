/** What decides an attach at one place, as the helper finds it: facts only, the words are main's. */
import * as z from "zod";
import { amount, driverHint, linkFacts, offload } from "./interface-details.ts";
import { mode, modeSupport, networkInterface, place } from "./interfaces.ts";
import { id, netns, u32 } from "./wire.ts";

/**
 * Measured on Linux 6.18, 4 KiB pages: the MTU of a veth's peer counts, not its own (drivers/net/veth.c, veth_xdp_set).
 * Programs that take fragments have no limit.
 */
export const vethPeerMtu = 3506;

export const neighbour = z.strictObject({
  netns,
  ifindex: id,
  name: z.string(),
  mtu: u32,
  up: z.boolean(),
  runsXdp: z.boolean(),
  /** null where nobody can say */
  gro: z.boolean().nullable(),
  /** its sockets leave checksums to be completed by the device */
  partialChecksums: z.boolean().nullable(),
  channels: z.array(amount),
});
export type Neighbour = z.infer<typeof neighbour>;

/** Another device that a redirect may go to. */
export const redirectTarget = z.strictObject({
  ifindex: id,
  name: z.string(),
  driver: z.string().nullable(),
  up: z.boolean(),
  /** names of enum netdev_xdp_act; null on kernels before 6.3 */
  features: z.array(z.string()).nullable(),
  /** null: not a veth, or its other end cannot be looked at */
  peer: neighbour.nullable(),
  /** maps of the running program that name it; empty: it is merely in the same namespace */
  maps: z.array(z.string()),
});
export type RedirectTarget = z.infer<typeof redirectTarget>;

export const placeFacts = z.strictObject({
  interface: networkInterface,
  facts: linkFacts,
  hint: driverHint.nullable(),
  /** without needs: those are words */
  modes: z.array(modeSupport),
  channels: z.array(amount),
  offloads: z.array(offload),
  peer: neighbour.nullable(),
  /** those of the attached programs that hang on a bpf_link, and who holds it open */
  links: z.array(
    z.strictObject({
      mode,
      program: id,
      link: id,
      holders: z.array(z.strictObject({ pid: u32, name: z.string() })),
    }),
  ),
  /** what would be cut off, in words */
  carries: z.array(z.string()),
  targets: z.array(redirectTarget),
});
export type PlaceFacts = z.infer<typeof placeFacts>;

/** what the helper is asked with */
export const lookParams = z.strictObject({
  places: z.array(place).min(1).max(64),
  /** whether the program sends packets to other devices */
  redirects: z.boolean(),
  /** the far end of the user's own SSH connection, where there is one */
  ssh: z.union([z.ipv4(), z.ipv6()]).nullable(),
});
export type LookParams = z.infer<typeof lookParams>;

export const looked = z.strictObject({
  places: z.array(placeFacts),
  cpus: u32,
  /** uname -r */
  kernel: z.string().max(100),
  /** whether it tells its own types, which CO-RE needs */
  kernelBtf: z.boolean(),
});
export type Looked = z.infer<typeof looked>;
