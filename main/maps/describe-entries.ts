/** A map with everything that its table needs: the kernel's description, its BTF decoded, its layout. */
import type { MapDescription } from "../../protocol/maps.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { type Btf, readBtf } from "../object/read-btf.ts";
import { describeMap, type MapLayout } from "../tables/describe-map.ts";
import { type DeclaredTypes, declaredTypes } from "./whole-names.ts";
import { type SectionMap, sectionOf, shownName } from "./section-map.ts";

export interface DescribedMap {
  readonly description: MapDescription;
  readonly layout: MapLayout;
  /** where it holds the variables of .rodata, .data or .bss; null for other maps */
  readonly section: SectionMap | null;
  /** what the object declares of a map that carries no BTF */
  readonly declared?: DeclaredTypes;
  /** of the map; null where it has none, or one that is damaged */
  readonly btf: Btf | null;
}

/** As plain data, which threads can be given, whatever else there is of it. */
export function plainMap({ description, layout, section, btf }: DescribedMap): DescribedMap {
  return { description, layout, section, btf };
}

/** @throws Failed `not-found` where the map is gone */
export async function describeEntries(peer: ElevatedPeer, id: number): Promise<DescribedMap> {
  const description = await peer.request("maps.describe", { id });
  const decoded = description.btf === null ? null : readBtf(Buffer.from(description.btf, "base64"));
  // Damaged BTF costs the names, not the table.
  const btf = decoded?.ok === true ? decoded.btf : null;
  const declared = await declaredTypes(peer, description.map, async () => (await peer.request("maps.list", {})).maps);
  const layout = describeMap({ ...description.map, btf, possibleCpus: description.possibleCpus, typed: declared });
  const section = sectionOf(description, btf);
  const readOnly = section?.constant
    ? "holds constants, frozen when the program was loaded: set them before a load"
    : description.frozen
      ? "is frozen: only programs write to it, for as long as it lives"
      : null;
  return {
    description: { ...description, map: { ...description.map, name: section?.name ?? shownName(description.map) } },
    layout: readOnly === null ? layout : { ...layout, readOnly },
    section,
    declared,
    btf,
  };
}
