import { type Failed, failed } from "./object-failure.ts";
import { type Btf, btfString, readBtfHeader } from "./read-btf.ts";

/**
 * What .BTF.ext says of each code section (Documentation/bpf/btf.rst), records sorted by instruction.
 * Strings stay offsets into the object's BTF until somebody asks for a line.
 */
export interface BtfExt {
  readonly functions: ReadonlyMap<string, readonly FunctionRecord[]>;
  readonly lines: ReadonlyMap<string, readonly LineRecord[]>;
}

/** `instruction` is an index into the ELF section, in units of eight bytes. */
export interface FunctionRecord {
  readonly instruction: number;
  readonly typeId: number;
}

export interface LineRecord {
  readonly instruction: number;
  readonly fileOffset: number;
  readonly textOffset: number;
  readonly line: number;
  readonly column: number;
}

/** Reads .BTF.ext with the BTF that holds its strings. Total. */
export function readBtfExt(bytes: Uint8Array, btf: Btf): { readonly ok: true; readonly ext: BtfExt } | Failed {
  const bad = (what: string) => failed("bad-btf", `BTF.ext: ${what}: build again with clang -g`);
  const header = readBtfHeader(bytes, 24);
  if (typeof header === "string") return bad(header);
  const { view, littleEndian, length } = header;
  const u32 = (offset: number) => view.getUint32(offset, littleEndian);

  function readTable<Item extends { readonly instruction: number }>(
    headerField: number,
    least: number,
    read: (at: number) => Item,
  ): Map<string, Item[]> | string {
    const start = length + u32(headerField);
    const end = start + u32(headerField + 4);
    const sections = new Map<string, Item[]>();
    if (start === end) return sections;
    if (end > bytes.length || start + 4 > end) return "a table is cut off";
    const recordSize = u32(start);
    if (recordSize < least || recordSize % 4 !== 0) return `records of ${recordSize} bytes are not understood`;
    let at = start + 4;
    while (at < end) {
      if (at + 8 > end) return "a table is cut off";
      const name = btfString(btf, u32(at));
      const count = u32(at + 4);
      at += 8;
      if (at + count * recordSize > end) return `the records of section ${name} are cut off`;
      const items = sections.get(name) ?? [];
      for (let index = 0; index < count; index++, at += recordSize) items.push(read(at));
      sections.set(name, items);
    }
    for (const items of sections.values()) items.sort((left, right) => left.instruction - right.instruction);
    return sections;
  }

  const functions = readTable(8, 8, (at) => ({ instruction: u32(at) >>> 3, typeId: u32(at + 4) }));
  if (typeof functions === "string") return bad(functions);
  const lines = readTable(16, 16, (at) => ({
    instruction: u32(at) >>> 3,
    fileOffset: u32(at + 4),
    textOffset: u32(at + 8),
    // line_col: 22 bits of line, 10 of column.
    line: u32(at + 12) >>> 10,
    column: u32(at + 12) & 0x3ff,
  }));
  if (typeof lines === "string") return bad(lines);
  return { ok: true, ext: { functions, lines } };
}
