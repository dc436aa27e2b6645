/** object ─packets▶ actions: a program run on given packets (BPF_PROG_TEST_RUN), attached to nothing. */
import * as z from "zod";
import { build } from "./build.ts";
import { base64, id, netns, path, symbol, u32 } from "./wire.ts";

/** An Ethernet header: the kernel runs nothing shorter (net/bpf/test_run.c). */
export const leastPacket = 14;
export const largestPacket = 65_536;
export const mostCases = 1_000;
/** packets run before the one that counts */
export const mostBefore = 64;
export const mostRepeats = 1_000;
export const mostEntries = 1_000;

/** Base64 of 14 to 65,536 bytes; how many exactly is looked at where they are decoded. */
const packet = base64.max(4 * Math.ceil(largestPacket / 3));
const mapName = z.string().min(1).max(512);

// --- what main asks of the elevated helper: raw bytes
const entry = z.strictObject({
  /** as the object calls it */
  map: mapName,
  key: base64,
  /** null: a new AF_XDP socket, which only an xskmap takes */
  value: base64.nullable(),
});
export const packetCase = z.strictObject({
  packet,
  before: z.array(z.strictObject({ packet, count: z.number().int().min(1).max(mostRepeats) })).max(mostBefore),
  /** where the packet comes in: a device of the namespace and one of its queues; null is the loopback */
  context: z.strictObject({ ifindex: id, queue: u32 }).nullable(),
  entries: z.array(entry).max(mostEntries),
  read: z.array(z.strictObject({ map: mapName, key: base64 })).max(mostEntries),
});
export type PacketCase = z.infer<typeof packetCase>;

/** Each case gets a load of its own, so that none sees what another left in the maps. */
export const packetsRunParams = z.strictObject({
  object: base64,
  name: z.string().max(255),
  program: symbol,
  asXdp: z.boolean(),
  /** one of a devmap or cpumap, run as one of an interface */
  asInterface: z.boolean().optional(),
  cases: z.array(packetCase).max(mostCases),
  /** where interfaces, routes and neighbours are looked up */
  netns,
});
export type PacketsRunParams = z.infer<typeof packetsRunParams>;

/** One case cannot be run: the kernel's or our words for it. The others still are. */
const notRun = z.strictObject({ ran: z.literal(false), message: z.string() });
export const packetOutcome = z.discriminatedUnion("ran", [
  z.strictObject({
    ran: z.literal(true),
    action: u32,
    /** the packet as the program left it */
    packet: base64,
    /** ns of the run that counts */
    nanoseconds: u32,
    /** in the order asked for; null where there is no such entry */
    values: z.array(base64.nullable()),
  }),
  notRun,
]);
export type PacketOutcome = z.infer<typeof packetOutcome>;
export const packetsRunResult = z.strictObject({ outcomes: z.array(packetOutcome) });

// --- what a window or the command line gets of main
export const packetsTestParams = z.strictObject({
  /** a folder, a packets.json, or a source or object with a packets.json beside it */
  path,
  netns,
});

/** How one thing turned out; texts are ready to show. */
export const packetDifference = z.strictObject({
  kind: z.enum(["action", "packet", "map", "run"]),
  /** such as `map blocklist, key 192.0.2.0/24` */
  where: z.string(),
  /** the field of the value; "" where the whole is meant */
  field: z.string(),
  expected: z.string(),
  actual: z.string(),
});
export type PacketDifference = z.infer<typeof packetDifference>;

export const packetCaseReport = z.strictObject({
  name: z.string(),
  passed: z.boolean(),
  /** such as XDP_DROP; null where it could not be run */
  action: z.string().nullable(),
  /** the packet after it, hex; null where it could not be run */
  packet: z.string().nullable(),
  /** what was expected of it, hex; null where nothing was */
  expectedPacket: z.string().nullable(),
  nanoseconds: u32,
  differences: z.array(packetDifference),
});
export type PacketCaseReport = z.infer<typeof packetCaseReport>;

export const packetsReport = z.strictObject({
  /** the packets.json */
  file: path,
  program: symbol,
  build,
  passed: u32,
  failed: u32,
  cases: z.array(packetCaseReport),
  milliseconds: z.number(),
});
export type PacketsReport = z.infer<typeof packetsReport>;
