import { machineBpf, machineName } from "./elf-machines.ts";
import { type Failed, failed } from "./object-failure.ts";
import { readString } from "./read-string.ts";

/** The parts of a relocatable ELF64 file that a BPF object uses (elf(5)). Offsets and sizes are in bytes. */
export interface Elf {
  readonly littleEndian: boolean;
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly link: number;
  readonly info: number;
  readonly size: number;
  /** A view of the file's bytes, empty for SHT_NOBITS. */
  readonly data: Uint8Array;
}

export interface ElfSymbol {
  readonly name: string;
  readonly type: number;
  readonly binding: number;
  readonly sectionIndex: number;
  readonly value: number;
  readonly size: number;
}

export interface ElfRelocation {
  readonly offset: number;
  readonly symbolIndex: number;
  readonly type: number;
}

export const sectionTypes = { progbits: 1, symtab: 2, strtab: 3, rela: 4, nobits: 8, rel: 9 } as const;
export const sectionExecutable = 0x4;
export const symbolTypes = { none: 0, object: 1, func: 2, section: 3 } as const;

const headerSize = 64;
const sectionHeaderSize = 64;
const symbolSize = 24;
const nameLimit = 512;
/** No real object comes near; keeps a hostile one from asking for hours. */
const relocationLimit = 1 << 20;

/**
 * Reads an ELF64 relocatable file made for BPF, of either byte order. Total: any bytes give a value or a named failure.
 * `label` opens the messages, as in "object prog.o".
 */
export function readElf(bytes: Uint8Array, label = "object"): { readonly ok: true; readonly elf: Elf } | Failed {
  const refused = refuseHeader(bytes, label);
  if (refused) return refused;
  const littleEndian = bytes[5] === 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const truncated = (what: string) =>
    failed("truncated-elf", `${label}: ends before its ${what} (${bytes.length} bytes): build it again`);

  const tableOffset = u64(view, 40, littleEndian);
  if (tableOffset === 0) return failed("bad-elf", `${label}: has no sections: build it with clang -target bpf -c`);
  if (tableOffset + sectionHeaderSize > bytes.length) return truncated("section table");
  if (view.getUint16(58, littleEndian) !== sectionHeaderSize) {
    return failed("bad-elf", `${label}: section headers of an unknown size: build it again`);
  }
  // Counts that do not fit the header live in section 0 (elf(5), e_shnum and e_shstrndx).
  const count = view.getUint16(60, littleEndian) || u64(view, tableOffset + 32, littleEndian);
  const namesIndex =
    view.getUint16(62, littleEndian) === 0xffff
      ? view.getUint32(tableOffset + 40, littleEndian)
      : view.getUint16(62, littleEndian);
  if (tableOffset + count * sectionHeaderSize > bytes.length) return truncated("section table");

  const headers: Omit<ElfSection, "name">[] = [];
  const nameOffsets: number[] = [];
  for (let index = 0; index < count; index++) {
    const at = tableOffset + index * sectionHeaderSize;
    const type = view.getUint32(at + 4, littleEndian);
    const offset = u64(view, at + 24, littleEndian);
    const size = u64(view, at + 32, littleEndian);
    const hasBytes = type !== sectionTypes.nobits && index !== 0 && type !== 0;
    if (hasBytes && offset + size > bytes.length) return truncated(`section ${index}`);
    nameOffsets.push(view.getUint32(at, littleEndian));
    headers.push({
      index,
      type,
      flags: u64(view, at + 8, littleEndian),
      link: view.getUint32(at + 40, littleEndian),
      info: view.getUint32(at + 44, littleEndian),
      size,
      data: hasBytes ? bytes.subarray(offset, offset + size) : new Uint8Array(0),
    });
  }
  const names = headers[namesIndex]?.data ?? new Uint8Array(0);
  const sections = headers.map((header, index) => ({
    ...header,
    name: readString(names, nameOffsets[index] ?? 0, nameLimit) ?? "",
  }));
  return { ok: true, elf: { littleEndian, sections, symbols: readSymbols(sections, littleEndian) } };
}

