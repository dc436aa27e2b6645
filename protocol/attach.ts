/** object ─attach▶ attachment */
import { z } from "zod";
import { input } from "./build.ts";
import { attachedProgram, mode, place, wantedMode } from "./interfaces.ts";
import { loadOptions, mapOutcome } from "./reload.ts";
import { base64, id, symbol, u64 } from "./wire.ts";

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
