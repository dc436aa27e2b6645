/** What keeps a map alive: the kernel frees it when the last of these goes. */
import type { MapShown } from "./manage-maps.ts";

type Held = Pick<MapShown, "programs" | "pins" | "processes" | "outers" | "held">;

/** In words; `without`: a pin that is left out. */
export function holdersOf({ programs, pins, processes, outers, held }: Held, without: string | null = null): string[] {
  return [
    ...programs.map(({ id, name }) => `program ${name === "" ? "" : `${name} `}(id ${id})`),
    ...pins.filter((path) => path !== without).map((path) => `pin ${path}`),
    ...processes.map(({ pid, name }) => `process ${name} (${pid})`),
    ...outers.map((id) => `map of maps id ${id}`),
    ...(held ? ["this workbench, until it ends"] : []),
  ];
}

/** What becomes of the map when this pin goes. */
export function afterUnpin(map: Held, path: string): string {
  const left = holdersOf(map, path);
  return left.length === 0
    ? "Nothing else holds it: the map and all its entries are gone at once."
    : `The map stays: ${left.slice(0, 3).join(", ")}${left.length > 3 ? ` and ${left.length - 3} more` : ""} ${left.length === 1 ? "holds" : "hold"} it.`;
}
