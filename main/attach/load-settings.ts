/** What the user chose for the load, checked against the object and put into the kernel's terms. */
import type { LoadSettings } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import type { LoadOptions } from "../../protocol/reload.ts";
import type { BuiltObject } from "../build/build-input.ts";
import { setGlobals, type TypedSection, typedSections } from "./describe-globals.ts";

export interface CheckedLoad {
  readonly maxEntries: ReadonlyMap<string, number>;
  readonly settings: LoadSettings;
}

/** @throws Failed `bad-value`: its field is the name of the map or global */
export function checkLoad(object: BuiltObject, load: LoadOptions | undefined): CheckedLoad {
  const maps = object.contents.maps.map(({ name }) => name);
  const maxEntries = new Map<string, number>();
  for (const { map, entries } of load?.maxEntries ?? []) {
    if (!maps.includes(map)) throw badMap(map, `max_entries of map ${map}: ${noSuchMap(maps)}`);
    if (maxEntries.has(map)) throw badMap(map, `max_entries of map ${map}: it is given twice`);
    maxEntries.set(map, entries);
  }
  const globals = load?.globals ?? [];
  const sections = globals.length === 0 ? [] : typedSections(object.bytes, object.contents.btf);
  return {
    maxEntries,
    settings: {
      reuse: [],
      maxEntries: [...maxEntries].map(([name, entries]) => ({ name, entries })),
      sections: [...setGlobals(sections, globals)].map(([name, bytes]) => ({
        name,
        bytes: Buffer.from(bytes).toString("base64"),
      })),
    },
  };
}

/** The globals of one section that the user set. */
export function globalsOf(load: LoadOptions | undefined, section: TypedSection): NonNullable<LoadOptions["globals"]> {
  const names = new Set(section.variables.map(({ name }) => name));
  return (load?.globals ?? []).filter(({ name }) => names.has(name));
}

export function noSuchMap(maps: readonly string[]): string {
  return `the object has none of that name; it has ${maps.join(", ") || "none"}`;
}

export function badMap(field: string, message: string): Failed {
  return new Failed({ kind: "bad-value", field, message });
}
