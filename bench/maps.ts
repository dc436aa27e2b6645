/**
 * One million entries, an LPM trie and a hash of 8-byte keys and 24-byte values, in whole processes: what `xdpw map export`
 * takes against `bpftool -j map dump`, and `xdpw map import` of CSV against `bpftool batch file`, in turn, A B A B. Beside
 * them the floor: the kernel's batches alone, in this process. Imports go into an empty map that is pinned and that nobody else
 * has (see isUnused in main/maps/transfer/plan-file.ts: into another each addition is a call of its own, and takes longer).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { LoadedObject } from "../helper/native/face.ts";
import { loadNative } from "../helper/native/load.ts";
import { median, say } from "./statistics.ts";

const entries = 1_000_000;
const keySize = 8;
const valueSize = 24;
const rounds = 3;
const batch = 16_384;
const pin = "/sys/fs/bpf/xdpw-bench-maps";

const source = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct prefix { __u32 prefixlen; __u8 addr[4]; };
struct flow { __u32 saddr; __u16 sport; __u16 dport; };
struct hop { __u32 nexthop; __u32 ifindex; __u8 mac[6]; __u16 flags; __u64 packets; };
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, ${entries});
	__type(key, struct prefix);
	__type(value, struct hop);
} xdpwb_routes SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ${entries});
	__type(key, struct flow);
	__type(value, struct hop);
} xdpwb_flows SEC(".maps");
SEC("xdp") int xdpwb(struct xdp_md *ctx)
{
	struct prefix prefix = {};
	struct flow flow = {};
	return bpf_map_lookup_elem(&xdpwb_routes, &prefix) && bpf_map_lookup_elem(&xdpwb_flows, &flow) ? XDP_DROP : XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";
`;

type Native = ReturnType<typeof loadNative>;
interface Rows {
  readonly keys: Buffer;
  readonly values: Buffer;
}

export async function benchMaps(root: string): Promise<void> {
  const native = loadNative();
  const folder = mkdtempSync(join(tmpdir(), "xdpw-bench-maps-"));
  const state = join(folder, "state");
  mkdirSync(state);
  try {
    const object = compile(folder);
    for (const kind of ["LPM trie", "hash"] as const) {
      const rows = makeRows(kind);
      await benchExport(root, native, folder, object, kind, rows);
      await benchImport(root, native, folder, object, kind, rows);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function benchExport(
  root: string,
  native: Native,
  folder: string,
  object: Buffer,
  kind: Kind,
  rows: Rows,
): Promise<void> {
  const loaded = await load(native, object);
  try {
    const id = idOf(loaded, kind);
    fill(native, id, rows);
    const [ours, theirs] = [join(folder, "ours.json"), join(folder, "theirs.json")];
    const times: Times = { ours: [], theirs: [] };
    for (let round = 0; round < rounds; round++) {
      await quiet();
      times.theirs.push(timed(() => run("bpftool", ["-j", "map", "dump", "id", `${id}`], theirs)));
      await quiet();
      times.ours.push(timed(() => xdpw(root, folder, ["map", "export", `id:${id}`, "-o", ours])));
    }
    execFileSync("cmp", [ours, theirs]);
    report(`export of a million entries, ${kind}, JSON`, times, await floorOfReading(native, id));
    for (const file of [ours, theirs]) rmSync(file);
  } finally {
    loaded.close();
  }
}

async function benchImport(
  root: string,
  native: Native,
  folder: string,
  object: Buffer,
  kind: Kind,
  rows: Rows,
): Promise<void> {
  const times: Times = { ours: [], theirs: [] };
  const floors: number[] = [];
  /** Into an empty map each time, that is pinned and that nobody else has. */
  const fresh = async (work: (id: number) => number): Promise<number> => {
    const loaded = await load(native, object);
    const id = idOf(loaded, kind);
    native.pinMap(id, pin);
    loaded.close();
    try {
      await quiet();
      const milliseconds = work(id);
      const there = await count(native, id);
      if (there !== entries) throw new Error(`${kind}: ${there} of ${entries} entries arrived`);
      return milliseconds;
    } finally {
      rmSync(pin);
    }
  };
  const [csv, commands] = [join(folder, "rows.csv"), join(folder, "rows.batch")];
  writeFileSync(csv, csvOf(kind, rows));
  for (let round = 0; round < rounds; round++) {
    times.theirs.push(
      await fresh((id) => {
        writeFileSync(commands, commandsOf(id, rows));
        return timed(() => run("bpftool", ["batch", "file", commands], "/dev/null"));
      }),
    );
    times.ours.push(await fresh((id) => timed(() => xdpw(root, folder, ["map", "import", `id:${id}`, csv]))));
    floors.push(await fresh((id) => timed(() => fill(native, id, rows))));
  }
  report(`import of a million entries, ${kind}, CSV`, times, median(floors));
}

