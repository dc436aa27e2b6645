/** object ─attach▶ attachment */
import * as z from "zod";
import { input } from "./build.ts";
import { attachTarget, confirmWithin, guard } from "./guard.ts";
import { attachedProgram, mode, place, wantedMode } from "./interfaces.ts";
import { loadOptions, mapOutcome } from "./reload.ts";
import { base64, id, symbol, u32, u64 } from "./wire.ts";

/** What is decided before the load, in the kernel's terms: ids and bytes. */
export const loadSettings = z.strictObject({
  /** maps of the object that are not made anew: the map with this id takes their place, if type and sizes fit */
  reuse: z.array(z.strictObject({ name: symbol, id })).max(4096),
  maxEntries: z.array(z.strictObject({ name: symbol, entries: u32.min(1) })).max(4096),
  /** whole contents of .rodata, .data, .bss and such in place of the object's own */
  sections: z.array(z.strictObject({ name: symbol, bytes: base64 })).max(256),
});
export type LoadSettings = z.infer<typeof loadSettings>;

/** Asked of the elevated helper, with everything resolved: the mode is one of three, what is there now is named. */
export const attachProgramParams = z.strictObject({
  object: base64,
  name: z.string().max(255),
  program: symbol,
  asXdp: z.boolean(),
  place,
  mode,
  /** what main saw attached in any mode; null for nothing. If something else is there by now, nothing is touched */
  expected: z.strictObject({ mode, id }).nullable(),
  settings: loadSettings.optional(),
});
/** One load for all of these places. */
export const prepareParams = attachProgramParams.omit({ place: true, mode: true, expected: true }).extend({
  targets: z.array(attachTarget).min(1).max(64),
  confirmWithin: confirmWithin.optional(),
  /** a label that the guard keeps, and gives back to whoever asks */
  source: z.string().max(4096).optional(),
});
export type PrepareParams = z.infer<typeof prepareParams>;
/** Loaded, and attached to nothing yet: its maps can be filled before a packet sees them. Closed with the connection. */
export const preparedAttachment = z.strictObject({
  prepared: id,
  program: attachedProgram.omit({ mode: true }),
  maps: z.array(z.strictObject({ name: z.string(), id })),
});
export const attachment = z.strictObject({
  place,
  program: attachedProgram,
  maps: z.array(z.strictObject({ name: z.string(), id })),
  /** those that were kept or carried over */
  kept: z.array(mapOutcome),
  replaced: attachedProgram.nullable(),
  /** between modes nothing is atomic: how long the interface ran nothing, ns; null where the swap was atomic */
  gapNanoseconds: u64.nullable(),
  /** what does not keep it from running and will be missed; left out where there is nothing */
  notes: z.array(z.string()).optional(),
  /** of mode "auto": why it came to this mode; where native was tried and refused, in the kernel's words */
  modeWhy: z.string().optional(),
  /** the deadline that runs, where one was asked for */
  guard: guard.optional(),
});
export type Attachment = z.infer<typeof attachment>;

export const detachProgramParams = z.strictObject({ place, expected: z.strictObject({ mode, id }) });
export const detachment = z.strictObject({ place, program: attachedProgram });
export type Detachment = z.infer<typeof detachment>;

/** Asked of the workbench. */
export const attachParams = z.strictObject({
  input,
  /** null: the object's only XDP program */
  program: symbol.nullable(),
  place,
  mode: wantedMode,
  /** the id of a foreign program that the user agreed to replace */
  replace: id.nullable(),
  /** what attach.plan told of, as the user chose it; left out: everything as the object declares it */
  load: loadOptions.optional(),
  /** rolled back unless it is confirmed in time; left out: attached for good */
  confirmWithin: confirmWithin.optional(),
});
export type AttachParams = z.infer<typeof attachParams>;

/** Loaded once, with one set of maps, and attached to each place: all of them or none. */
export const attachAllParams = attachParams.omit({ place: true, replace: true }).extend({
  places: z.array(place).min(1).max(64),
  /** ids of the foreign programs that the user agreed to replace */
  replace: z.array(id).max(64),
});
export type AttachAllParams = z.infer<typeof attachAllParams>;
export const attachments = z.strictObject({ attachments: z.array(attachment).min(1), guard: guard.nullable() });
export type AttachedAll = z.infer<typeof attachments>;

/** A program of ours that is attached, whoever started which workbench since. */
export const ourAttachment = z.strictObject({
  place,
  program: attachedProgram,
  /** path of the source, or of the object, that it came from */
  source: z.string(),
  /** seconds since 1970, UTC */
  since: z.number(),
});
export type OurAttachment = z.infer<typeof ourAttachment>;

export const detachedAll = z.strictObject({
  detached: z.array(detachment),
  /** those that stayed, and why */
  failed: z.array(z.strictObject({ place, program: attachedProgram, why: z.string() })),
});
export const detachParams = z.strictObject({ place, replace: id.nullable() });
export type DetachParams = z.infer<typeof detachParams>;
