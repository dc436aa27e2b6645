/** Every map of the newer object beside the running program's map of that name. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { BuiltObject } from "../../build/build-input.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { readEntries } from "../../maps/read-entries.ts";
import type { ObjectMap } from "../../object/describe-maps.ts";
import { filledMaps } from "../../object/filled-maps.ts";
import { isConstantSection } from "../../object/read-globals.ts";
import type { MapLayout } from "../../tables/describe-map.ts";
import { describeMap } from "../../tables/describe-map.ts";
import { type TypedSection, typedSections } from "../describe-globals.ts";
import { compareMaps, type MapComparison } from "./compare-maps.ts";
import { compareSections } from "./compare-sections.ts";
import { objectSide, runningSide } from "./map-side.ts";
import { type RunningMap, runningMap } from "./running-maps.ts";

export interface MapDecision {
  readonly name: string;
  readonly type: string;
  /** as it would be made */
  readonly maxEntries: number;
  readonly running: RunningMap | null;
  readonly comparison: MapComparison;
  /** the newer map's */
  readonly layout: MapLayout;
  /** .data or .bss; null for other maps */
  readonly section: TypedSection | null;
}

export interface ObjectComparison {
  readonly maps: readonly MapDecision[];
  readonly sections: readonly TypedSection[];
  /** of the running program, without a successor */
  readonly gone: readonly RunningMap[];
}

/** `maxEntries` are the sizes that the user set. @throws Failed where the running program's maps cannot be read */
export async function compareObject(
  peer: ElevatedPeer | null,
  { bytes, contents }: BuiltObject,
  running: readonly RunningMap[],
  maxEntries: ReadonlyMap<string, number>,
  token?: CancellationToken,
): Promise<ObjectComparison> {
  const sections = typedSections(bytes, contents.btf);
  const left = new Set(running.filter(({ section }) => section?.constant !== true));
  const take = (found: RunningMap | undefined): RunningMap | null => {
    if (found !== undefined) left.delete(found);
    return found ?? null;
  };
  const filled = filledMaps(bytes, contents.btf);
  const names = contents.maps.map(({ name }) => name);
  const maps: MapDecision[] = [];
  for (const map of contents.maps) {
    const twin = take(findTwin(map.name, names, running));
    const entries = maxEntries.get(map.name) ?? map.maxEntries;
    const newer = objectSide(map, contents.btf, entries, twin?.description.possibleCpus ?? 1);
    const own = { name: map.name, type: map.type, maxEntries: entries, running: twin, layout: newer.layout };
    let comparison = nothingRuns;
    if (twin !== null) {
      comparison = compareMaps(runningSide(twin.description, twin.btf, twin.layout), newer);
      if (filled.has(map.name))
        comparison = { ...comparison, choices: ["empty"], why: "the object fills it in itself" };
      else if (map.inner !== null && peer !== null && comparison.choices[0] === "keep") {
        comparison = (await innerDiffers(peer, twin, map.inner, contents.btf, token)) ?? comparison;
      }
    }
    maps.push({ ...own, comparison, section: null });
  }
  for (const section of sections) {
    if (isConstantSection(section.name) || section.variables.length === 0) continue;
    const twin = take(running.find((candidate) => candidate.section?.name === section.name));
    const comparison = twin === null ? nothingRuns : compareSections(twin, section);
    const shape = { type: "array", keySize: 4, valueSize: section.bytes.length, maxEntries: 1, btfKeyTypeId: 0 };
    const layout = describeMap({ ...shape, btfValueTypeId: 0, btf: null, possibleCpus: 1 });
    maps.push({ name: section.name, type: "array", maxEntries: 1, running: twin, comparison, layout, section });
  }
  return { maps, sections, gone: [...left] };
}

const nothingRuns: MapComparison = {
  choices: ["empty"],
  why: "the running program has no map of that name",
  fields: [],
  conversion: null,
};

/** By the whole name; by the kernel's 15 characters of it where they fit one map on either side only. */
function findTwin(name: string, names: readonly string[], running: readonly RunningMap[]): RunningMap | undefined {
  const maps = running.filter(({ section }) => section === null);
  const whole = maps.filter((map) => map.name === name);
  if (whole.length > 0) return whole.length === 1 ? whole[0] : undefined;
  const cut = maps.filter((map) => map.name.length === 15 && name.startsWith(map.name));
  const rivals = names.filter((other) => other.startsWith(cut[0]?.name ?? name));
  return cut.length === 1 && rivals.length === 1 ? cut[0] : undefined;
}

/**
 * The kernel holds all maps in a map of maps to one shape, but for the names in it, and does not tell that shape: a map
 * that is in it does. Null where nothing speaks against keeping it.
 */
async function innerDiffers(
  peer: ElevatedPeer,
  outer: RunningMap,
  inner: ObjectMap,
  btf: BuiltObject["contents"]["btf"],
  token?: CancellationToken,
): Promise<MapComparison | null> {
  const { entries } = await readEntries(peer, outer.description, 1, token);
  const id = entries[0]?.value.readUInt32LE(0);
  const empty = { choices: ["empty"], fields: [], conversion: null } as const;
  if (id === undefined || id === 0) return { ...empty, why: "nothing is in it" };
  const held = await runningMap(peer, id, token);
  const newer = objectSide(inner, btf, inner.maxEntries, held.description.possibleCpus);
  const { choices, why } = compareMaps(runningSide(held.description, held.btf, held.layout), newer);
  return choices[0] === "keep" ? null : { ...empty, why: `of the maps in it: ${why}` };
}
