/** attachment ─maps▶ rows: tables of any length. Main holds the entries; a window asks for the rows that it shows. */
import * as z from "zod";
import { column, mapSummary, row } from "./maps.ts";
import { treeState } from "./tree.ts";
import { id, u32 } from "./wire.ts";

/** How a column shows its bytes and reads what is typed; "auto" is what its type and name say. */
export const columnFormat = z.enum([
  "auto",
  "decimal",
  "hex",
  "big-endian",
  "ipv4",
  "ipv6",
  "mac",
  "port",
  "ethertype",
  "protocol",
  "ifindex",
  "cpu",
  "boot-time",
  "text",
  "bytes",
]);
export type ColumnFormat = z.infer<typeof columnFormat>;

export const rowsColumn = column.extend({
  /** what was chosen for it */
  format: columnFormat,
  /** what it is shown as: where nobody chose, what its declaration or name says; "auto": by its type alone */
  shown: columnFormat,
  /** interfaces: those of which namespace, in words; null for other columns */
  where: z.string().nullable(),
  /** what it can be shown as */
  formats: z.array(columnFormat),
  /** an unsigned number that may count something: a rate can be told */
  counts: z.boolean(),
});
export type RowsColumn = z.infer<typeof rowsColumn>;

/** What a user typed as C for a map whose BTF does not tell: `struct { __be32 addr; __u16 port; }`. */
const typedLayout = z.string().max(16_384).nullable();

export const rowsFace = z.strictObject({
  map: mapSummary,
  columns: z.array(rowsColumn),
  /** null where cells may be edited, else why not */
  readOnly: z.string().nullable(),
  /** why its entries cannot be listed, such as those of a ring buffer; null where they can */
  unlisted: z.string().nullable(),
  /** an entry is another map, told by its id */
  holdsMaps: z.boolean(),
  /** whether entries may be added and deleted (not in arrays) */
  resizable: z.boolean(),
  /** 0 for maps that are not per-CPU, else how many values an entry has */
  cpus: u32,
  /** beside the key, such as XDP_PASS or an interface's name */
  labelled: z.boolean(),
  /** keys are prefixes of addresses of so many bits: of an LPM trie, or of a hash made alike; null for others */
  prefixes: z.strictObject({ of: z.enum(["trie", "hash"]), bits: u32 }).nullable(),
  /** the kernel has BTF for the key, for the value */
  typed: z.strictObject({ key: z.boolean(), value: z.boolean() }),
  /** whether a layout can be told for it: the kernel does not say itself what it is */
  takesLayout: z.strictObject({ key: z.boolean(), value: z.boolean() }),
  /** layouts of the user's, kept for maps of this name */
  layouts: z.strictObject({ key: typedLayout, value: typedLayout }),
});
export type RowsFace = z.infer<typeof rowsFace>;

export const rowsState = z.strictObject({
  id,
  /** grows with every reading, filter and sort order: rows that were asked for before may be others now */
  version: u32,
  /** entries in the map when it was read */
  total: u32,
  /** rows that the filter lets through */
  shown: u32,
  /** entries read so far of the reading that goes on; null when none does, or the table is there already */
  reading: u32.nullable(),
  /** ms that the last reading, and the last filter and sort, took */
  took: z.strictObject({ read: z.number(), arrange: z.number() }),
  /** there were more than can be held: how many are */
  cut: u32.nullable(),
  /** null while no window looks at it */
  tree: treeState.nullable(),
});
export type RowsState = z.infer<typeof rowsState>;

export const rowsOpenParams = z.strictObject({
  id,
  /** ms from one reading to the next; null reads when asked only */
  every: z.number().int().min(100).max(600_000).nullable(),
});
export const rowsReadParams = rowsOpenParams.partial({ every: true });
export const rowsOpened = z.strictObject({ face: rowsFace, state: rowsState });

export const gridRow = row.extend({
  /** a second, one a column, "" where it is not known; null before the second reading */
  rates: z.array(z.string()).nullable(),
});
export type GridRow = z.infer<typeof gridRow>;

export const rowsRangeParams = z.strictObject({ id, start: u32, count: z.number().int().min(1).max(1000) });
export const rowsRange = z.strictObject({ version: u32, start: u32, rows: z.array(gridRow) });
export type RowsRange = z.infer<typeof rowsRange>;

export const rowsSort = z.strictObject({ column: u32, descending: z.boolean() });
export type RowsSort = z.infer<typeof rowsSort>;

export const rowsArrangeParams = z.strictObject({
  id,
  sort: rowsSort.nullable(),
  /** `prefix in 10.0.0.0/8 and not packets > 1000 and "free text"`; empty lets all through */
  filter: z.string().max(4096),
});
/** What is wrong with a filter, and where in its text. */
export const wrongFilter = z.strictObject({ message: z.string(), start: u32, end: u32 });
export type WrongFilter = z.infer<typeof wrongFilter>;
export const rowsArranged = z.strictObject({ state: rowsState, wrong: wrongFilter.nullable() });
export type RowsArranged = z.infer<typeof rowsArranged>;

export const rowsFindParams = z.strictObject({
  id,
  text: z.string().min(1).max(1000),
  /** the first row to look at, in the order shown; the search goes round */
  from: u32,
  backwards: z.boolean(),
});
/** null where no row has it */
export const rowsFound = z.strictObject({ row: u32.nullable() });

export const rowsKeyParams = z.strictObject({
  id,
  /** of the key's columns */ cells: z.array(z.string().max(4096)).max(128),
});
export const rowsKeyFound = z.strictObject({
  /** where it is shown; null where it is not there or the filter hides it */
  row: u32.nullable(),
  /** whether the map had it when it was read */
  there: z.boolean(),
});

export const rowsShapeParams = z.strictObject({
  id,
  /** by column: what is not named stays as it is */
  formats: z
    .array(z.strictObject({ from: z.enum(["key", "value"]), path: z.string().max(1024), format: columnFormat }))
    .max(512),
});

export const rowsLayoutParams = z.strictObject({
  id,
  of: z.enum(["key", "value"]),
  /** as C; null forgets the one that is kept */
  text: typedLayout,
});
