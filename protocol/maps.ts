/** attachment ─maps▶ rows */
import * as z from "zod";
import { base64, id, netns, u32 } from "./wire.ts";

export const mapSummary = z.strictObject({
  id,
  /** whole where BTF of a program tells it, else the kernel's 15 characters */
  name: z.string(),
  /** bpf_map_type in bpftool's words: "hash", "lpm_trie", "percpu_array", … */
  type: z.string(),
  keySize: u32,
  valueSize: u32,
  maxEntries: u32,
  flags: u32,
  btfId: u32,
  btfKeyTypeId: u32,
  btfValueTypeId: u32,
});
export type MapSummary = z.infer<typeof mapSummary>;

/** A map among the others: which loaded programs use it. */
export const mapListed = mapSummary.extend({
  programs: z.array(z.strictObject({ id, name: z.string(), type: z.string() })),
});
export type MapListed = z.infer<typeof mapListed>;

// --- what main asks of the elevated helper: raw bytes
export const mapPageParams = z.strictObject({
  id,
  cursor: base64.nullable(),
  count: z.number().int().min(1).max(65536),
});
export const mapPage = z.strictObject({
  keys: base64,
  values: base64,
  count: u32,
  /** null at the end */
  cursor: base64.nullable(),
});
export type MapPage = z.infer<typeof mapPage>;
export const mapDescription = z.strictObject({
  map: mapSummary,
  /** bytes of one value as pages carry it: per-CPU values follow one another, 8-byte aligned */
  valueStride: u32,
  possibleCpus: u32,
  /** raw .BTF; null where the map has none */
  btf: base64.nullable(),
  /** no system call writes to it any more; programs still may */
  frozen: z.boolean(),
});
export type MapDescription = z.infer<typeof mapDescription>;
export const mapUpdateParams = z.strictObject({
  id,
  key: base64,
  value: base64,
  when: z.enum(["any", "noexist", "exist"]),
  /** devmap: the namespace in which the value's ifindex is meant */
  netns,
});
/** Many entries at once, into a map that nothing uses yet. */
export const mapFillParams = z.strictObject({
  id,
  /** count * keySize bytes */
  keys: base64,
  /** count * valueStride bytes, as pages carry them */
  values: base64,
  count: u32,
});
/** Some bytes of the one value of a map that can be mapped into memory: their neighbours are not touched. */
export const mapPatchParams = z.strictObject({
  id,
  patches: z.array(z.strictObject({ offset: u32, bytes: base64 })).max(65536),
});
export const mapKeyParams = z.strictObject({ id, key: base64 });

// --- what the renderer gets of main: typed rows
export const column = z.strictObject({
  /** path of the BTF field, such as "rx_packets" or "hop.mac"; "key" or "value" for a scalar */
  path: z.string(),
  from: z.enum(["key", "value"]),
  /** as C would name it; "bytes" without BTF */
  type: z.string(),
  align: z.enum(["number", "text"]),
  /** what to type into a cell, such as "IPv4 prefix, 192.0.2.0/24" */
  hint: z.string(),
  /** the choices of an enum */
  choices: z.array(z.string()).nullable(),
  /** of a new entry it may be left empty: padding, and what programs count in */
  leftOut: z.literal(true).optional(),
});
export type Column = z.infer<typeof column>;

export const row = z.strictObject({
  key: base64,
  /** one text a column; sums over the CPUs where the map is per-CPU and the field an integer */
  cells: z.array(z.string()),
  /** beside an index: what it stands for, such as XDP_PASS, or an interface's name in a devmap */
  label: z.string().nullable(),
  /** per-CPU maps: the value's cells for each possible CPU */
  cpus: z.array(z.array(z.string())).nullable(),
});
export type Row = z.infer<typeof row>;

export const table = z.strictObject({
  map: mapSummary,
  columns: z.array(column),
  rows: z.array(row),
  /** how many entries were read; rows holds at most tableRowLimit of them */
  total: u32,
  /** null where cells may be edited, else why not */
  readOnly: z.string().nullable(),
  /** whether entries may be added and deleted (not in arrays) */
  resizable: z.boolean(),
});
export type Table = z.infer<typeof table>;
export const tableRowLimit = 10_000;

export const tableChange = z.strictObject({
  id,
  /** new or changed */
  rows: z.array(row),
  removed: z.array(base64),
  total: u32,
});
export type TableChange = z.infer<typeof tableChange>;

export const entryParams = z.strictObject({
  id,
  /** cells of the key columns, then of the value columns; null keeps what the entry has (an existing entry only) */
  cells: z.array(z.string().max(65536).nullable()).max(4096),
  when: z.enum(["any", "noexist", "exist"]),
  netns,
});
export type EntryParams = z.infer<typeof entryParams>;
