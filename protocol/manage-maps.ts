/** Maps themselves, not their entries: who uses them, and making, keeping, freezing and emptying them. */
import * as z from "zod";
import { journalId } from "./changes.ts";
import { mapListed } from "./maps.ts";
import { base64, id, path, u32, u64 } from "./wire.ts";

/** What of a map changes, or is somebody else's to know: beside what maps.list tells. */
export const mapUse = z.strictObject({
  id,
  /** bytes, as the kernel accounts them; null where it does not tell */
  memory: u64.nullable(),
  frozen: z.boolean(),
  /** a program array's: the type of programs that it takes, once there is one; null for others */
  ownerType: z.string().nullable(),
  /** paths under /sys/fs/bpf */
  pins: z.array(z.string()),
  /** that have it open, this helper aside */
  processes: z.array(z.strictObject({ pid: id, name: z.string() })),
  /** maps of maps that have it as an entry */
  outers: z.array(id),
  /** made here and not pinned: the helper has it open, and it ends with the helper if nothing else holds it then */
  held: z.boolean(),
});
export type MapUse = z.infer<typeof mapUse>;

export const mapShown = mapListed.extend(mapUse.shape);
export type MapShown = z.infer<typeof mapShown>;

/** BPF_OBJ_NAME_LEN is 16 bytes with the NUL; letters, digits, "_" and "." (bpf_obj_name_cpy, kernel/bpf/syscall.c). */
export const mapName = z.string().regex(/^[A-Za-z0-9_.]{0,15}$/);

/** Types that can be made without BTF, a device or a file beside. */
export const creatableTypes = [
  ...["hash", "array", "lpm_trie", "percpu_hash", "percpu_array", "lru_hash", "lru_percpu_hash"],
  ...["array_of_maps", "hash_of_maps", "prog_array", "devmap", "devmap_hash", "cpumap", "xskmap", "sockmap"],
  ...["sockhash", "queue", "stack", "bloom_filter", "ringbuf", "perf_event_array"],
] as const;

export const newMap = z.strictObject({
  type: z.enum(creatableTypes),
  name: mapName,
  keySize: u32,
  valueSize: u32,
  maxEntries: u32,
  flags: u32,
  /** of a map of maps, one like those that it will hold; null for others */
  inner: id.nullable(),
});
export type NewMap = z.infer<typeof newMap>;

/** Pinned at once, so that it outlives the workbench; null: held open by the helper until it ends or lets go. */
export const createMapParams = newMap.extend({ pin: path.nullable() });
/** A map of more entries is emptied for good. */
export const largestUndoneClear = 200_000;
/** `journal`: what undo takes; null where there is none */
export const cleared = z.strictObject({ cleared: u32, journal: journalId.nullable() });

export const pinMapParams = z.strictObject({ id, path });
export const taken = z.strictObject({ value: base64.nullable() });

export const nextParams = z.strictObject({ id, take: z.boolean() });
/** of a bloom filter's value, one text a column */
export const containsParams = z.strictObject({ id, cells: z.array(z.string().max(65536)).max(4096) });

/** What an inner map must be like, for a map of maps. */
export const innerMaps = z.strictObject({
  /** null where neither an entry nor BTF tells */
  like: newMap.omit({ name: true, inner: true }).extend({ type: z.string() }).nullable(),
  /** maps of this machine that fit, or, where nothing tells what does, all */
  fitting: z.array(z.strictObject({ id, name: z.string() })),
});
export type InnerMaps = z.infer<typeof innerMaps>;

/** The element of a queue or stack that comes next, in cells. */
export const nextElement = z.strictObject({ cells: z.array(z.string()).nullable() });
