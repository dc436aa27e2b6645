/**
 * What variables were to begin with when a program was attached from here: as the source declared them, or as the user
 * set them. One that holds something else was written to while it ran; one that does not, and that the source declares
 * otherwise now, was changed by the user's hand.
 */
import * as z from "zod";
import type { AttachedProgram } from "../../protocol/interfaces.ts";
import type { ReloadPlan } from "../../protocol/reload.ts";
import { readSetting, writeSetting } from "../session/settings.ts";
import type { LoadSet } from "./load-sets.ts";
import type { Declared } from "./plan-choices.ts";

type Identity = Pick<AttachedProgram, "id" | "loadTime">;

const setting = "declared";
/** of programs, the newest last: who attaches more than these at a time is asked once more */
const remembered = 32;
const stored = z.array(z.tuple([z.string(), z.record(z.string(), z.string())]));

const keyOf = ({ id, loadTime }: Identity): string => `${id} ${loadTime}`;

export function rememberDeclared(program: Identity, { globals }: ReloadPlan, { globals: set = [] }: LoadSet): void {
  if (globals.length === 0) return;
  const key = keyOf(program);
  const all = read().filter(([other]) => other !== key);
  all.push([key, Object.fromEntries([...globals, ...set].map(({ name, value }) => [name, value]))]);
  writeSetting(setting, JSON.stringify(all.slice(-remembered)));
}

export function declaredBy(program: Identity): Declared {
  const key = keyOf(program);
  const found = read().find(([other]) => other === key);
  return found === undefined ? null : new Map(Object.entries(found[1]));
}

function read(): z.infer<typeof stored> {
  try {
    const { data } = stored.safeParse(JSON.parse(readSetting(setting) ?? "[]"));
    return data ?? [];
  } catch {
    return [];
  }
}