/**
 * The kernel frees a million entries of the map before on its own threads, for seconds after its last user is gone, and the
 * disk takes what was written: neither is to be mixed up with what comes next, whichever side that is.
 */
async function quiet(): Promise<void> {
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    const before = cpus();
    await setTimeout(300);
    const spent = cpus().map(({ times }, index) => {
      const was = before[index]?.times ?? times;
      const idle = times.idle - was.idle;
      return idle / Math.max(1, idle + times.user - was.user + times.sys - was.sys + times.irq - was.irq);
    });
    if (spent.every((idle) => idle > 0.9)) return;
  }
}

type Kind = "LPM trie" | "hash";
interface Times {
  readonly ours: number[];
  readonly theirs: number[];
}

function report(what: string, { ours, theirs }: Times, floor: number): void {
  const ratios = ours.map((time, index) => time / (theirs[index] ?? Number.NaN));
  say(`${what}: xdpw (median)`, `${median(ours).toFixed(0)} ms`);
  say(`${what}: bpftool (median)`, `${median(theirs).toFixed(0)} ms`);
  say(`${what}: ratio`, median(ratios).toFixed(2), "<= 0.40");
  say(`${what}: the kernel's batches alone`, `${floor.toFixed(0)} ms`);
}

function compile(folder: string): Buffer {
  const path = join(folder, "maps.bpf.c");
  writeFileSync(path, source);
  const include = `/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
  return execFileSync("clang", ["-target", "bpf", "-O2", "-g", `-I${include}`, "-c", path, "-o", "-"], {
    maxBuffer: 1 << 26,
  });
}

function load(native: Native, bytes: Buffer): Promise<LoadedObject> {
  const usual = { asXdp: false, netns: null, offloadIfindex: null, logLevel: 0 } as const;
  return native.loadObject({ ...usual, bytes, name: "bench", program: "xdpwb" });
}

function idOf(loaded: LoadedObject, kind: Kind): number {
  const name = kind === "hash" ? "xdpwb_flows" : "xdpwb_routes";
  const map = loaded.maps.find((each) => each.name === name);
  if (map === undefined) throw new Error(`no map ${name}`);
  return map.id;
}

/** The same in every run, in no order. */
function makeRows(kind: Kind): Rows {
  const keys = Buffer.alloc(entries * keySize);
  const values = Buffer.alloc(entries * valueSize);
  let seed = 12_345;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed;
  };
  for (let entry = 0; entry < entries; entry++) {
    // an odd factor: every number once, wherever they lie
    const scattered = Math.imul(entry, 2_654_435_761) >>> 0;
    const key = entry * keySize;
    keys.writeUInt32LE(kind === "hash" ? scattered : 32, key);
    keys.writeUInt32BE(kind === "hash" ? random() : scattered, key + 4);
    const value = entry * valueSize;
    values.writeUInt32LE(random(), value);
    values.writeUInt32LE(random() & 63, value + 4);
    values.writeUIntBE(random(), value + 8, 6);
    values.writeUInt16LE(random() & 15, value + 14);
    // counters as they are: up to some 10^15
    values.writeBigUInt64LE(BigInt(random()) * BigInt(random() & 0xf_ffff), value + 16);
  }
  return { keys, values };
}

/** Both files have the rows in the same order: that in which they were made, which is none. */
function csvOf(kind: Kind, { keys, values }: Rows): string {
  const lines = [`${kind === "hash" ? "saddr,sport,dport" : "prefix"},nexthop,ifindex,mac,flags,packets\n`];
  for (let entry = 0; entry < entries; entry++) {
    const at = entry * keySize;
    const key =
      kind === "hash"
        ? [keys.readUInt32LE(at), keys.readUInt16LE(at + 4), keys.readUInt16LE(at + 6)]
        : [`${keys.subarray(at + 4, at + 8).join(".")}/${keys.readUInt32LE(at)}`];
    const value = entry * valueSize;
    const mac = Array.from(values.subarray(value + 8, value + 14), (byte) => byte.toString(16).padStart(2, "0"));
    const [nexthop, ifindex] = [values.readUInt32LE(value), values.readUInt32LE(value + 4)];
    const [flags, packets] = [values.readUInt16LE(value + 14), values.readBigUInt64LE(value + 16)];
    lines.push(`${[...key, nexthop, ifindex, mac.join(":"), flags, packets].join(",")}\n`);
  }
  return lines.join("");
}

function commandsOf(id: number, { keys, values }: Rows): string {
  const spaced = (bytes: Buffer): string => bytes.toString("hex").replace(/../g, " $&");
  const lines: string[] = [];
  for (let entry = 0; entry < entries; entry++) {
    const key = spaced(keys.subarray(entry * keySize, (entry + 1) * keySize));
    const value = spaced(values.subarray(entry * valueSize, (entry + 1) * valueSize));
    lines.push(`map update id ${id} key hex${key} value hex${value}\n`);
  }
  return lines.join("");
}

function fill(native: Native, id: number, { keys, values }: Rows): void {
  const handle = native.openMap(id);
  try {
    for (let from = 0; from < entries; from += batch) {
      const count = Math.min(batch, entries - from);
      const to = from + count;
      handle.updateBatch(
        keys.subarray(from * keySize, to * keySize),
        values.subarray(from * valueSize, to * valueSize),
        count,
      );
    }
  } finally {
    handle.close();
  }
}

async function floorOfReading(native: Native, id: number): Promise<number> {
  const from = performance.now();
  const there = await count(native, id);
  if (there !== entries) throw new Error(`${there} of ${entries} entries were read`);
  return performance.now() - from;
}

async function count(native: Native, id: number): Promise<number> {
  const handle = native.openMap(id);
  try {
    let total = 0;
    for (let cursor: Buffer | null = null; ; ) {
      const page = await handle.readBatch(cursor, batch);
      total += page.count;
      cursor = page.cursor;
      if (cursor === null) return total;
    }
  } finally {
    handle.close();
  }
}

function xdpw(root: string, folder: string, words: readonly string[]): void {
  const environment = { ...process.env, XDG_STATE_HOME: join(folder, "state"), NO_COLOR: "1" };
  const done = spawnSync(process.execPath, [join(root, "dist/main/cli.js"), ...words], { env: environment });
  if (done.status !== 0) throw new Error(`xdpw ${words.join(" ")}: ${done.stderr.toString()}${done.stdout.toString()}`);
}

function run(command: string, words: readonly string[], output: string): void {
  const file = openSync(output, "w");
  try {
    const { status } = spawnSync(command, words, { stdio: ["ignore", file, "inherit"] });
    if (status !== 0) throw new Error(`${command} ${words.join(" ")} ended with ${status}`);
  } finally {
    closeSync(file);
  }
}

function timed(work: () => void): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}
