/**
 * The redirect doctor: what the tracepoints of XDP tell (include/trace/events/xdp.h), counted in the kernel while somebody
 * looks, by the pair of interfaces, the action and the errno; and what each count means, with what would mend it.
 */
import * as z from "zod";
import { place } from "./interfaces.ts";
import { fix } from "./preflight.ts";
import { id, u32, u64 } from "./wire.ts";

/** without their "xdp_" */
export const xdpTracepoint = z.enum([
  "exception",
  "redirect",
  "redirect_err",
  "bulk_tx",
  "devmap_xmit",
  "cpumap_enqueue",
  "cpumap_kthread",
]);
export type XdpTracepoint = z.infer<typeof xdpTracepoint>;

export const redirectEnd = z.strictObject({
  ifindex: u32,
  /** inode of its network namespace: an ifindex means something within one only */
  namespace: u32,
  /** null where it went away, or where its namespace cannot be entered */
  place: place.nullable(),
});
export type RedirectEnd = z.infer<typeof redirectEnd>;

/** A map that redirects go through: devmap, devmap_hash, cpumap or xskmap. */
const redirectMap = z.strictObject({ id, name: z.string(), type: z.string() });

const counted = {
  /** tells one row from the others, for as long as the counting goes on */
  key: z.string().regex(/^[0-9a-f]{80}$/),
  tracepoint: xdpTracepoint,
  from: redirectEnd.nullable(),
  to: redirectEnd.nullable(),
  /** slot: the CPU of a cpumap, the queue of an xskmap; null for devmaps, whose target is `to` */
  map: redirectMap.extend({ slot: u32.nullable() }).nullable(),
  /** enum xdp_action, or what the program returned in its place */
  action: u32,
  /** 0: none */
  errno: u32,
  /** with the maps that it may redirect through */
  program: z.strictObject({ id, name: z.string(), maps: z.array(redirectMap) }).nullable(),
  /** that went on from here, and that were lost here */
  packets: u64,
  drops: u64,
};

/** Asked of the elevated helper. */
export const redirectCount = z.strictObject({
  ...counted,
  /** where packets were lost: how the interface that should have taken them is now */
  target: z
    .strictObject({
      place,
      /** "veth", "bridge", …; null for a device that no `ip link add` made */
      kind: z.string().nullable(),
      up: z.boolean(),
      mtu: u32,
      /** null on kernels before 6.3 */
      takesRedirects: z.boolean().nullable(),
      runsProgram: z.boolean(),
      /** of a veth, where it can be found */
      peer: z.strictObject({ place, runsProgram: z.boolean() }).nullable(),
    })
    .nullable(),
});
export type RedirectCount = z.infer<typeof redirectCount>;

export const redirectCounts = z.strictObject({
  counts: z.array(redirectCount),
  /** events without a place in the table of the kernel: it has room for 1024 rows */
  uncounted: u64,
});
export type RedirectCounts = z.infer<typeof redirectCounts>;

/** What would help: a command to copy and, where the workbench can do it itself, `run`. */
export const redirectRemedy = z.strictObject({
  text: z.string(),
  command: z.string(),
  run: z
    .union([
      z.strictObject({ do: z.literal("attach-pass"), place }),
      z.strictObject({ do: z.literal("open-map"), map: id, name: z.string() }),
      fix,
    ])
    .nullable(),
});
export type RedirectRemedy = z.infer<typeof redirectRemedy>;

export const redirectRow = z.strictObject({
  ...counted,
  /** packets that went on and that were lost, in the last second */
  rate: z.number().min(0),
  lossRate: z.number().min(0),
  /** a few words, such as "target has no XDP program: ENXIO" */
  title: z.string(),
  /** what that means, in a sentence or two */
  meaning: z.string(),
  /** what can be done about it, the best first; empty where nothing is lost */
  remedies: z.array(redirectRemedy),
});
export type RedirectRow = z.infer<typeof redirectRow>;

export const redirectsState = z.strictObject({
  /** of counting, s */
  seconds: z.number().min(0),
  /** those that lose packets first, then by pair */
  rows: z.array(redirectRow),
  uncounted: u64,
});
export type RedirectsState = z.infer<typeof redirectsState>;
