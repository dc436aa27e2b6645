/** What became of the maps, and of what changes in them, in words. */
import type { FieldChange, MapFate, MapOutcome, MapPlan } from "../../protocol/reload.ts";
import { variableSection } from "../maps/variable-maps.ts";
import { count } from "../verify/sizes.ts";
import type { LostMap } from "./plan-choices.ts";

export function fateWord(fate: MapFate): string {
  return { keep: "Keep", carry: "Carry over", empty: "Start empty" }[fate];
}

export function entriesWords(entries: number): string {
  return `${count(entries)} ${entries === 1 ? "entry" : "entries"}`;
}

/** "kept 3 maps, 1 variable; carried backends: 120 entries, 2 lost"; empty where nothing was */
export function outcomeWords(outcomes: readonly MapOutcome[], variables: number, lost: readonly LostMap[]): string {
  const kept = outcomes.filter(({ name, fate }) => fate === "keep" && variableSection(name) === null);
  const keptWords = [
    kept.length === 0 ? "" : kept.length === 1 ? kept[0]?.name : `${kept.length} maps`,
    variables === 0 ? "" : `${variables} variable${variables === 1 ? "" : "s"}`,
  ]
    .filter((part) => part !== "")
    .join(", ");
  const carried = outcomes.filter(({ fate }) => fate === "carry");
  return [
    keptWords === "" ? "" : `kept ${keptWords}`,
    ...carried.map(
      ({ name, entries, lost: some }) =>
        `carried ${name}: ${entriesWords(entries)}${some === 0 ? "" : `, ${count(some)} lost`}`,
    ),
    ...lost.map(({ name, entries }) => `${name}: ${entriesWords(entries)} lost`),
  ]
    .filter((part) => part !== "")
    .join("; ");
}

/** What becomes of a field. */
export function changeWords({ what }: FieldChange): string {
  return {
    same: "as it is",
    converted: "converted",
    new: "new, zero at first",
    gone: "lost",
    unlike: "cannot be carried, zero at first",
  }[what];
}

/** "1 field new, 2 converted"; "same fields" where only their places change */
export function diffWords({ fields }: Pick<MapPlan, "fields">): string {
  const words = (["new", "converted", "gone", "unlike"] as const)
    .map((what) => [what, fields.filter((field) => field.what === what).length] as const)
    .filter(([, number]) => number > 0)
    .map(
      ([what, number]) =>
        `${number} ${{ new: "new", converted: "converted", gone: "lost", unlike: "not carried" }[what]}`,
    );
  return words.length === 0 ? "same fields, other places" : `fields: ${words.join(", ")}`;
}
