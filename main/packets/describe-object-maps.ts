/** The typed face of an object's maps before there are any: from its BTF alone. */
import { readFileSync } from "node:fs";
import type { ObjectContents } from "../object/inspect-object.ts";
import { describeMap, type MapLayout } from "../tables/describe-map.ts";

export function describeObjectMaps(
  { maps, btf, littleEndian }: ObjectContents,
  possibleCpus: number,
): ReadonlyMap<string, MapLayout> {
  return new Map(
    maps.map((map) => [
      map.name,
      describeMap({
        ...map,
        btf,
        btfKeyTypeId: map.keyTypeId,
        btfValueTypeId: map.valueTypeId,
        possibleCpus,
        littleEndian,
      }),
    ]),
  );
}

/** How many values an entry of a per-CPU map has (Documentation/admin-guide/cputopology.rst). */
export function possibleCpus(): number {
  return countCpus(readFileSync("/sys/devices/system/cpu/possible", "utf8"));
}

/** "0-3,8" is five. */
export function countCpus(list: string): number {
  return list
    .trim()
    .split(",")
    .reduce((sum, range) => {
      const [first, last] = range.split("-").map(Number);
      return sum + ((last ?? first ?? 0) - (first ?? 0)) + 1;
    }, 0);
}
