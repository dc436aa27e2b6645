/** What the user chose for each map, held against what is possible now. Pure. */
import type { LoadOptions, MapFate } from "../../../protocol/reload.ts";
import { badMap, noSuchMap } from "../load-settings.ts";
import type { MapDecision } from "./compare-object.ts";

export interface ChosenMap {
  readonly decision: MapDecision;
  readonly fate: MapFate;
}

/**
 * Every map, "empty" where nothing was chosen.
 * @throws Failed `bad-value` with the map's name as field, where a choice is not (or no longer) possible: state that
 * somebody wants to keep is not lost without a word
 */
export function chooseFates(decisions: readonly MapDecision[], load: LoadOptions | undefined): readonly ChosenMap[] {
  const wanted = new Map<string, MapFate>();
  for (const { name, fate } of load?.maps ?? []) {
    if (!decisions.some((decision) => decision.name === name)) {
      throw badMap(name, `map ${name}: ${noSuchMap(decisions.map((decision) => decision.name))}`);
    }
    if (wanted.has(name)) throw badMap(name, `map ${name}: it is given twice`);
    wanted.set(name, fate);
  }
  return decisions.map((decision) => {
    const { name, comparison, section } = decision;
    const fate = wanted.get(name) ?? "empty";
    if (!comparison.choices.includes(fate)) {
      throw badMap(
        name,
        `map ${name} cannot be ${past[fate]}: ${comparison.why}; choose ${comparison.choices.join(" or ")}`,
      );
    }
    const set = section === null ? undefined : load?.globals?.find((global) => names(section).has(global.name));
    if (fate === "keep" && set !== undefined) {
      throw badMap(
        set.name,
        `global ${set.name}: ${name} is kept as it is; carry ${name} over instead, or set it while the program runs`,
      );
    }
    return { decision, fate };
  });
}

const past: Readonly<Record<MapFate, string>> = { keep: "kept", carry: "carried over", empty: "empty" };

function names(section: NonNullable<MapDecision["section"]>): ReadonlySet<string> {
  return new Set(section.variables.map(({ name }) => name));
}