/** The relocations of every section, by the index of the section that they patch; null when there are absurdly many. */
export function readRelocations(elf: Elf): ReadonlyMap<number, readonly ElfRelocation[]> | null {
  const byTarget = new Map<number, ElfRelocation[]>();
  let total = 0;
  for (const section of elf.sections) {
    if (section.type !== sectionTypes.rel && section.type !== sectionTypes.rela) continue;
    const entrySize = section.type === sectionTypes.rel ? 16 : 24;
    const count = Math.floor(section.data.length / entrySize);
    total += count;
    if (total > relocationLimit) return null;
    const view = viewOf(section.data);
    const list = byTarget.get(section.info) ?? [];
    for (let index = 0; index < count; index++) {
      const at = index * entrySize;
      // r_info: the symbol in the high word, the type in the low one.
      const [low, high] = elf.littleEndian ? [at + 8, at + 12] : [at + 12, at + 8];
      list.push({
        offset: u64(view, at, elf.littleEndian),
        symbolIndex: view.getUint32(high, elf.littleEndian),
        type: view.getUint32(low, elf.littleEndian),
      });
    }
    byTarget.set(section.info, list);
  }
  return byTarget;
}

function refuseHeader(bytes: Uint8Array, label: string): Failed | null {
  if (bytes.length === 0) return failed("not-elf", `${label}: is empty: build it again`);
  if (bytes[0] === 0x42 && bytes[1] === 0x43 && bytes[2] === 0xc0 && bytes[3] === 0xde) {
    return failed(
      "not-elf",
      `${label}: is LLVM bitcode, not an ELF object: compile it with llc -march=bpf -filetype=obj`,
    );
  }
  if (bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46) {
    return failed("not-elf", `${label}: is not an ELF file: choose an object built with clang -target bpf -c`);
  }
  if (bytes.length < 20) return failed("truncated-elf", `${label}: ends inside its ELF header: build it again`);
  if (bytes[5] !== 1 && bytes[5] !== 2) return failed("bad-elf", `${label}: names no byte order: build it again`);
  const littleEndian = bytes[5] === 1;
  const view = viewOf(bytes);
  const machine = view.getUint16(18, littleEndian);
  if (machine !== machineBpf) {
    return failed(
      "wrong-machine",
      `${label}: made for ${machineName(machine)}, not BPF: build it with clang -target bpf`,
    );
  }
  if (bytes[4] !== 2) {
    return failed("wrong-class", `${label}: is not a 64-bit ELF file: build it with clang -target bpf`);
  }
  const type = view.getUint16(16, littleEndian);
  if (type !== 1) {
    return failed(
      "wrong-type",
      `${label}: is linked (ELF type ${type}), not relocatable: compile with -c, without linking`,
    );
  }
  if (bytes.length < headerSize) return failed("truncated-elf", `${label}: ends inside its ELF header: build it again`);
  return null;
}

function readSymbols(sections: readonly ElfSection[], littleEndian: boolean): ElfSymbol[] {
  const table = sections.find((section) => section.type === sectionTypes.symtab);
  if (!table) return [];
  const names = sections[table.link]?.data ?? new Uint8Array(0);
  const view = viewOf(table.data);
  const symbols: ElfSymbol[] = [];
  for (let at = 0; at + symbolSize <= table.data.length; at += symbolSize) {
    const info = view.getUint8(at + 4);
    symbols.push({
      name: readString(names, view.getUint32(at, littleEndian), nameLimit) ?? "",
      type: info & 0xf,
      binding: info >> 4,
      sectionIndex: view.getUint16(at + 6, littleEndian),
      value: u64(view, at + 8, littleEndian),
      size: u64(view, at + 16, littleEndian),
    });
  }
  return symbols;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** As a number: what does not fit 53 bits lies outside every file and fails the bounds check that follows. */
function u64(view: DataView, offset: number, littleEndian: boolean): number {
  return Number(view.getBigUint64(offset, littleEndian));
}
