import type { Btf } from "./read-btf.ts";
import { readElf, readRelocations } from "./read-elf.ts";

/** Names of the maps whose slots the object fills in itself, as `.values = { [0] = &inner }` does: relocations in .maps. */
export function filledMaps(bytes: Uint8Array, btf: Btf | null): ReadonlySet<string> {
  const names = new Set<string>();
  const read = btf === null ? null : readElf(bytes);
  if (btf === null || !read?.ok) return names;
  const { elf } = read;
  const section = elf.sections.find(({ name }) => name === ".maps");
  const relocations = section === undefined ? undefined : readRelocations(elf)?.get(section.index);
  if (section === undefined || relocations === undefined) return names;
  const maps = elf.symbols.filter(
    ({ sectionIndex, name, size }) => sectionIndex === section.index && name !== "" && size > 0,
  );
  for (const { offset } of relocations) {
    const map = maps.find(({ value, size }) => offset >= value && offset < value + size);
    if (map !== undefined) names.add(map.name);
  }
  return names;
}
