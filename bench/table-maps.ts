/** The maps of bench/table.ts: a million entries in an LPM trie and in a hash, and an empty trie. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadNative } from "../helper/native/load.ts";

export const entries = 1_000_000;
const atOnce = 20_000;

const source = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct prefix { __u32 length; __be32 address; };
struct flow { __be32 saddr; __be16 sport; __be16 dport; };
struct route { __be32 next_hop; __u32 port; __u64 packets; __u8 mac[6]; __u16 flags; };
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, ${entries}); __uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix); __type(value, struct route); } bench_routes SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, ${entries});
	__type(key, struct flow); __type(value, struct route); } bench_flows SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, ${entries}); __uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix); __type(value, struct route); } bench_spare SEC(".maps");
SEC("xdp") int bench_tables(struct xdp_md *ctx)
{
	struct prefix prefix = {};
	struct flow flow = {};
	if (bpf_map_lookup_elem(&bench_spare, &prefix))
		return XDP_PASS;
	return bpf_map_lookup_elem(&bench_routes, &prefix) && bpf_map_lookup_elem(&bench_flows, &flow) ? XDP_DROP : XDP_PASS;
}
`;

/** @returns the maps' ids by name */
export function makeMaps(folder: string, pin: string): ReadonlyMap<string, number> {
  const [from, to] = [join(folder, "tables.c"), join(folder, "tables.o")];
  writeFileSync(from, source);
  const flags = ["-O2", "-g", "-target", "bpf", "-I/usr/include/x86_64-linux-gnu", "-c", from, "-o", to];
  for (const [file, args] of [
    ["clang", flags],
    ["bpftool", ["prog", "load", to, pin]],
  ] as const) {
    const { status, stderr } = spawnSync(file, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${file}: ${stderr}`);
  }
  const native = loadNative();
  const ids = new Map<string, number>();
  for (const id of native.mapIds()) {
    const { name } = native.mapInfo(id);
    if (name.startsWith("bench_")) ids.set(name, id);
    if (name !== "bench_routes" && name !== "bench_flows") continue;
    const map = native.openMap(id);
    for (let at = 0; at < entries; at += atOnce) {
      const [keys, values] = [Buffer.alloc(atOnce * 8), Buffer.alloc(atOnce * 24)];
      for (let index = 0; index < atOnce; index++) fillEntry(keys, values, index, at + index, name === "bench_routes");
      map.updateBatch(keys, values, atOnce);
    }
    map.close();
  }
  return ids;
}

function fillEntry(keys: Buffer, values: Buffer, at: number, index: number, trie: boolean): void {
  if (trie) {
    keys.writeUInt32LE(24, at * 8);
    keys.writeUInt32BE(((10 << 24) + (index << 8)) >>> 0, at * 8 + 4);
  } else {
    keys.writeUInt32BE((10 << 24) + index, at * 8);
    keys.writeUInt16BE(index & 0xffff, at * 8 + 4);
    keys.writeUInt16BE(443, at * 8 + 6);
  }
  values.writeUInt32BE(0xc0000000 + (index % 250), at * 24);
  values.writeUInt32LE(1 + (index % 4), at * 24 + 4);
  values.writeBigUInt64LE(BigInt(((index + 1) * 7919) % 1_000_003) * 1000n, at * 24 + 8);
  values.writeUInt32BE(index, at * 24 + 18);
}
