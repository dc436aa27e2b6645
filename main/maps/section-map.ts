/** Maps that libbpf makes of an object's sections: .rodata, .data, .bss. Their one entry holds all variables. */
import type { MapDescription, MapSummary } from "../../protocol/maps.ts";
import { type Btf, btfType } from "../object/read-btf.ts";
import { isConstantSection, isGlobalSection } from "../object/read-globals.ts";
import { describeLayout } from "../tables/describe-layout.ts";
import type { RecordNode } from "../tables/layout.ts";

type Summary = Pick<MapSummary, "name" | "type" | "maxEntries" | "btfKeyTypeId" | "btfValueTypeId">;

/**
 * As users know it: ".data" for "xdp_stat.data". libbpf puts the object's name before the section's, as far as the
 * kernel's 15 characters go (internal_map_name of libbpf); no other map has a dot in its name.
 */
export function shownName(map: Summary): string {
  if (map.type !== "array" || map.maxEntries !== 1 || map.btfKeyTypeId !== 0 || map.btfValueTypeId === 0)
    return map.name;
  return /^[^.]*(\..+)$/.exec(map.name)?.[1] ?? map.name;
}

export interface SectionMap {
  /** whole, of the BTF */
  readonly name: string;
  readonly root: RecordNode;
  readonly littleEndian: boolean;
  /** frozen by libbpf before the program was loaded */
  readonly constant: boolean;
}

/** Null for a map of another kind, and without BTF. */
export function sectionOf({ map }: Pick<MapDescription, "map">, btf: Btf | null): SectionMap | null {
  if (btf === null || map.type !== "array" || map.maxEntries !== 1 || map.btfValueTypeId === 0) return null;
  const type = btfType(btf, map.btfValueTypeId);
  if (type.kind !== "dataSection" || !isGlobalSection(type.name)) return null;
  const root = describeLayout(btf, map.btfValueTypeId, map.valueSize, "value")?.root;
  if (root?.kind !== "struct") return null;
  return { name: type.name, root, littleEndian: btf.littleEndian, constant: isConstantSection(type.name) };
}
