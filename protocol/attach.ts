/** object ─attach▶ attachment */
import { z } from "zod";
import { input } from "./build.ts";
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
/** Loaded, and attached to nothing yet: its maps can be filled before a packet sees them. Closed with the connection. */
export const preparedAttachment = z.strictObject({
  prepared: id,
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
});
export type AttachParams = z.infer<typeof attachParams>;
export const detachParams = z.strictObject({ place, replace: id.nullable() });
export type DetachParams = z.infer<typeof detachParams>;
