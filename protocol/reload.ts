/** A newer build in the place of what runs: which maps keep their contents, and what is set before the load. */
import * as z from "zod";
import { input } from "./build.ts";
import { attachedProgram, place, wantedMode } from "./interfaces.ts";
import { id, symbol, u32 } from "./wire.ts";

/**
 * "keep": the running program's map is used as it is. "carry": a new map, filled by field name from the old one before
 * the new program runs. "empty": a new map as the object declares it.
 */
export const mapFate = z.enum(["keep", "carry", "empty"]);
export type MapFate = z.infer<typeof mapFate>;

export const fieldChange = z.strictObject({
  /** path of the BTF field, as in a table's column */
  path: z.string(),
  /** "same": bytes as they are; "converted": another integer width or sign; "new": zero; "gone": lost; "unlike": cannot be carried */
  what: z.enum(["same", "converted", "new", "gone", "unlike"]),
  /** C types; empty where there is none on that side */
  was: z.string(),
  becomes: z.string(),
});
export type FieldChange = z.infer<typeof fieldChange>;

export const mapPlan = z.strictObject({
  name: symbol,
  type: z.string(),
  /** of the map that the running program uses under that name; null for a new one */
  running: z
    .strictObject({
      id,
      /** of an array: those that hold anything but zeros */
      entries: u32,
      maxEntries: u32,
    })
    .nullable(),
  maxEntries: u32,
  /** the first is what is proposed */
  choices: z.array(mapFate).min(1),
  /** why it is proposed, or why the others are not there, in a sentence */
  why: z.string(),
  /** of key and value where the map can be carried but not kept; else empty */
  fields: z.array(fieldChange),
  /** a few entries as they are and as they would be, cells as text by field path; where it can be carried */
  examples: z.array(z.strictObject({ key: z.string(), was: z.string(), becomes: z.string() })),
});
export type MapPlan = z.infer<typeof mapPlan>;

export const globalVariable = z.strictObject({
  /** ".rodata", ".data", ".bss", or a section of the user's such as ".data.limits" */
  section: z.string(),
  name: symbol,
  /** as C declares it */
  type: z.string(),
  bytes: u32,
  /** as a cell of a table shows it; what the object declares */
  value: z.string(),
  /** the running program's, where it has one of the same name and type */
  running: z.string().nullable(),
  hint: z.string(),
  choices: z.array(z.string()).nullable(),
  /** null where it can be set, else why not */
  readOnly: z.string().nullable(),
});
export type GlobalVariable = z.infer<typeof globalVariable>;

export const reloadPlan = z.strictObject({
  program: symbol,
  /** what runs there now and would be replaced; null for nothing */
  replaces: attachedProgram.nullable(),
  /** the workbench did not attach it: attach.attach wants its id in `replace` */
  foreign: z.boolean(),
  maps: z.array(mapPlan),
  /** maps of the running program that the newer one no longer has, with their entries: lost with it */
  gone: z.array(z.strictObject({ name: z.string(), id, entries: u32 })),
  globals: z.array(globalVariable),
});
export type ReloadPlan = z.infer<typeof reloadPlan>;

/** What the user chose; what is left out is as the object declares it. */
export const loadOptions = z.strictObject({
  /** left out: "empty" */
  maps: z
    .array(z.strictObject({ name: symbol, fate: mapFate }))
    .max(4096)
    .optional(),
  maxEntries: z
    .array(z.strictObject({ map: symbol, entries: z.number().int().min(1).max(0xffff_ffff) }))
    .max(4096)
    .optional(),
  /** `value` as typed into a cell */
  globals: z
    .array(z.strictObject({ name: symbol, value: z.string().max(65536) }))
    .max(4096)
    .optional(),
});
export type LoadOptions = z.infer<typeof loadOptions>;

export const reloadPlanParams = z.strictObject({
  input,
  program: symbol.nullable(),
  /** null: only what can be set before a load */
  place: place.nullable(),
  /** whose place the program would take; left out: auto */
  mode: wantedMode.optional(),
  /**
   * sizes and globals as they would be set: a map of another size cannot be kept as it is. What does not fit fails with
   * `bad-value`, whose field is the name of the global or map
   */
  load: loadOptions.optional(),
});

/** What became of each map that was kept or carried. */
export const mapOutcome = z.strictObject({
  name: symbol,
  fate: mapFate,
  /** entries in it when the new program began to run */
  entries: u32,
  /** entries that did not fit or could not be carried; of .data and .bss variables */
  lost: u32,
});
export type MapOutcome = z.infer<typeof mapOutcome>;
