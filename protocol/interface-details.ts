/** One interface in full: each part with its own answer, since a driver may have one and not another. */
import * as z from "zod";
import { attachedProgram, driverInfo, modeSupport, networkInterface, place } from "./interfaces.ts";
import { id, netns, u32, u64 } from "./wire.ts";

/** What a driver or the kernel was asked: its answer, or why there is none. */
function answer<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion("is", [
    z.strictObject({ is: z.literal("known"), value }),
    /** the driver, or this kernel, has no such thing */
    z.strictObject({ is: z.literal("not-supported"), why: z.string() }),
    /** it has, and refused */
    z.strictObject({ is: z.literal("failed"), why: z.string() }),
  ]);
}
export type Answer<T> =
  | { readonly is: "known"; readonly value: T }
  | { readonly is: "not-supported"; readonly why: string }
  | { readonly is: "failed"; readonly why: string };

/** null where the driver has none of it, which ethtool prints as n/a */
export const amount = z.strictObject({ name: z.string(), now: u32.nullable(), most: u32.nullable() });
export type Amount = z.infer<typeof amount>;
export const parameter = z.strictObject({ name: z.string(), value: z.union([u32, z.boolean()]).nullable() });
export type Parameter = z.infer<typeof parameter>;

export const linkSettings = z.strictObject({
  /** Mb/s; null where the driver does not know */
  speed: u32.nullable(),
  duplex: z.enum(["half", "full"]).nullable(),
  autonegotiation: z.boolean().nullable(),
  lanes: u32.nullable(),
});
export type LinkSettings = z.infer<typeof linkSettings>;

export const offload = z.strictObject({
  /** the kernel's name, which `ethtool -K` takes */
  name: z.string(),
  /** as `ethtool -k` calls it */
  alias: z.string(),
  on: z.boolean(),
  /** nobody can change it */
  fixed: z.boolean(),
  /** asked for by somebody; another thing than on where something else forbids it */
  wanted: z.boolean(),
  /** what it has to do with XDP; null where nothing is known */
  why: z.string().nullable(),
});
export type Offload = z.infer<typeof offload>;

export const statistic = z.strictObject({ name: z.string(), value: u64, xdp: z.boolean() });
export type Statistic = z.infer<typeof statistic>;

/** Generic netlink family netdev; names as in include/uapi/linux/netdev.h. */
export const xdpFeatures = z.strictObject({
  /** enum netdev_xdp_act */
  xdp: z.array(z.string()),
  /** what this workbench knows of and the device does not report */
  missing: z.array(z.string()),
  /** fragments of one packet in AF_XDP zero-copy; null before Linux 6.6, or without zero-copy */
  zeroCopyMaxSegments: u32.nullable(),
  /** enum netdev_xdp_rx_metadata; null before Linux 6.8 */
  rxMetadata: z.array(z.string()).nullable(),
  /** enum netdev_xsk_flags: metadata on transmit; null before Linux 6.8 */
  txMetadata: z.array(z.string()).nullable(),
});
export type XdpFeatures = z.infer<typeof xdpFeatures>;

/** What a table says of the driver: a hint for kernels that cannot be asked. */
export const driverHint = z.strictObject({
  driver: z.string(),
  label: z.string(),
  native: z.string().nullable(),
  offload: z.boolean(),
  fragments: z.string().nullable(),
  zeroCopy: z.string().nullable(),
  maximumMtu: u32.nullable(),
  sources: z.array(z.string()),
});
export type DriverHint = z.infer<typeof driverHint>;

export const linkFacts = z.strictObject({
  /** of `ip -d link`: veth, bridge, …; "ether" or "loopback" for what no `ip link add` made */
  type: z.string(),
  alias: z.string(),
  carrier: z.boolean().nullable(),
  minimumMtu: u32.nullable(),
  maximumMtu: u32.nullable(),
  rxQueues: u32.nullable(),
  txQueues: u32.nullable(),
  /** a veth's other end, where it is in a namespace that can be looked into */
  peer: z.strictObject({ netns, ifindex: id, name: z.string(), mtu: u32 }).nullable(),
});
export type LinkFacts = z.infer<typeof linkFacts>;

/** One attached program, and how it got there. */
export const attachedInFull = z.strictObject({
  program: attachedProgram,
  /** null without the privilege to see links */
  by: z.enum(["netlink", "link"]).nullable(),
  linkId: id.nullable(),
  /** null without the privilege to look at programs */
  more: z
    .strictObject({
      uid: u32,
      /** its name on this machine */
      user: z.string().nullable(),
      /** ms since 1970 */
      loadedAt: z.number(),
      xlatedBytes: u32,
      jitedBytes: u32,
      maps: z.array(z.strictObject({ id, name: z.string(), type: z.string() })),
      /** libxdp's, with what it calls in its order */
      dispatcher: z
        .strictObject({
          version: u32,
          fragments: z.boolean(),
          programs: z.array(
            z.strictObject({
              id: id.nullable(),
              name: z.string().nullable(),
              tag: z.string().nullable(),
              /** the lowest runs first */
              priority: u32.nullable(),
              /** actions after which the next one runs */
              goesOnAfter: z.array(z.string()),
            }),
          ),
        })
        .nullable(),
    })
    .nullable(),
});
export type AttachedInFull = z.infer<typeof attachedInFull>;

/** What moves: for rates, which are differences over `at`. */
export const interfaceCounters = z.strictObject({
  /** ms of a clock that only goes forward */
  at: z.number(),
  /** of struct rtnl_link_stats64: rxPackets, txPackets, rxBytes, txBytes, rxErrors, txErrors, rxDropped, txDropped */
  link: z.record(z.string(), u64),
  /** of the driver: those of XDP and of single queues */
  driver: z.array(z.strictObject({ name: z.string(), value: u64 })),
  /** counted while somebody looks */
  runs: z.array(z.strictObject({ id, count: u64, nanoseconds: u64 })),
});
export type InterfaceCounters = z.infer<typeof interfaceCounters>;

/** What was counted lately, ten times a second for as long as somebody asks: several readings cost one message. */
export const interfaceSamples = z.strictObject({
  /** names of the driver's counters, in the order of each sample's values */
  driver: z.array(z.string()),
  /** the oldest first */
  samples: z.array(interfaceCounters.extend({ driver: z.array(u64) })),
});
export type InterfaceSamples = z.infer<typeof interfaceSamples>;
/** since: `at` of the last sample that the caller has; 0 for none */
export const interfaceSamplesParams = z.strictObject({ place, since: z.number().min(0) });

export const interfaceDetails = z.strictObject({
  interface: networkInterface,
  driver: driverInfo.nullable(),
  facts: linkFacts,
  attached: z.array(attachedInFull),
  link: answer(linkSettings),
  channels: answer(z.array(amount)),
  rings: answer(z.strictObject({ sizes: z.array(amount), settings: z.array(parameter) })),
  /** those that concern XDP first */
  offloads: answer(z.array(offload)),
  coalescing: answer(z.array(parameter)),
  /** those of XDP first */
  statistics: answer(z.array(statistic)),
  features: answer(xdpFeatures),
  /** null where the table has nothing on the driver */
  hint: driverHint.nullable(),
  modes: z.array(modeSupport),
  /** what a user of XDP should know of this device, such as a veth peer that would lose redirects */
  notes: z.array(z.string()),
});
export type InterfaceDetails = z.infer<typeof interfaceDetails>;
