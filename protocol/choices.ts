/** attachment ─maps▶ rows: what may be meant in a cell, for who types into it. */
import * as z from "zod";
import { id, netns, u32 } from "./wire.ts";

export const rowsChoicesParams = z.strictObject({
  id,
  /** index among the map's columns */
  column: u32,
  /** in which a devmap's numbers are meant when they are written */
  netns,
});
/** Interfaces, programs, or ports of the program's other maps; none where a column means nothing of the kind. */
export const rowsChoices = z.strictObject({
  choices: z.array(
    z.strictObject({
      /** as it is typed */
      value: z.string(),
      about: z.string(),
    }),
  ),
});
export type RowsChoice = z.infer<typeof rowsChoices>["choices"][number];
