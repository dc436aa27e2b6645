/** attachment ─maps▶ rows: prefixes as a tree, the address space that they cover, and who answers for an address. */
import * as z from "zod";
import { row } from "./maps.ts";
import { base64, id, u32 } from "./wire.ts";

/**
 * What is to be said of an entry; all of look-ups of whole addresses, longest prefix first.
 * "never": more specific entries cover every address of it. "same": it says what the next less specific entry says.
 * "spare": all that are marked so may go together, and no address gets another answer. In hashes with keys that are prefixes:
 * "duplicate": the same prefix as another key, and "tooLong": longer than an address. "hostBits": bits beyond the length are set
 */
export const treeMark = z.enum(["never", "same", "spare", "duplicate", "hostBits", "tooLong"]);
export type TreeMark = z.infer<typeof treeMark>;

export const treeState = z.strictObject({
  nodes: u32,
  /** that are not folded away, nor left out by the filter */
  lines: u32,
  /** entries that the filter lets through */
  passing: u32,
  /** those alone that something is to be said of */
  marked: z.boolean(),
  /** columns of the value that are not compared */
  ignored: z.array(z.string()),
  found: z.strictObject({ never: u32, same: u32, spare: u32, duplicate: u32, hostBits: u32, tooLong: u32 }),
  /** ms */
  took: z.number(),
});
export type TreeState = z.infer<typeof treeState>;

export const rowsTreeParams = z.strictObject({
  id,
  /** while nobody looks at the tree, none is made */
  open: z.boolean(),
  marked: z.boolean(),
  /** null: those whose names say that they count */
  ignored: z.array(z.string().max(1024)).max(512).nullable(),
});

export const treeLine = row.extend({
  /** without bits beyond its length */
  prefix: z.string(),
  depth: u32,
  /** more specific entries */
  below: u32,
  /** null where there are none */
  folded: z.boolean().nullable(),
  marks: z.array(treeMark),
  /** the next less specific entry; of a duplicate the first of its prefix */
  above: z.string().nullable(),
  /** it does not pass the filter, something below it does */
  aside: z.boolean(),
});
export type TreeLine = z.infer<typeof treeLine>;

export const rowsLinesParams = z.strictObject({ id, start: u32, count: z.number().int().min(1).max(1000) });
export const rowsLines = z.strictObject({ version: u32, start: u32, lines: z.array(treeLine) });
export type RowsLines = z.infer<typeof rowsLines>;

/** key null: all */
export const rowsFoldParams = z.strictObject({ id, key: base64.nullable(), folded: z.boolean() });

/** A prefix such as 10.0.0.0/8. */
const prefixText = z.string().max(64);
/** of an entry, or of the first one in a part of the address space */
export const rowsRevealParams = z.strictObject({
  id,
  of: z.union([z.strictObject({ key: base64 }), z.strictObject({ prefix: prefixText })]),
});

export const rowsPictureParams = z.strictObject({
  id,
  /** null: as much as has something to show */ scope: prefixText.nullable(),
});
export const rowsPicture = z.strictObject({
  scope: prefixText,
  /** the part around it; null for all */
  up: prefixText.nullable(),
  /** the longest entry that covers the whole part */
  behind: prefixText.nullable(),
  /** 256, in order */
  blocks: z.array(
    z.strictObject({
      prefix: prefixText,
      /** how much of it has an entry that is longer than the part */
      share: z.number().min(0).max(1),
      /** entries in it that cover less than all of it */
      entries: u32,
    }),
  ),
});
export type RowsPicture = z.infer<typeof rowsPicture>;

export const rowsMatchParams = z.strictObject({
  id,
  /** of one address: as a key of the map is typed */ address: z.string().max(256),
});
/** What the kernel's own look-up of the address gives. */
export const rowsMatched = z.strictObject({
  /** as the kernel was asked, with the longest length to try */
  asked: z.string(),
  found: z
    .strictObject({
      key: base64,
      prefix: z.string(),
      /** of key and value */
      cells: z.array(z.string()),
      /** where the table shows it; null where the filter hides it, or it is newer than the table */
      row: u32.nullable(),
    })
    .nullable(),
});
export type RowsMatched = z.infer<typeof rowsMatched>;
