/** BTF that tells maps as SEC(".maps") does (Documentation/bpf/btf.rst), added to what an object has. */
import type { LegacyObjectMap } from "../object/read-legacy-maps.ts";

/** of a map in the new section: a pointer for each of up to five facts */
export const slot = 40;
const kinds = { int: 1, pointer: 2, array: 3, struct: 4, variable: 14, dataSection: 15 } as const;
/** bytes behind the first twelve of a type; of members, values and the like for each */
const fixed: Readonly<Record<number, number>> = { 1: 4, 3: 12, 14: 4, 17: 4 };
const each: Readonly<Record<number, number>> = { 4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12 };
const lastKind = 19;
const headerSize = 24;

/** @param old of section ".BTF"; null where there is none. null comes back where it is damaged or of a form not met. */
export function addMapsToBtf(
  old: Uint8Array | null,
  maps: readonly LegacyObjectMap[],
  littleEndian: boolean,
): Uint8Array | null {
  const parts = old === null ? { types: new Uint8Array(0), strings: new Uint8Array(1) } : split(old, littleEndian);
  if (parts === null) return null;
  const types = new Uint8Array(parts.types);
  const view = new DataView(types.buffer);
  const places = placesOf(view, littleEndian);
  if (places === null) return null;
  const writer = createWriter(places.length + 1, parts.strings, littleEndian);
  const unit = writer.add("char", kinds.int, 0, 1, [8]);
  const structs = maps.map((map) => addStruct(writer, map, unit));

  const name = (at: number): string => stringAt(parts.strings, view.getUint32(at, littleEndian));
  const kindAt = (at: number): number => (view.getUint32(at + 4, littleEndian) >> 24) & 0x1f;
  const section = places.find((at) => kindAt(at) === kinds.dataSection && name(at) === "maps");
  if (section === undefined) {
    const variables = maps.map((map, index) => writer.add(map.name, kinds.variable, 0, structs[index] ?? 0, [1]));
    const entries = variables.flatMap((id, index) => [id, index * slot, slot]);
    writer.add(".maps", kinds.dataSection, maps.length, maps.length * slot, entries);
    return join(types, writer.finish(), littleEndian);
  }
  // clang has told each as a variable of struct bpf_map_def: they get other types, the section another name.
  const entries = view.getUint32(section + 4, littleEndian) & 0xffff;
  if (entries !== maps.length) return null;
  const told: number[] = [];
  for (let index = 0; index < entries; index++) {
    const id = view.getUint32(section + 12 + index * 12, littleEndian);
    const at = places[id - 1];
    const found = at === undefined ? -1 : maps.findIndex((map) => map.name === name(at));
    if (at === undefined || found < 0 || kindAt(at) !== kinds.variable) return null;
    view.setUint32(at + 8, structs[found] ?? 0, littleEndian);
    view.setUint32(at + 12, 1, littleEndian);
    told[found] = id;
  }
  if (told.filter((id) => id !== undefined).length !== maps.length) return null;
  view.setUint32(section, writer.string(".maps"), littleEndian);
  view.setUint32(section + 8, maps.length * slot, littleEndian);
  // in the order of their offsets, as the kernel wants them
  for (const [index, id] of told.entries()) {
    const at = section + 12 + index * 12;
    view.setUint32(at, id, littleEndian);
    view.setUint32(at + 4, index * slot, littleEndian);
    view.setUint32(at + 8, slot, littleEndian);
  }
  return join(types, writer.finish(), littleEndian);
}

/** As __uint(type, N) and its like: each a pointer to an array of so many elements, of one byte: the kernel limits its size. */
function addStruct(writer: Writer, map: LegacyObjectMap, unit: number): number {
  const facts = [
    ["type", map.typeNumber],
    ["key_size", map.keySize],
    ["value_size", map.valueSize],
    ["max_entries", map.maxEntries],
    ["map_flags", map.flags],
  ] as const;
  const members = facts
    .filter(([field, value]) => value !== 0 || field === "type")
    .flatMap(([field, value], index) => {
      const array = writer.add("", kinds.array, 0, 0, [unit, unit, value]);
      return [writer.string(field), writer.add("", kinds.pointer, 0, array, []), index * 64];
    });
  return writer.add("", kinds.struct, members.length / 3, (members.length / 3) * 8, members);
}

