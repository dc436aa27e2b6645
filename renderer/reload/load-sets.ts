/** Globals and map sizes that the user set for the loads of a source: kept for it until they are reset, in every window. */
import { type LoadOptions, loadOptions } from "../../protocol/reload.ts";
import type { App } from "../session/app.ts";
import { hearSetting, readSetting, writeSetting } from "../session/settings.ts";
import type { SessionState } from "../session/state.ts";

/** What can be set before a load, whatever runs. */
export type LoadSet = Pick<LoadOptions, "globals" | "maxEntries">;
export type LoadSets = ReadonlyMap<string, LoadSet>;

const setting = "loadOptions";
const nothing: LoadSet = {};

export function readLoadSets(): LoadSets {
  try {
    const stored: unknown = JSON.parse(readSetting(setting) ?? "{}");
    if (typeof stored !== "object" || stored === null) return new Map();
    return new Map(
      Object.entries(stored).flatMap(([path, value]): [string, LoadSet][] => {
        const { success, data } = loadOptions.pick({ globals: true, maxEntries: true }).safeParse(value);
        return success ? [[path, data as LoadSet]] : [];
      }),
    );
  } catch {
    return new Map();
  }
}

export function loadSetOf({ loadSets }: SessionState, path: string | null): LoadSet {
  return (path === null ? undefined : loadSets.get(path)) ?? nothing;
}

export function keepLoadSet(app: App, path: string, set: LoadSet): void {
  // another window may have set something for another source
  const sets = new Map(readLoadSets());
  if (howMany(set) === 0) sets.delete(path);
  else sets.set(path, set);
  writeSetting(setting, JSON.stringify(Object.fromEntries(sets)));
  app.store.set({ loadSets: sets });
}

export function followLoadSets(app: App): void {
  hearSetting(setting, () => app.store.set({ loadSets: readLoadSets() }));
}

function howMany({ globals = [], maxEntries = [] }: LoadSet): number {
  return globals.length + maxEntries.length;
}

/** "2 globals, 1 map size set"; null for nothing */
export function loadSetWords({ globals = [], maxEntries = [] }: LoadSet): string | null {
  const words = [
    globals.length === 0 ? "" : `${globals.length} global${globals.length === 1 ? "" : "s"}`,
    maxEntries.length === 0 ? "" : `${maxEntries.length} map size${maxEntries.length === 1 ? "" : "s"}`,
  ].filter((part) => part !== "");
  return words.length === 0 ? null : `${words.join(", ")} set`;
}
