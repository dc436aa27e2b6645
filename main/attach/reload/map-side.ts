/** A map as it can be compared: the one of the newer object, or the one that runs. */
import type { MapDescription } from "../../../protocol/maps.ts";
import type { ObjectMap } from "../../object/describe-maps.ts";
import type { Btf } from "../../object/read-btf.ts";
import { describeMap, type MapLayout } from "../../tables/describe-map.ts";

export interface MapSide {
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** null where there is none, or where the kernel drops it for maps of this type */
  readonly btf: Btf | null;
  readonly keyTypeId: number;
  readonly valueTypeId: number;
  readonly layout: MapLayout;
}

/** `maxEntries` may be another than the object declares, where the user set it. */
export function objectSide(map: ObjectMap, btf: Btf | null, maxEntries: number, possibleCpus: number): MapSide {
  const { type, keySize, valueSize, flags, keyTypeId, valueTypeId } = map;
  const shape = { type, keySize, valueSize, maxEntries, btfKeyTypeId: keyTypeId, btfValueTypeId: valueTypeId };
  const layout = describeMap({ ...shape, btf, possibleCpus });
  return { type, keySize, valueSize, maxEntries, flags, btf, keyTypeId, valueTypeId, layout };
}

export function runningSide({ map }: MapDescription, btf: Btf | null, layout: MapLayout): MapSide {
  const { type, keySize, valueSize, maxEntries, flags, btfKeyTypeId, btfValueTypeId } = map;
  return {
    ...{ type, keySize, valueSize, maxEntries, flags, btf, layout },
    ...{ keyTypeId: btfKeyTypeId, valueTypeId: btfValueTypeId },
  };
}
