/** Whole maps to files and back: against bpftool where it says the same, and against the kernel everywhere else. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeEntries, type DescribedMap } from "../../../main/maps/describe-entries.ts";
import { writeRows } from "../../../main/maps/staged/write-rows.ts";
import { exportMap } from "../../../main/maps/transfer/export-map.ts";
import { compareEntries } from "../../../main/maps/transfer/compare-entries.ts";
import type { EntryTable } from "../../../main/maps/transfer/entry-table.ts";
import { type Format, formats } from "../../../main/maps/transfer/formats.ts";
import { planChanges } from "../../../main/maps/transfer/plan-changes.ts";
import { compareSides } from "../../../main/maps/transfer/plan-file.ts";
import { threadsHere } from "../../main/maps/threads-here.ts";
import { readEntriesText } from "../../../main/maps/transfer/read-file.ts";
import { readCurrent } from "../../../main/maps/transfer/read-table.ts";
import { namesOfRandomTypes, randomTypes, saySeed } from "../../main/tables/random-types.ts";
import { skipReason, startElevated } from "../helper/harness.ts";
import { compile, loading, native } from "../native/support.ts";

const entriesEach = 40;

/** In maps of every type that holds anything: types of C that nobody has seen before. */
const kindsOfMaps = ["HASH", "ARRAY", "LRU_HASH", "PERCPU_HASH", "PERCPU_ARRAY", "LRU_PERCPU_HASH"] as const;
const random = randomTypes(14).map((body, index) => {
  const type = kindsOfMaps[index % kindsOfMaps.length] ?? "HASH";
  const key = type.endsWith("ARRAY") || index % 2 === 0 ? "__u32" : "struct wide";
  return { body, type, key };
});
/** `array` in it: see fill */
function randomName(index: number): string {
  const type = random[index]?.type ?? "";
  return `random${index}${type.endsWith("ARRAY") ? "_array" : ""}`;
}

const map = (name: string, type: string, key: string, value: string, more = ""): string =>
  `struct { __uint(type, BPF_MAP_TYPE_${type}); ${more} __uint(max_entries, 64); __type(key, ${key}); __type(value, ${value}); } ${name} SEC(".maps");`;

const source = `
${namesOfRandomTypes}
struct prefix4 { __u32 prefixlen; __u8 addr[4]; };
struct prefix6 { __u32 prefixlen; __u8 addr[16]; };
struct hop { __u32 nexthop; __u8 mac[6]; __u64 packets; char name[9]; __be32 via; };
struct wide { __u32 a; __u8 b; };
${random.map(({ body, type, key }, index) => `struct r${index} { ${body} };\n${map(randomName(index), type, key, `struct r${index}`)}`).join("\n")}
${map("trie4", "LPM_TRIE", "struct prefix4", "struct hop", "__uint(map_flags, BPF_F_NO_PREALLOC);")}
${map("trie6", "LPM_TRIE", "struct prefix6", "struct hop", "__uint(map_flags, BPF_F_NO_PREALLOC);")}
${map("array", "ARRAY", "__u32", "struct hop")}
${map("lru", "LRU_HASH", "__u64", "struct hop")}
${map("percpu", "PERCPU_HASH", "__u32", "struct hop")}
${map("percpu_array", "PERCPU_ARRAY", "__u32", "__u64")}
${map("lru_percpu", "LRU_PERCPU_HASH", "__u32", "struct wide")}
enum large { SMALL, LARGE = 200 } __attribute__((packed));
struct floating { double d; float f; __u32 n; enum large e; char s[4]; };
${map("floats", "HASH", "__u32", "struct floating")}
__u32 global_number = 7;
SEC("xdp") int xdpwt_transfer(struct xdp_md *ctx)
{
	__u64 key[3] = {};
	int found = global_number;
#define LOOK(map) if (bpf_map_lookup_elem(&map, key)) found++;
	${random.map((_, index) => `LOOK(${randomName(index)})`).join(" ")}
	LOOK(trie4) LOOK(trie6) LOOK(array) LOOK(lru) LOOK(percpu) LOOK(percpu_array) LOOK(lru_percpu) LOOK(floats)
	return found ? XDP_DROP : XDP_PASS;
}
`;

let elevated: Awaited<ReturnType<typeof startElevated>>;
let loaded: Awaited<ReturnType<typeof native.loadObject>>;
const idOf = (name: string): number => loaded.maps.find((each) => each.name === name)?.id ?? 0;