interface Writer {
  /** offset of the text among the strings */
  string(text: string): number;
  /** returns the type's id */
  add(name: string, kind: number, length: number, sizeOrType: number, rest: readonly number[]): number;
  finish(): { readonly types: Uint8Array; readonly strings: Uint8Array };
}

function createWriter(firstId: number, oldStrings: Uint8Array, littleEndian: boolean): Writer {
  const words: number[] = [];
  const strings = new Map<string, number>([["", 0]]);
  let nextId = firstId;
  let end = oldStrings.length;
  const added: string[] = [];
  const string = (text: string): number => {
    const known = strings.get(text);
    if (known !== undefined) return known;
    const at = end;
    strings.set(text, at);
    added.push(`${text}\0`);
    end += new TextEncoder().encode(text).length + 1;
    return at;
  };
  return {
    string,
    add(name, kind, length, sizeOrType, rest) {
      words.push(string(name), ((kind << 24) | length) >>> 0, sizeOrType, ...rest);
      return nextId++;
    },
    finish() {
      const types = new Uint8Array(words.length * 4);
      const view = new DataView(types.buffer);
      for (const [index, word] of words.entries()) view.setUint32(index * 4, word, littleEndian);
      const more = new TextEncoder().encode(added.join(""));
      const all = new Uint8Array(oldStrings.length + more.length);
      all.set(oldStrings);
      all.set(more, oldStrings.length);
      return { types, strings: all };
    },
  };
}

function split(btf: Uint8Array, littleEndian: boolean): { types: Uint8Array; strings: Uint8Array } | null {
  if (btf.length < headerSize) return null;
  const view = new DataView(btf.buffer, btf.byteOffset, btf.byteLength);
  const word = (at: number): number => view.getUint32(at, littleEndian);
  const start = word(4);
  const types = btf.subarray(start + word(8), start + word(8) + word(12));
  const strings = btf.subarray(start + word(16), start + word(16) + word(20));
  const isWhole = types.length === word(12) && strings.length === word(20) && strings[0] === 0 && strings.at(-1) === 0;
  return view.getUint16(0, littleEndian) === 0xeb9f && isWhole ? { types, strings } : null;
}

/** Where each type begins, in the order of the ids, which start at 1; null for damaged ones. */
function placesOf(view: DataView, littleEndian: boolean): number[] | null {
  const places: number[] = [];
  let at = 0;
  while (at + 12 <= view.byteLength) {
    const info = view.getUint32(at + 4, littleEndian);
    const kind = (info >> 24) & 0x1f;
    const length = info & 0xffff;
    if (kind === 0 || kind > lastKind) return null;
    places.push(at);
    at += 12 + (fixed[kind] ?? 0) + length * (each[kind] ?? 0);
  }
  return at === view.byteLength ? places : null;
}

function stringAt(strings: Uint8Array, offset: number): string {
  const end = strings.indexOf(0, offset);
  return end < 0 ? "" : new TextDecoder().decode(strings.subarray(offset, end));
}

function join(
  old: Uint8Array,
  { types, strings }: { readonly types: Uint8Array; readonly strings: Uint8Array },
  littleEndian: boolean,
): Uint8Array {
  const length = old.length + types.length;
  const out = new Uint8Array(headerSize + length + strings.length);
  const view = new DataView(out.buffer);
  view.setUint16(0, 0xeb9f, littleEndian);
  view.setUint8(2, 1);
  for (const [index, word] of [headerSize, 0, length, length, strings.length].entries()) {
    view.setUint32(4 + index * 4, word, littleEndian);
  }
  out.set(old, headerSize);
  out.set(types, headerSize + old.length);
  out.set(strings, headerSize + length);
  return out;
}
