/** What each type of map takes: what a new one is proposed with, and what is said of it. */
import type { NewMap } from "../../protocol/manage-maps.ts";

export type NewType = NewMap["type"];

interface Shape {
  readonly type: NewType;
  readonly what: string;
  readonly key: number;
  readonly value: number;
  readonly entries: number;
  /** the kernel takes no other size */
  readonly fixed?: "key" | "both";
}

/** include/uapi/linux/bpf.h */
export const noPrealloc = 1;

export const newMapShapes: readonly Shape[] = [
  { type: "hash", what: "entries by any key", key: 4, value: 8, entries: 1024 },
  {
    type: "lru_hash",
    what: "a hash that drops what was not used for long when it is full",
    key: 4,
    value: 8,
    entries: 1024,
  },
  { type: "percpu_hash", what: "a hash with a value for each CPU", key: 4, value: 8, entries: 1024 },
  { type: "lru_percpu_hash", what: "both", key: 4, value: 8, entries: 1024 },
  {
    type: "array",
    what: "entries by index, all there from the beginning",
    key: 4,
    value: 8,
    entries: 16,
    fixed: "key",
  },
  { type: "percpu_array", what: "an array with a value for each CPU", key: 4, value: 8, entries: 16, fixed: "key" },
  {
    type: "lpm_trie",
    what: "entries by prefix, the longest wins: 8-byte keys for IPv4, 20 for IPv6",
    key: 8,
    value: 8,
    entries: 1024,
  },
  { type: "devmap", what: "interfaces to redirect to, by index", key: 4, value: 4, entries: 64, fixed: "key" },
  {
    type: "devmap_hash",
    what: "interfaces to redirect to, by any number",
    key: 4,
    value: 4,
    entries: 64,
    fixed: "key",
  },
  { type: "cpumap", what: "CPUs to redirect to", key: 4, value: 4, entries: 8, fixed: "key" },
  { type: "xskmap", what: "AF_XDP sockets to redirect to", key: 4, value: 4, entries: 16, fixed: "both" },
  { type: "prog_array", what: "programs for tail calls", key: 4, value: 4, entries: 8, fixed: "both" },
  { type: "array_of_maps", what: "maps by index", key: 4, value: 4, entries: 8, fixed: "both" },
  { type: "hash_of_maps", what: "maps by any key", key: 4, value: 4, entries: 64 },
  { type: "queue", what: "first in, first out", key: 0, value: 8, entries: 64, fixed: "key" },
  { type: "stack", what: "last in, first out", key: 0, value: 8, entries: 64, fixed: "key" },
  { type: "bloom_filter", what: "tells what was never put in", key: 0, value: 8, entries: 1024, fixed: "key" },
  {
    type: "ringbuf",
    what: "events to one reader; entries are its bytes, a power of two of pages",
    key: 0,
    value: 0,
    entries: 65536,
    fixed: "both",
  },
  { type: "perf_event_array", what: "events to a reader a CPU", key: 4, value: 4, entries: 8, fixed: "both" },
  { type: "sockmap", what: "sockets by index", key: 4, value: 8, entries: 16, fixed: "key" },
  { type: "sockhash", what: "sockets by any key", key: 4, value: 8, entries: 64 },
];

export function shapeOfType(type: NewType): Shape {
  const found = newMapShapes.find((one) => one.type === type);
  if (found === undefined) throw new Error(`no shape of ${type}`);
  return found;
}

export function flagsOf(type: NewType): number {
  return type === "lpm_trie" ? noPrealloc : 0;
}

export function holdsMaps(type: string): boolean {
  return type === "array_of_maps" || type === "hash_of_maps";
}
