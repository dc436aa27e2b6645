/** Whole maps as files: written, and read as a plan that is seen before it is applied. */
import * as z from "zod";
import { confirmWithin } from "./guard.ts";
import { id, netns, u32 } from "./wire.ts";

const path = z.string().min(1).max(4096);

export const mapExportParams = z.strictObject({
  id,
  /** absolute; the file is there whole or not at all, in the place of what was there */
  path,
  /** json: what `bpftool -j map dump` prints; snapshot: the same, and which map it was, and when */
  format: z.enum(["json", "csv", "batch", "snapshot"]),
});
export type MapExportParams = z.infer<typeof mapExportParams>;
export const mapExported = z.strictObject({ entries: u32 });

/** Two sides to compare. A plan is kept for the window that asked, until it asks for another one, or ends it. */
export const mapPlanParams = z.strictObject({
  /** tells the types; and is what is changed where the plan is applied */
  id,
  netns,
  /** absolute path of a file; null: the map as it is now */
  before: path.nullable(),
  after: path.nullable(),
  /** whether entries that `after` lacks go; else they are left out of the plan */
  removes: z.boolean(),
});
export type MapPlanParams = z.infer<typeof mapPlanParams>;

export const plannedRow = z.strictObject({
  is: z.enum(["added", "changed", "removed"]),
  /** cells of key and value as the table shows them; null where there is no such entry on that side */
  before: z.array(z.string()).nullable(),
  after: z.array(z.string()).nullable(),
});
export type PlannedRow = z.infer<typeof plannedRow>;
export const plannedRows = z.strictObject({ rows: z.array(plannedRow) });

export const mapPlan = z.strictObject({
  plan: id,
  /** how many are on each side */
  before: u32,
  after: u32,
  added: u32,
  changed: u32,
  removed: u32,
  same: u32,
  /** why it cannot be applied; null where it can */
  unfit: z.string().nullable(),
});
export type MapPlan = z.infer<typeof mapPlan>;

export const plannedRowsParams = z.strictObject({ plan: id, from: u32, count: u32.max(1000) });
export const applyPlanParams = z.strictObject({
  plan: id,
  /** what a list of changes calls it */
  title: z.string().max(200),
  /** undone unless it is confirmed within so many seconds; left out: it stays */
  confirm: confirmWithin.optional(),
});
