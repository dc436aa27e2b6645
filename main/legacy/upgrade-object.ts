/**
 * An object that was built elsewhere with `struct bpf_map_def` in section "maps" (older C, Rust's Aya), as libbpf 1.0
 * and later take it: the same code and relocations, and the same maps told in BTF as SEC(".maps") has them. Pure: bytes
 * in, bytes out; null where the object has a form that is not understood, and stays as it is.
 */
import { readElf, type Elf, sectionTypes, symbolTypes } from "../object/read-elf.ts";
import { type LegacyObjectMap, readLegacyMaps } from "../object/read-legacy-maps.ts";
import { addMapsToBtf, slot } from "./write-maps-btf.ts";

const sectionHeaderSize = 64;
const symbolSize = 24;

export function upgradeObject(bytes: Uint8Array): Uint8Array | null {
  const read = readElf(bytes);
  if (!read.ok) return null;
  const { elf } = read;
  const maps = readLegacyMaps(elf);
  const section = elf.sections.find(({ name }) => name === "maps");
  if (!section || maps.length === 0 || !isPlain(elf, maps, section.index)) return null;
  const symbols = elf.sections.find(({ type }) => type === sectionTypes.symtab);
  const names = new DataView(bytes.buffer, bytes.byteOffset).getUint16(62, elf.littleEndian);
  const nameTable = elf.sections[names];
  const oldBtf = elf.sections.find(({ name }) => name === ".BTF");
  const btf = addMapsToBtf(oldBtf?.data ?? null, maps, elf.littleEndian);
  if (!symbols || !nameTable || btf === null) return null;
  const newNames = joined([nameTable.data, new TextEncoder().encode(".maps\0.BTF\0")]);
  return writeElf(bytes, elf, [
    { index: section.index, data: new Uint8Array(maps.length * slot), name: nameTable.size },
    { index: symbols.index, data: movedSymbols(symbols.data, maps, elf.littleEndian) },
    { index: names, data: newNames },
    { index: oldBtf?.index ?? null, data: btf, name: nameTable.size + 6 },
  ]);
}

/** One section of maps, each named by a symbol that the code refers to. */
function isPlain({ sections, symbols }: Elf, maps: readonly LegacyObjectMap[], section: number): boolean {
  if (sections.some(({ name }) => name === ".maps" || name.startsWith("maps/"))) return false;
  const own = new Set(maps.map(({ symbolIndex }) => symbolIndex));
  const strange = symbols.some(
    ({ sectionIndex, type }, index) => sectionIndex === section && type !== symbolTypes.section && !own.has(index),
  );
  return !strange && new Set(maps.map(({ name }) => name)).size === maps.length;
}

function movedSymbols(table: Uint8Array, maps: readonly LegacyObjectMap[], littleEndian: boolean): Uint8Array {
  const moved = new Uint8Array(table);
  const view = new DataView(moved.buffer);
  for (const [index, { symbolIndex }] of maps.entries()) {
    view.setBigUint64(symbolIndex * symbolSize + 8, BigInt(index * slot), littleEndian);
    view.setBigUint64(symbolIndex * symbolSize + 16, BigInt(slot), littleEndian);
  }
  return moved;
}

interface NewSection {
  /** null for one that the object does not have yet */
  readonly index: number | null;
  readonly data: Uint8Array;
  /** offset of its new name */
  readonly name?: number;
}

/** What changes goes to the end of the file, with the section table behind it; nothing else moves. */
function writeElf(bytes: Uint8Array, { littleEndian, sections }: Elf, changed: readonly NewSection[]): Uint8Array {
  const old = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tableOffset = Number(old.getBigUint64(40, littleEndian));
  const added = changed.filter(({ index }) => index === null).length;
  const table = new Uint8Array((sections.length + added) * sectionHeaderSize);
  table.set(bytes.subarray(tableOffset, tableOffset + sections.length * sectionHeaderSize));
  const headers = new DataView(table.buffer);
  const parts: Uint8Array[] = [bytes, new Uint8Array(padding(bytes.length))];
  let end = bytes.length + padding(bytes.length);
  let next = sections.length;
  for (const { index, data, name } of changed) {
    const at = (index ?? next++) * sectionHeaderSize;
    if (name !== undefined) headers.setUint32(at, name, littleEndian);
    if (index === null) {
      headers.setUint32(at + 4, sectionTypes.progbits, littleEndian);
      headers.setBigUint64(at + 48, 1n, littleEndian);
    }
    headers.setBigUint64(at + 24, BigInt(end), littleEndian);
    headers.setBigUint64(at + 32, BigInt(data.length), littleEndian);
    parts.push(data, new Uint8Array(padding(data.length)));
    end += data.length + padding(data.length);
  }
  const out = joined([...parts, table]);
  const view = new DataView(out.buffer);
  view.setBigUint64(40, BigInt(end), littleEndian);
  if (view.getUint16(60, littleEndian) !== 0) view.setUint16(60, sections.length + added, littleEndian);
  return out;
}

function padding(length: number): number {
  return (8 - (length % 8)) % 8;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
