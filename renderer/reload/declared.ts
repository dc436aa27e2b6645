/**
 * What the source declared of its variables when this window attached a program. A variable that differs from it was
 * changed while it ran; one that does not, and that the source declares otherwise now, was changed by the user's hand.
 */
import type { AttachedProgram } from "../../protocol/interfaces.ts";
import type { ReloadPlan } from "../../protocol/reload.ts";
import type { Declared } from "./plan-choices.ts";

type Identity = Pick<AttachedProgram, "id" | "loadTime">;

const declared = new Map<string, ReadonlyMap<string, string>>();
const keyOf = ({ id, loadTime }: Identity): string => `${id} ${loadTime}`;

export function rememberDeclared(program: Identity, { globals }: ReloadPlan): void {
  declared.set(keyOf(program), new Map(globals.map(({ name, value }) => [name, value])));
}

export function declaredBy(program: Identity): Declared {
  return declared.get(keyOf(program)) ?? null;
}
