/** The list as the user wants it: which maps, and in what order. */
import type { MapShown } from "../../protocol/manage-maps.ts";

export const sortColumns = ["id", "name", "type", "key", "value", "entries", "memory", "users"] as const;
export type SortColumn = (typeof sortColumns)[number];
export interface MapOrder {
  readonly column: SortColumn;
  readonly descending: boolean;
}

export function sortMaps(maps: readonly MapShown[], { column, descending }: MapOrder): readonly MapShown[] {
  const compare = (one: MapShown, other: MapShown): number => {
    const [a, b] = [keyOf(one, column), keyOf(other, column)];
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
    return order === 0 ? one.id - other.id : descending ? -order : order;
  };
  return maps.toSorted(compare);
}

function keyOf(map: MapShown, column: SortColumn): number | string {
  switch (column) {
    case "id":
      return map.id;
    case "name":
      return map.name.toLowerCase();
    case "type":
      return map.type;
    case "key":
      return map.keySize;
    case "value":
      return map.valueSize;
    case "entries":
      return map.maxEntries;
    case "memory":
      return Number(map.memory ?? -1);
    case "users":
      return map.programs.length + map.pins.length + map.processes.length + map.outers.length;
  }
}

/** Every word must be somewhere: in the id, the name, the type, a program, a pin, a process. */
export function filterMaps(maps: readonly MapShown[], text: string): readonly MapShown[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return maps;
  return maps.filter((map) => {
    const all = textOf(map).toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

function textOf({ id, name, type, programs, pins, processes, frozen, held }: MapShown): string {
  return [
    ...[`${id}`, name, type.replaceAll("_", " "), type, ...pins],
    ...programs.flatMap((program) => [program.name, `${program.id}`]),
    ...processes.flatMap((process) => [process.name, `${process.pid}`]),
    ...(frozen ? ["frozen"] : []),
    ...(held ? ["held"] : []),
    ...(programs.length + pins.length + processes.length === 0 ? ["unused"] : []),
  ].join("\n");
}
