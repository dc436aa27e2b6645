/** What an attach over a running program keeps: what is proposed, what the user chose, and what that loses. */
import type { GlobalVariable, LoadOptions, MapFate, MapPlan, ReloadPlan } from "../../protocol/reload.ts";
import { variableSection } from "../maps/variable-maps.ts";
import type { LoadSet } from "./load-sets.ts";

export interface Choices {
  /** of every map that the running program has under the same name */
  readonly fates: ReadonlyMap<string, MapFate>;
  /** variables that go on with what the running program has in them */
  readonly kept: ReadonlySet<string>;
}

export interface LostMap {
  readonly name: string;
  readonly entries: number;
}

/** What the running program's variables were to begin with, by name; null where it was not attached from here. */
export type Declared = ReadonlyMap<string, string> | null;

export type RunningMap = MapPlan & { readonly running: NonNullable<MapPlan["running"]> };

/** Without those of variables: what becomes of these is chosen one by one. */
export function runningMaps({ maps }: ReloadPlan): readonly RunningMap[] {
  return maps.filter((map): map is RunningMap => map.running !== null && variableSection(map.name) === null);
}

/**
 * Variables that would lose what was written to them while they ran. Constants cannot have changed, and what the user
 * set is set anyway.
 */
export function changedGlobals(
  { globals }: ReloadPlan,
  { globals: set = [] }: LoadSet,
  declared: Declared,
): readonly GlobalVariable[] {
  return globals.filter(
    ({ section, name, value, running, readOnly }) =>
      running !== null &&
      running !== value &&
      running !== declared?.get(name) &&
      readOnly === null &&
      !section.startsWith(".rodata") &&
      !set.some((one) => one.name === name),
  );
}

export function proposedChoices(plan: ReloadPlan, set: LoadSet, declared: Declared): Choices {
  return {
    fates: new Map(runningMaps(plan).map(({ name, choices }) => [name, choices[0] ?? "empty"])),
    kept: new Set(
      changedGlobals(plan, set, declared)
        // A new value in the source is what the user wants now. Where nobody knows whether it is new, .bss alone is safe:
        // it begins with zeros in every build.
        .filter(({ section, name, value }) => (declared === null ? section === ".bss" : declared.get(name) === value))
        .map(({ name }) => name),
    ),
  };
}

export function lostMaps(plan: ReloadPlan, { fates }: Choices): readonly LostMap[] {
  return [
    ...runningMaps(plan)
      .filter(({ name, running }) => running.entries > 0 && fates.get(name) === "empty")
      .map(({ name, running: { entries } }) => ({ name, entries })),
    ...goneMaps(plan),
  ];
}

function goneMaps({ gone }: ReloadPlan): readonly LostMap[] {
  return gone
    .filter(({ name, entries }) => entries > 0 && variableSection(name) === null)
    .map(({ name, entries }) => ({ name, entries }));
}

/** Whether anything is kept or lost that somebody could miss. */
export function worthAsking(plan: ReloadPlan, set: LoadSet, declared: Declared): boolean {
  return (
    runningMaps(plan).some(({ running: { entries } }) => entries > 0) ||
    goneMaps(plan).length > 0 ||
    changedGlobals(plan, set, declared).length > 0
  );
}

export function loadOf(plan: ReloadPlan, { fates, kept }: Choices, set: LoadSet): LoadOptions {
  const whole = wholeSections(plan, kept, set);
  const maps = [...fates, ...whole].filter(([, fate]) => fate !== "empty").map(([name, fate]) => ({ name, fate }));
  const asTheyRun = plan.globals
    .filter(({ name, section }) => kept.has(name) && !whole.has(section))
    .map(({ name, running }) => ({ name, value: running ?? "" }));
  const globals = [...(set.globals ?? []), ...asTheyRun];
  return {
    ...set,
    ...(maps.length === 0 ? {} : { maps }),
    ...(globals.length === 0 ? {} : { globals }),
  };
}

/**
 * Sections of which nothing changes for the newer program go on in the same memory, so that what is written to them up
 * to the last moment is kept too; of the others the values are taken over as they were told.
 */
function wholeSections(plan: ReloadPlan, kept: Choices["kept"], { globals: set = [] }: LoadSet): Map<string, MapFate> {
  const same = (section: string): boolean => {
    const variables = plan.globals.filter((one) => one.section === section);
    return (
      variables.some(({ name }) => kept.has(name)) &&
      variables.every(({ name, value, running }) => kept.has(name) || running === value) &&
      !set.some(({ name }) => variables.some((one) => one.name === name))
    );
  };
  return new Map(
    plan.maps
      .filter(({ name, running, choices }) => running !== null && choices.includes("keep") && same(name))
      .map(({ name }) => [name, "keep"]),
  );
}
