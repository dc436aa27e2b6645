/** What is proposed for a map, and why: the cases that are hard to make on a kernel. */
import { expect, it } from "vitest";
import { compareMaps } from "../../../main/attach/reload/compare-maps.ts";
import { type MapSide, objectSide } from "../../../main/attach/reload/map-side.ts";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { compileBpf, preamble } from "../object/compile-bpf.ts";

const read = inspectObject(
  compileBpf(`${preamble}
struct counts { __u64 packets; __u32 errors; };
struct { __uint(type, 1); __uint(max_entries, 8); __type(key, __u32); __type(value, struct counts); } hash SEC(".maps");
struct { __uint(type, 27); __uint(max_entries, 5000); } ring SEC(".maps");
struct { __uint(type, 14); __uint(max_entries, 8); __type(key, __u32); __type(value, __u32); } ports SEC(".maps");
struct { __uint(type, 4); __uint(key_size, 4); __uint(value_size, 4); } events SEC(".maps");
SEC("xdp") int use(struct xdp_md *ctx) { map_lookup(&hash, ctx); map_lookup(&ring, ctx); map_lookup(&ports, ctx); map_lookup(&events, ctx); return 2; }`),
);
if (!read.ok) throw new Error(read.failure.message);
const { maps, btf } = read.object;

function side(name: string, change: Partial<MapSide> = {}): MapSide {
  const map = maps.find((candidate) => candidate.name === name);
  if (map === undefined) throw new Error(`no map ${name}`);
  return { ...objectSide(map, btf, map.maxEntries, 2), ...change };
}

const cases: readonly (readonly [string, MapSide, MapSide, readonly string[], RegExp])[] = [
  ["the same", side("hash"), side("hash"), ["keep", "carry", "empty"], /^same type, sizes and fields$/],
  [
    "one without BTF",
    side("hash", { btf: null, keyTypeId: 0, valueTypeId: 0 }),
    side("hash"),
    ["empty", "keep"],
    /only one of the two has BTF/,
  ],
  [
    "both without BTF",
    side("hash", { btf: null, keyTypeId: 0, valueTypeId: 0 }),
    side("hash", { btf: null, keyTypeId: 0, valueTypeId: 0 }),
    ["keep", "carry", "empty"],
    /^same type, sizes and fields$/,
  ],
  ["other flags", side("hash", { flags: 1 }), side("hash"), ["carry", "empty"], /^its flags were 0x1 and are 0x0$/],
  ["another size", side("hash", { maxEntries: 9 }), side("hash"), ["carry", "empty"], /^max_entries was 9 and is 8$/],
  ["another type", side("hash", { type: "array" }), side("hash"), ["empty"], /^its type was array and is hash$/],
  ["less recently used", side("hash"), side("hash", { type: "lru_hash" }), ["carry", "empty"], /^its type was hash/],
  ["a queue's type", side("hash"), side("hash", { type: "queue" }), ["empty"], /^its type was hash and is queue$/],
  ["a ring rounded up to pages", side("ring", { maxEntries: 8192 }), side("ring"), ["keep", "empty"], /^same type/],
  ["a larger ring", side("ring", { maxEntries: 16_384 }), side("ring"), ["empty"], /holds cannot be copied$/],
  ["the flag of the kernel on a devmap", side("ports", { flags: 0x80 }), side("ports"), ["keep", "empty"], /^same/],
  ["a perf event array for all CPUs", side("events", { maxEntries: 64 }), side("events"), ["keep", "empty"], /^same/],
];

it.each(cases)("%s", (_what, running, newer, choices, why) => {
  const comparison = compareMaps(running, newer);
  expect(comparison.choices).toEqual(choices);
  expect(comparison.why).toMatch(why);
  expect(comparison.conversion !== null).toBe(choices.includes("carry"));
  if (choices[0] !== "carry") expect(comparison.fields).toEqual([]);
});
