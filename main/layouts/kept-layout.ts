/** A layout of the user's as it is kept: the text, and what clang made of it, so that it is compiled once. */
import * as z from "zod";
import type { MapSummary } from "../../protocol/maps.ts";
import { type Btf, readBtf } from "../object/read-btf.ts";

export const keptLayout = z.object({ text: z.string(), btf: z.string(), type: z.number().int().min(1) });
export type KeptLayout = z.infer<typeof keptLayout>;

export interface TypedLayout {
  readonly btf: Btf;
  readonly typeId: number;
}

/** Null where it is damaged. */
export function readLayout({ btf, type }: KeptLayout): TypedLayout | null {
  const read = readBtf(Buffer.from(btf, "base64"));
  return read.ok && type < read.btf.typeCount ? { btf: read.btf, typeId: type } : null;
}

const indexed = new Set([
  ...[
    "array",
    "percpu_array",
    "prog_array",
    "perf_event_array",
    "cgroup_array",
    "array_of_maps",
    "devmap",
    "devmap_hash",
  ],
  ...[
    "sockmap",
    "cpumap",
    "xskmap",
    "reuseport_sockarray",
    "queue",
    "stack",
    "ringbuf",
    "user_ringbuf",
    "bloom_filter",
  ],
  ...["struct_ops", "arena"],
]);
const known = new Set([
  ...["devmap", "devmap_hash", "cpumap", "xskmap", "prog_array", "perf_event_array", "cgroup_array", "array_of_maps"],
  ...["hash_of_maps", "sockmap", "sockhash", "reuseport_sockarray", "ringbuf", "user_ringbuf", "struct_ops", "arena"],
]);

/** What of a map's entries can be anything, so that a layout can be told for it. */
export function takesLayout({ type }: Pick<MapSummary, "type">): { readonly key: boolean; readonly value: boolean } {
  return { key: !indexed.has(type), value: !known.has(type) };
}
