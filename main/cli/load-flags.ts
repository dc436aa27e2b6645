/** --maps, --set and --max-entries of attach, and what a plan proposes in their place. */
import { fail } from "../../protocol/failures.ts";
import { type LoadOptions, loadOptions, type MapFate, mapFate, type ReloadPlan } from "../../protocol/reload.ts";
import { checked, checkedNumber } from "./checked.ts";
import { type FlagSpec, flagTexts, type Typed } from "./command.ts";

export const mapsFlag: FlagSpec = {
  value: "FATE",
  many: true,
  what: "what becomes of the running program's maps: empty (default); keep: those that are the same go on; carry: keep, and copy by field name those whose type changed; NAME=FATE for one map",
};

export const settingFlags: Readonly<Record<string, FlagSpec>> = {
  set: { value: "NAME=VALUE", many: true, what: "a global variable's value, before the load" },
  "max-entries": { value: "MAP=N", many: true, what: "a map's size, before the load" },
};

export interface LoadFlags {
  /** of the maps that are not named; "empty" where it was not said */
  readonly general: MapFate;
  readonly named: ReadonlyMap<string, MapFate>;
  readonly load: Pick<LoadOptions, "globals" | "maxEntries">;
}

/** @throws Failed `usage` */
export function parseLoadFlags(typed: Typed): LoadFlags {
  const named = new Map<string, MapFate>();
  let general: MapFate | null = null;
  for (const text of flagTexts(typed, "maps")) {
    const [name, fate] = text.includes("=") ? pairOf("--maps", text, "NAME=keep") : [null, text];
    const found = mapFate.safeParse(fate);
    if (!found.success) return usage(`--maps ${text}: give keep, carry or empty, alone or behind NAME=`);
    if (name === null) {
      if (general !== null) return usage(`--maps ${text}: --maps ${general} is given already`);
      general = found.data;
    } else if (named.has(name)) return usage(`--maps ${name}=${fate}: ${name} is given twice`);
    else named.set(name, found.data);
  }
  return { general: general ?? "empty", named, load: parseSettings(typed) };
}

/** --set and --max-entries. @throws Failed `usage` */
export function parseSettings(typed: Typed): LoadFlags["load"] {
  const globals = flagTexts(typed, "set").map((text) => {
    const [name, value] = pairOf("--set", text, "NAME=VALUE");
    return { name, value };
  });
  const maxEntries = flagTexts(typed, "max-entries").map((text) => {
    const [map, entries] = pairOf("--max-entries", text, "MAP=N");
    return { map, entries: checkedNumber(entries, 1, 0xffff_ffff, `--max-entries ${map}`) };
  });
  return checked(loadOptions, { globals, maxEntries }, "--set", "names and values of less than 64 KiB");
}

/** Whether a plan is needed to know what becomes of each map. */
export function needsPlan({ general, named }: LoadFlags): boolean {
  return general !== "empty" || [...named.values()].some((fate) => fate !== "empty");
}

/**
 * The fate of each map of the plan. What is named must be possible: attach says so where it is not. Of the others "keep"
 * keeps what is proposed to be kept, and "carry" what is proposed to be kept or carried.
 */
export function fatesOf(plan: ReloadPlan, { general, named }: LoadFlags): NonNullable<LoadOptions["maps"]> {
  const fates = plan.maps.map(({ name, choices }) => ({
    name,
    fate: named.get(name) ?? generalFate(general, choices),
  }));
  const strangers = [...named].filter(([name]) => !plan.maps.some((map) => map.name === name));
  return [...fates, ...strangers.map(([name, fate]) => ({ name, fate }))];
}

function generalFate(general: MapFate, choices: readonly MapFate[]): MapFate {
  const [proposed = "empty"] = choices;
  if (general === "empty" || (general === "keep" && proposed === "carry")) return "empty";
  return proposed;
}

/** @throws Failed `usage` */
function pairOf(flag: string, text: string, form: string): readonly [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) return usage(`${flag} ${text}: give ${form}`);
  return [name, value];
}

function usage(message: string): never {
  return fail({ kind: "usage", message });
}
