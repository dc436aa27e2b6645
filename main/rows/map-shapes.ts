/** What the user chose for maps of a name: formats of columns, and layouts as C where there is no BTF. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { columnFormat } from "../../protocol/rows.ts";
import { keptLayout } from "../layouts/kept-layout.ts";
import { writeWhole } from "../workspace/write-whole.ts";

const shape = z.object({
  formats: z.record(z.string(), columnFormat).catch({}),
  key: keptLayout.nullable().catch(null),
  value: keptLayout.nullable().catch(null),
});
export type MapShapeChoice = z.infer<typeof shape>;
const file = z.record(z.string(), shape);

export interface MapShapes {
  of(name: string): MapShapeChoice;
  set(name: string, choice: MapShapeChoice): Promise<void>;
}

const nothing: MapShapeChoice = { formats: {}, key: null, value: null };

/** A file that cannot be read is as none: the choices are a convenience. */
export function openMapShapes(directory: () => string): MapShapes {
  let known: Record<string, MapShapeChoice> | null = null;
  const path = (): string => join(directory(), "map-shapes.json");
  const read = (): Record<string, MapShapeChoice> => {
    if (known !== null) return known;
    try {
      known = file.parse(JSON.parse(readFileSync(path(), "utf8")));
    } catch {
      known = {};
    }
    return known;
  };
  return {
    of: (name) => read()[name] ?? nothing,
    async set(name, choice) {
      const all = { ...read() };
      delete all[name];
      const empty = Object.keys(choice.formats).length === 0 && choice.key === null && choice.value === null;
      known = empty ? all : { ...all, [name]: choice };
      await writeWhole(path(), JSON.stringify(known, null, 2));
    },
  };
}
