/** What a window says to a main that is to be killed. */
import { z } from "zod";
import { workbench } from "../../../protocol/contracts.ts";

export const importing = {
  "maps.plan": workbench["maps.plan"],
  "maps.applyPlan": workbench["maps.applyPlan"],
  "maps.journals": workbench["maps.journals"],
  "maps.survey": workbench["maps.survey"],
  "maps.undo": workbench["maps.undo"],
  "maps.redo": workbench["maps.redo"],
} as const;

export const progress = { progress: z.strictObject({ done: z.number(), total: z.number() }) } as const;
