/** What a helper may call of a guard, which attaches, and alone decides between confirm and roll back. */
import * as z from "zod";
import { guard, guardMapParams, guardPlaced, guardPlaceParams, guardRows } from "./guard.ts";

const none = z.strictObject({});

export const guardProcess = {
  /** once, and only by the helper that started it */
  "guard.place": { params: guardPlaceParams, result: guardPlaced },
  /** in the place of guard.place, and like it */
  "guard.holdMap": { params: guardMapParams, result: none },
  "guard.holdRows": { params: guardRows, result: none },
  /** All rows are held, and the first may be written. The deadline runs from guard.applied, or from the starter's end. */
  "guard.watchMap": { params: none, result: guard },
  "guard.applied": { params: none, result: guard },
  "guard.describe": { params: none, result: guard },
  "guard.confirm": { params: none, result: guard },
  "guard.rollBack": { params: none, result: guard },
  /** the workbench attached or detached there: settled as "left-alone" where nothing of its program is left */
  "guard.superseded": { params: none, result: guard },
  /** one that is settled need not be remembered any longer */
  "guard.leave": { params: none, result: none },
} as const;

export const guardNotifications = { "guard.changed": guard } as const;
