/** The maps of an object's section "maps" (or "maps/NAME"), which holds a struct bpf_map_def for each. */
import { mapTypeName } from "./map-types.ts";
import type { Elf } from "./read-elf.ts";

export interface LegacyObjectMap {
  readonly name: string;
  /** in bpftool's words */
  readonly type: string;
  readonly typeNumber: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** LIBBPF_PIN_BY_NAME, in the larger form that Aya writes */
  readonly pinned: boolean;
  readonly symbolIndex: number;
}

/** type, key_size, value_size, max_entries; map_flags and what came after them may be missing */
const leastSize = 16;
const mapLimit = 1024;

/** In the order in which they lie in their sections. */
export function readLegacyMaps({ sections, symbols, littleEndian }: Elf): readonly LegacyObjectMap[] {
  const maps: LegacyObjectMap[] = [];
  for (const [symbolIndex, { name, sectionIndex, value, size, type }] of symbols.entries()) {
    const section = sections[sectionIndex];
    if (!section || !isLegacySection(section.name) || name === "" || type > 1 || maps.length >= mapLimit) continue;
    const length = size > 0 ? size : section.data.length - value;
    if (length < leastSize || value + length > section.data.length) continue;
    const view = new DataView(section.data.buffer, section.data.byteOffset + value, length);
    const word = (index: number): number => (index * 4 + 4 <= length ? view.getUint32(index * 4, littleEndian) : 0);
    maps.push({
      ...{ name, typeNumber: word(0), type: mapTypeName(word(0)) },
      ...{ keySize: word(1), valueSize: word(2), maxEntries: word(3), flags: word(4) },
      pinned: length === ayaSize && word(6) === 1,
      symbolIndex,
    });
  }
  const place = ({ symbolIndex }: LegacyObjectMap): number => symbols[symbolIndex]?.value ?? 0;

  return maps.toSorted((left, right) => place(left) - place(right));
}

/** type, sizes, entries, flags, id, pinning */
const ayaSize = 28;

export function isLegacySection(name: string): boolean {
  return name === "maps" || name.startsWith("maps/");
}
