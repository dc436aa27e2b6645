/** Whose maps they are: those of the chosen interface's programs come first. */
import type { NetworkInterface, Place } from "../../protocol/interfaces.ts";
import type { MapListed } from "../../protocol/maps.ts";
import { placeOf } from "../interfaces/places.ts";

export interface MapsByOwner {
  readonly ofPlace: readonly MapListed[];
  /** of other XDP programs */
  readonly others: readonly MapListed[];
}

export function mapsByOwner(maps: readonly MapListed[], at: NetworkInterface | null): MapsByOwner {
  const ids = new Set(at?.attached.map(({ id }) => id) ?? []);
  const ofPlace = maps.filter(({ programs }) => programs.some(({ id }) => ids.has(id)));
  const others = maps.filter((map) => !ofPlace.includes(map) && map.programs.some(({ type }) => type === "xdp"));
  return { ofPlace, others };
}

/** The interface that runs a program using this map. */
export function placeOfMap(map: MapListed, interfaces: readonly NetworkInterface[]): Place | null {
  const ids = new Set(map.programs.map(({ id }) => id));
  const found = interfaces.find(({ attached }) => attached.some(({ id }) => ids.has(id)));
  return found === undefined ? null : placeOf(found);
}