/** random keys and values, the keys such as the type takes */
function fill(name: string): void {
  const handle = native.openMap(idOf(name));
  try {
    const { keySize } = handle.info;
    for (let entry = 0; entry < entriesEach; entry++) {
      const key = randomBytes(keySize);
      if (/array/.test(name)) key.writeUInt32LE(entry, 0);
      if (/trie/.test(name)) key.writeUInt32LE(key.readUInt32LE(0) % ((keySize - 4) * 8 + 1), 0);
      // bpftool makes a line break of a backslash
      const value = randomBytes(handle.valueStride).map((byte) => (byte === 0x5c ? 0x5b : byte));
      // what rounds a CPU's value up to eight bytes belongs to nobody
      const { valueSize } = handle.info;
      const stride = Math.ceil(valueSize / 8) * 8;
      if (handle.valueStride > valueSize) {
        for (let at = 0; at < value.length; at += stride) value.fill(0, at + valueSize, at + stride);
      }
      handle.update(key, Buffer.from(value), "any");
    }
    // texts that end, among the random ones
    if (name.startsWith("trie")) {
      const value = Buffer.alloc(handle.valueStride);
      value.write('up"link', 24);
      handle.update(Buffer.alloc(keySize), value, "any");
    }
  } finally {
    handle.close();
  }
}

async function textOf(described: DescribedMap, format: Format | "snapshot"): Promise<string> {
  const pieces: Buffer[] = [];
  const write = async (bytes: Uint8Array): Promise<void> => void pieces.push(Buffer.from(bytes));
  await exportMap(elevated.peer, threadsHere(2), described, format, { write, again: null });
  return Buffer.concat(pieces).toString("utf8");
}

function sameAs(before: EntryTable, after: EntryTable, trie: boolean): void {
  const { added, changed, removed } = compareEntries(before, after, trie);
  expect([added.length, changed.length, removed.length]).toEqual([0, 0, 0]);
  expect(after.count).toBe(before.count);
}

const everyMap = [
  ...random.map((_, index) => randomName(index)),
  ...["trie4", "trie6", "array", "lru", "percpu", "percpu_array", "lru_percpu", "floats"],
];

beforeAll(async () => {
  if (skipReason !== "") return;
  elevated = await startElevated();
  loaded = await native.loadObject(loading(compile(source), "xdpwt_transfer"));
  for (const name of everyMap) fill(name);
});
afterAll(async () => {
  loaded?.close();
  await elevated?.stop();
});

/** bytes; a random array of arrays is long as JSON */
const plenty = 2 ** 30;

describe.skipIf(skipReason !== "")(`exported maps, of ${saySeed}`, () => {
  it.each([...everyMap.filter((name) => name !== "floats"), ".data"])(
    "%s is in JSON what bpftool prints, byte for byte",
    async (name) => {
      const id = loaded.maps.find((each) => each.name === name || each.name.endsWith(name))?.id ?? 0;
      const theirs = execFileSync("bpftool", ["-j", "map", "dump", "id", `${id}`], {
        encoding: "utf8",
        maxBuffer: plenty,
      });
      const ours = await textOf(await describeEntries(elevated.peer, id), "json");
      // the place of the first difference says more than all of both
      const at = Buffer.from(ours).findIndex((_, index) => ours[index] !== theirs[index]);
      const around = (text: string): string => (at < 0 ? "" : text.slice(Math.max(0, at - 60), at + 60));
      expect(around(ours)).toBe(around(theirs));
      expect(ours.length).toBe(theirs.length);
    },
  );

  it("is right where bpftool is not: floating point, packed enums over 127, a backslash in a text", async () => {
    const described = await describeEntries(elevated.peer, idOf("floats"));
    const value = Buffer.alloc(24);
    value.writeDoubleLE(-0.5, 0);
    value.writeFloatLE(Number.POSITIVE_INFINITY, 8);
    value.writeUInt32LE(7, 12);
    value[16] = 200;
    value.write("a\\b", 17);
    const handle = native.openMap(idOf("floats"));
    handle.update(Buffer.alloc(4), value, "any");
    handle.close();
    const parsed = JSON.parse(await textOf(described, "json")) as { formatted: { key: number; value: unknown } }[];
    expect(parsed).toHaveLength(entriesEach + 1);
    const ours = parsed.find(({ formatted }) => formatted.key === 0)?.formatted.value;
    expect(ours).toEqual({ d: -0.5, f: "Infinity", n: 7, e: "LARGE", s: "a\\b" });
  });

  it.each(everyMap)("%s comes back from JSON, CSV, commands and a snapshot with every byte", async (name) => {
    const described = await describeEntries(elevated.peer, idOf(name));
    const now = await readCurrent(elevated.peer, described.description);
    for (const format of [...formats, "snapshot"] as const) {
      if (format === "batch" && described.layout.perCpu) {
        await expect(textOf(described, format)).rejects.toThrow("one value to all CPUs");
        continue;
      }
      const text = Buffer.from(await textOf(described, format));
      const read = readEntriesText("file", text, described, null);
      expect(read.format).toBe(format === "snapshot" ? "json" : format);
      sameAs(now, read.entries, described.layout.type === "lpm_trie");
    }
  });
});

