/**
 * rows ─stage▶ diff ─apply▶ report. Edits are staged: seen as a diff before anything is written, then applied in one go, each
 * compared with what was shown. What was applied is kept in a journal, by which it is undone, done again, or taken up again
 * after a crash.
 */
import * as z from "zod";
import { confirmWithin, guard, guardId } from "./guard.ts";
import { base64, bytesBeside, id, netns, u32 } from "./wire.ts";

// --- what main asks of the elevated helper: raw bytes
/** At most so many entries a request, so that it answers other requests in between. */
export const changesAtOnce = 4096;
export const mapChangeParams = z.strictObject({
  id,
  count: u32.max(changesAtOnce),
  /** one byte an entry: 0 add, 1 replace, 2 remove */
  kinds: bytesBeside,
  /** count * keySize bytes */
  keys: bytesBeside,
  /** count * valueStride bytes: what is expected before (of additions: zeros), and what is to be after (of removals: zeros) */
  olds: bytesBeside,
  news: bytesBeside,
  /** changes nothing and says how things are */
  look: z.boolean(),
  /** values hold a bpf_spin_lock: they are read and written under it (BPF_F_LOCK) */
  locked: z.boolean(),
  /** valueStride bytes: bits that programs count in, see MapHandle.change in helper/native/face.ts; null: none */
  counted: base64.nullable(),
  /** devmap: the namespace in which the value's ifindex is meant */
  netns,
});
export const mapChanged = z.strictObject({
  /** one byte an entry, see MapChangeOutcomes in helper/native/face.ts */
  outcomes: bytesBeside,
  /** valueStride bytes for each 2 and 5 */
  found: bytesBeside,
  /** the kernel's refusal of one entry, at which it ended */
  refused: z.strictObject({ code: z.string(), words: z.string() }).nullable(),
});
export type MapChanged = z.infer<typeof mapChanged>;

// --- what the renderer gets of main
const cells = z.array(z.string().max(65536).nullable()).max(4096);
/** One edit as typed: texts of the key's cells, then of the value's; null keeps what the entry has. */
export const edit = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("add"), cells }),
  /** added, or the entry with that key changed: a row of a pasted block */
  z.strictObject({ do: z.literal("put"), cells }),
  /** `over`: what is staged for the entry already, as a change, which this edit goes on from */
  z.strictObject({
    do: z.literal("replace"),
    key: base64,
    cells,
    over: z.strictObject({ was: base64, value: base64 }).optional(),
  }),
  z.strictObject({ do: z.literal("remove"), key: base64 }),
]);
export type Edit = z.infer<typeof edit>;
export const stageParams = z.strictObject({ id, netns, edits: z.array(edit).min(1).max(20_000) });

/** A change that can be applied. `was` null: an addition; `value` null: a removal. Bytes as pages carry them. */
export const change = z.strictObject({ key: base64, was: base64.nullable(), value: base64.nullable() });
export type Change = z.infer<typeof change>;

export const cpuCellsShown = 256;
export const stagedRow = z.discriminatedUnion("is", [
  z.strictObject({
    is: z.literal("change"),
    change,
    /** key and value cells as a row shows them; null where there is no such entry on that side */
    before: z.array(z.string()).nullable(),
    after: z.array(z.string()).nullable(),
    /** per-CPU maps: the value cells of single CPUs that change, `cell` counted as in a row; at most cpuCellsShown of them */
    cpus: z.array(z.strictObject({ cpu: u32, cell: u32, before: z.string(), after: z.string() })).optional(),
  }),
  /** the entry is so already */
  z.strictObject({ is: z.literal("same"), key: base64 }),
  /** `field`: path of the column that is meant */
  z.strictObject({ is: z.literal("wrong"), field: z.string(), message: z.string() }),
]);
export type StagedRow = z.infer<typeof stagedRow>;
/** one for each edit, in their order */
export const staged = z.strictObject({ rows: z.array(stagedRow) });

export const applyParams = z.strictObject({
  id,
  netns,
  /** what a list of changes calls it, such as "3 cells edited" */
  title: z.string().max(200),
  changes: z.array(change).min(1).max(100_000),
  /** undone unless it is confirmed within so many seconds; left out: it stays */
  confirm: confirmWithin.optional(),
});

/** 16 hex digits */
export const journalId = z.string().regex(/^[0-9a-f]{16}$/);

/** Why a row was not changed, or not only by us. */
export const conflict = z.strictObject({
  change,
  /**
   * "other": something else was there than was shown. "missing": the entry was gone. "exists": an addition, and there is one
   * already. "overwritten", "removed": changed as asked, and then by somebody else
   */
  what: z.enum(["other", "missing", "exists", "overwritten", "removed"]),
  before: z.array(z.string()).nullable(),
  after: z.array(z.string()).nullable(),
  /** what is there now */
  now: z.array(z.string()).nullable(),
  found: base64.nullable(),
});
export type Conflict = z.infer<typeof conflict>;
/** a report carries at most so many of them */
export const conflictsShown = 1000;

export const applied = z.strictObject({
  journal: journalId,
  /** how many are as asked now, those included that were so already */
  done: u32,
  already: u32,
  conflicts: z.array(conflict),
  conflictCount: u32,
  /** how many were not tried */
  untouched: u32,
  /** why it ended before its end: the kernel's words and what to do; null where it did not */
  ended: z.string().nullable(),
  /** what takes it back unless it is confirmed */
  guard: guard.optional(),
});
export type Applied = z.infer<typeof applied>;

/** What was once applied to a map since this boot. */
export const journalEntry = z.strictObject({
  journal: journalId,
  map: z.strictObject({ id, name: z.string() }),
  title: z.string(),
  /** seconds since 1970, UTC */
  at: z.number(),
  added: u32,
  replaced: u32,
  removed: u32,
  /** "guarded": applied, and taken back unless it is confirmed. "interrupted": whoever applied or undid it is gone, and it is not known to be whole: look, then resume or undo */
  state: z.enum(["running", "applied", "guarded", "undone", "interrupted"]),
  /** of an interrupted one: what was being done */
  towards: z.enum(["applied", "undone"]),
  /** of a guarded one */
  guard: guardId.optional(),
});
export type JournalEntry = z.infer<typeof journalEntry>;

/** How the rows of a journal are in the map right now. */
export const survey = z.strictObject({
  /** as they are after it, and as they were before it */
  after: u32,
  before: u32,
  /** neither: somebody else changed them */
  other: u32,
  /** keys as a row shows them, at most conflictsShown a list */
  keys: z.strictObject({
    after: z.array(z.string()),
    before: z.array(z.string()),
    other: z.array(z.string()),
  }),
});
export type Survey = z.infer<typeof survey>;

export const applying = z.strictObject({ id, journal: journalId, done: u32, total: u32 });
export type Applying = z.infer<typeof applying>;
