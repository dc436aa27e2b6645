/** What clang makes of a definition before and after: the same type, sizes, entries and flags. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { applyEdits, convertLegacyMaps } from "../../../main/legacy/convert-maps.ts";
import { inspectObject, type ObjectContents } from "../../../main/object/inspect-object.ts";

const host =
  process.arch === "arm64"
    ? ["-D__aarch64__", "-I/usr/include/aarch64-linux-gnu"]
    : ["-D__x86_64__", "-I/usr/include/x86_64-linux-gnu"];
const warnings = "-Wall -Wno-unused-value -Wno-pointer-sign -Wno-compare-distinct-pointer-types -Werror".split(" ");

function compile(source: string): ObjectContents {
  const flags = ["-target", "bpf", ...host, ...warnings, "-O2", "-g", "-c", "-x", "c", "-", "-o", "-"];
  const inspected = inspectObject(execFileSync("clang", flags, { input: source }), "maps.o");
  if (!inspected.ok) throw new Error(inspected.failure.message);
  return inspected.object;
}

const preamble = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct bpf_map_def { unsigned int type; unsigned int key_size; unsigned int value_size; unsigned int max_entries; unsigned int map_flags; };
struct rec { __u64 packets, bytes; };
struct key6 { __u32 prefixlen; __u8 address[16]; };
#define ENTRIES 4096
#define TYPE BPF_MAP_TYPE_LRU_HASH
char _license[] SEC("license") = "GPL";
`;
const program = (use: string) => `SEC("xdp") int prog(struct xdp_md *ctx) { ${use} return XDP_PASS; }\n`;
const lookup = (map: string, key = "__u32") => `{ ${key} k = {0}; if (!bpf_map_lookup_elem(&${map}, &k)) return 0; }`;

const sources: readonly (readonly [string, string, string])[] = [
  [
    "a counter an action",
    `struct bpf_map_def SEC("maps") stats = {
	.type        = BPF_MAP_TYPE_PERCPU_ARRAY,
	.key_size    = sizeof(__u32),
	.value_size  = sizeof(struct rec),
	.max_entries = XDP_REDIRECT + 1,
};`,
    lookup("stats"),
  ],
  [
    "by position",
    `struct bpf_map_def SEC("maps") h = { BPF_MAP_TYPE_HASH, sizeof(int), 16, ENTRIES, BPF_F_NO_PREALLOC };`,
    lookup("h"),
  ],
  [
    "by macros",
    `struct bpf_map_def SEC("maps") l = { .type = TYPE, .key_size = 4, .value_size = 8, .max_entries = 1 << 10 };`,
    lookup("l"),
  ],
  [
    "a trie",
    `struct bpf_map_def SEC("maps") t = { .type = BPF_MAP_TYPE_LPM_TRIE, .key_size = 20, .value_size = sizeof(char), .max_entries = 3, .map_flags = BPF_F_NO_PREALLOC };`,
    lookup("t", "struct key6"),
  ],
  [
    "jumps, events, devices, processors, sockets",
    `struct bpf_map_def SEC("maps") jumps = { .type = BPF_MAP_TYPE_PROG_ARRAY, .key_size = sizeof(__u32), .value_size = sizeof(__u32), .max_entries = 8 };
struct bpf_map_def SEC("maps") events = { .type = BPF_MAP_TYPE_PERF_EVENT_ARRAY, .key_size = sizeof(int), .value_size = sizeof(__u32), .max_entries = 128 };
struct bpf_map_def SEC("maps") tx = { .type = BPF_MAP_TYPE_DEVMAP, .key_size = sizeof(int), .value_size = sizeof(int), .max_entries = 256 };
struct bpf_map_def SEC("maps") cpus = { .type = BPF_MAP_TYPE_CPUMAP, .key_size = sizeof(__u32), .value_size = sizeof(struct bpf_cpumap_val), .max_entries = 64 };
struct bpf_map_def SEC("maps") xsks = { .type = BPF_MAP_TYPE_XSKMAP, .key_size = sizeof(int), .value_size = sizeof(int), .max_entries = 64 };`,
    "bpf_tail_call(ctx, &jumps, 0); bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &(int){1}, 4); bpf_redirect_map(&cpus, 0, 0); bpf_redirect_map(&xsks, 0, 0); return bpf_redirect_map(&tx, 0, 0);",
  ],
  [
    "of a macro",
    `#define MAP(n, t, v) struct bpf_map_def SEC("maps") n##_map = { \\
	.type = t, .key_size = sizeof(__u32), \\
	.value_size = sizeof(v), .max_entries = 2 }
MAP(a, BPF_MAP_TYPE_ARRAY, struct rec);
MAP(b, BPF_MAP_TYPE_PERCPU_HASH, __u64[3]);`,
    `${lookup("a_map")} ${lookup("b_map")}`,
  ],
  [
    "under conditions",
    `struct bpf_map_def SEC("maps") c = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = 4, .value_size = 4,
#ifdef LARGE
	.max_entries = 100
#else
	.max_entries = 10
#endif
};
#ifdef LARGE
struct bpf_map_def SEC("maps") not_here = { .type = 1 };
#endif`,
    lookup("c"),
  ],
  [
    "static, spelled out",
    `static struct bpf_map_def __attribute__((section("maps"), used)) s = { .type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 12, .max_entries = 1 };`,
    lookup("s"),
  ],
  [
    "without a size",
    `struct bpf_map_def SEC("maps") q = { .type = BPF_MAP_TYPE_QUEUE, .value_size = 8, .max_entries = 4 };`,
    "__u64 v; bpf_map_pop_elem(&q, &v);",
  ],
];

describe("the maps of the object are the same", () => {
  it.each(sources)("%s", (_, maps, use) => {
    const text = `${preamble}${maps}\n${program(use)}`;
    const before = compile(text);
    const after = compile(applyEdits(text, convertLegacyMaps(text).edits));
    expect(after.hasLegacyMaps).toBe(false);
    const facts = (all: readonly ObjectContents["legacyMaps"][number][] | ObjectContents["maps"]) =>
      all
        .map(({ name, typeNumber, keySize, valueSize, maxEntries, flags }) => ({
          name,
          typeNumber,
          keySize,
          valueSize,
          maxEntries,
          flags,
        }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    expect(before.legacyMaps.length).toBeGreaterThan(0);
    expect(facts(after.maps)).toEqual(facts(before.legacyMaps));
  });
});