describe.skipIf(skipReason !== "")("imported files", () => {
  const apply = async (described: DescribedMap, entries: EntryTable, removes: boolean) => {
    const { id, name } = described.description.map;
    const before = await readCurrent(elevated.peer, described.description);
    const { diff } = await compareSides(threadsHere(2), described, before, entries, removes);
    const planned = planChanges(before, entries, diff, described.layout.type === "lpm_trie");
    const target = { id, name, type: "hash", netns: null, locked: false, counted: null };
    return { planned, diff, written: await writeRows(elevated.peer, target, planned.rows, { bulk: true }) };
  };

  it("write a trie by address, and take out what is not in the file", async () => {
    const described = await describeEntries(elevated.peer, idOf("trie4"));
    const csv =
      "packets,prefix,name,via,mac,nexthop,value:padding\n0,10.1.0.0/16,,0.0.0.0,02:00:00:00:00:02,2,\n18446744073709551615,10.0.0.0/8,a,1.2.3.4,02:00:00:00:00:01,0x10,\r\n";
    const { entries } = readEntriesText("file", Buffer.from(csv), described, null);
    const { written, planned, diff } = await apply(described, entries, true);
    expect(written).toMatchObject({ ended: null, code: null });
    expect(diff.added.length).toBe(2);
    expect(diff.removed.length).toBeGreaterThan(1);
    expect([...planned.lines.subarray(-2)]).toEqual([3, 2]);
    expect(written.outcomes.every((outcome) => outcome === 0)).toBe(true);
    sameAs(await readCurrent(elevated.peer, described.description), entries, true);
    const { value, prefixLength } = await elevated.peer.request("maps.match", {
      id: idOf("trie4"),
      key: Buffer.from([32, 0, 0, 0, 10, 1, 2, 3]).toString("base64"),
    });
    expect([prefixLength, Buffer.from(value ?? "", "base64").readUInt32LE(0)]).toEqual([16, 2]);
    const none = { id: idOf("trie4"), key: Buffer.from([32, 0, 0, 0, 11, 1, 2, 3]).toString("base64") };
    expect(await elevated.peer.request("maps.match", none)).toEqual({ value: null, prefixLength: null });
  });

  it("that find the map full say exactly which rows are in; what is there already is not overwritten", async () => {
    const id = idOf("random0");
    const described = await describeEntries(elevated.peer, id);
    const { keySize } = described.description.map;
    const { valueStride } = described.description;
    // 40 are there: 24 of these 30 find room
    const keys = Buffer.alloc(30 * keySize);
    for (let entry = 0; entry < 30; entry++) keys.writeUInt32LE(0xabcd_0000 + entry, entry * keySize);
    const lines = Uint32Array.from({ length: 30 }, (_, entry) => entry + 2);
    const entries = { keySize, valueStride, count: 30, keys, values: new Uint8Array(30 * valueStride), lines };
    const { written, planned } = await apply(described, entries, false);
    expect(written).toMatchObject({ code: "E2BIG", ended: expect.stringContaining("is full") });
    expect([...written.outcomes]).toEqual(Array.from({ length: 30 }, (_, at) => (at < 24 ? 0 : at === 24 ? 4 : 6)));
    // somebody else was quicker
    const handle = native.openMap(id);
    const theirs = Buffer.alloc(valueStride, 1);
    handle.update(keys.subarray(0, keySize), theirs, "any");
    handle.close();
    const target = { id, name: "random0", type: "hash", netns: null, locked: false, counted: null };
    const again = await writeRows(elevated.peer, target, planned.rows, { bulk: true });
    expect([...again.outcomes.subarray(0, 3)]).toEqual([2, 1, 1]);
    expect(again.found.get(0)).toEqual(theirs);
  });
});

/** Key and value sizes 0 are left out: the kernel wants them so. */
const bare = (name: string, type: string, keySize: number, valueSize: number, max = 4): string =>
  `struct { __uint(type, BPF_MAP_TYPE_${type}); __uint(max_entries, ${max}); ${keySize === 0 ? "" : `__uint(key_size, ${keySize});`} ${valueSize === 0 ? "" : `__uint(value_size, ${valueSize});`} } ${name} SEC(".maps");`;
const rest = `
${bare("a_queue", "QUEUE", 0, 4)}
${bare("a_stack", "STACK", 0, 4)}
${bare("a_ringbuf", "RINGBUF", 0, 0, 4096)}
${bare("a_bloom", "BLOOM_FILTER", 0, 4)}
${bare("a_perf", "PERF_EVENT_ARRAY", 4, 4)}
${bare("a_xskmap", "XSKMAP", 4, 4)}
${bare("a_cgroups", "CGROUP_ARRAY", 4, 4)}
${bare("a_sockmap", "SOCKMAP", 4, 4)}
${bare("sockets", "SOCKHASH", 4, 8)}
${bare("devices", "DEVMAP", 4, 4)}
${bare("devices_hash", "DEVMAP_HASH", 4, 4)}
${bare("cpus", "CPUMAP", 4, 4)}
${bare("programs", "PROG_ARRAY", 4, 4)}
${bare("traces", "STACK_TRACE", 4, 80)}
struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u32); };
struct inner one SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} maps_hash SEC(".maps") = { .values = { [2] = &one } };
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__type(key, __u32);
	__array(values, struct inner);
} maps_array SEC(".maps") = { .values = { [1] = &one } };
SEC("xdp") int xdpwt_rest(struct xdp_md *ctx) { return XDP_PASS; }
`;

describe.skipIf(skipReason !== "")("types without a plain table", () => {
  let others: Awaited<ReturnType<typeof native.loadObject>>;
  const open = (name: string): Promise<DescribedMap> =>
    describeEntries(elevated.peer, others.maps.find((each) => each.name === name)?.id ?? 0);
  beforeAll(async () => {
    others = await native.loadObject(loading(compile(rest), "xdpwt_rest"));
    const one = Buffer.from([1, 0, 0, 0]);
    for (const name of ["devices", "devices_hash", "cpus"]) {
      const handle = native.openMap(others.maps.find((each) => each.name === name)?.id ?? 0);
      handle.update(name === "cpus" ? Buffer.alloc(4) : one, name === "cpus" ? Buffer.from([64, 0, 0, 0]) : one, "any");
      handle.close();
    }
  });
  afterAll(() => others?.close());

  it.each([
    ["a_queue", "its elements have no keys"],
    ["a_stack", "its elements have no keys"],
    ["a_ringbuf", "it carries events"],
    ["a_bloom", "nothing can be listed"],
    ["a_perf", "it carries events"],
    ["a_xskmap", "which AF_XDP sockets"],
    ["a_cgroups", "which control groups"],
    ["a_sockmap", "cookies of 8 bytes"],
  ])("%s: the words say why", async (name, words) => {
    const { description } = await open(name);
    await expect(readCurrent(elevated.peer, description)).rejects.toThrow(words);
  });

  it.each(["sockets", "devices", "devices_hash", "cpus", "programs", "traces", "maps_hash", "maps_array"])(
    "%s is what bpftool prints, but for empty slots",
    async (name) => {
      const described = await open(name);
      const { id } = described.description.map;
      const dumped = execFileSync("bpftool", ["-j", "map", "dump", "id", `${id}`], {
        encoding: "utf8",
        maxBuffer: plenty,
      });
      const theirs = (JSON.parse(dumped) as { value: object }[]).filter(({ value }) => !("error" in value));
      expect(JSON.parse(await textOf(described, "json"))).toEqual(theirs);
      expect(theirs).toHaveLength(["sockets", "programs", "traces"].includes(name) ? 0 : 1);
    },
  );
});
