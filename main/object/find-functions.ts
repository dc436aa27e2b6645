import { type Elf, type ElfSymbol, readRelocations, sectionExecutable, sectionTypes, symbolTypes } from "./read-elf.ts";

/** A function of the object: a program, or a subprogram in .text. Positions count instructions of eight bytes. */
export interface ObjectFunction {
  readonly name: string;
  readonly section: string;
  readonly sectionIndex: number;
  /** In its section. */
  readonly start: number;
  readonly instructions: number;
  /** Entered by libbpf through an attachment; else only called. */
  readonly isProgram: boolean;
  /** References to other functions of .text, in instruction order; `at` counts from the function's start. */
  readonly calls: readonly { readonly at: number; readonly callee: number }[];
}

const instructionSize = 8;
const codeCall = 0x85;
const codeLoadImmediate64 = 0x18;
const pseudoCall = 1;
/** The kernel's own limit of a program is a million. */
const instructionLimit = 4_000_000;

/** Every function of the executable sections, or what is wrong with them. `callee` indexes the answer. */
export function findFunctions(elf: Elf): readonly ObjectFunction[] | string {
  const relocations = readRelocations(elf);
  if (!relocations) return "more relocations than any real object has";
  const textIndex = elf.sections.findIndex((section) => section.name === ".text");
  const found: { readonly symbol: ElfSymbol; readonly start: number; readonly instructions: number }[] = [];
  let total = 0;
  for (const symbol of elf.symbols) {
    const section = elf.sections[symbol.sectionIndex];
    if (symbol.type !== symbolTypes.func || !section || symbol.size === 0) continue;
    if (section.type !== sectionTypes.progbits || (section.flags & sectionExecutable) === 0) continue;
    if (symbol.value % instructionSize !== 0 || symbol.size % instructionSize !== 0) {
      return `function ${symbol.name} is not made of whole instructions`;
    }
    if (symbol.value + symbol.size > section.data.length) return `function ${symbol.name} lies outside its section`;
    total += symbol.size / instructionSize;
    if (total > instructionLimit) return `more than ${instructionLimit} instructions`;
    found.push({
      symbol,
      start: symbol.value / instructionSize,
      instructions: symbol.size / instructionSize,
    });
  }
  found.sort((left, right) => left.symbol.sectionIndex - right.symbol.sectionIndex || left.start - right.start);
  const hasOther = found.length > 1;
  const starts = new Map<number, number>();
  found.forEach((entry, index) => {
    if (entry.symbol.sectionIndex === textIndex) starts.set(entry.start, index);
  });
  const symbolOf = new Map<number, Map<number, number>>();
  for (const [section, list] of relocations) {
    symbolOf.set(section, new Map(list.map((relocation) => [relocation.offset, relocation.symbolIndex])));
  }

  return found.map(({ symbol, start, instructions }) => {
    const section = elf.sections[symbol.sectionIndex];
    const data = section?.data ?? new Uint8Array(0);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const patched = symbolOf.get(symbol.sectionIndex);
    const calls: { at: number; callee: number }[] = [];
    for (let at = 0; at < instructions; at++) {
      const offset = (start + at) * instructionSize;
      const code = view.getUint8(offset);
      if (code !== codeCall && code !== codeLoadImmediate64) continue;
      const immediate = view.getInt32(offset + 4, elf.littleEndian);
      const symbolIndex = patched?.get(offset);
      const target = symbolIndex === undefined ? undefined : elf.symbols[symbolIndex];
      let position: number | null = null;
      if (code === codeCall) {
        if (sourceRegister(view.getUint8(offset + 1), elf.littleEndian) !== pseudoCall) continue;
        // A static function is addressed from its section's symbol by the immediate, a global one by its own symbol
        // with an immediate of -1; without a relocation the call is relative to where it stands (libbpf does the same).
        if (!target) position = start + at + immediate + 1;
        else if (target.sectionIndex === textIndex) position = target.value / instructionSize + immediate + 1;
      } else if (target && target.sectionIndex === textIndex) {
        position = (target.value + immediate) / instructionSize;
      }
      const callee = position === null ? undefined : starts.get(position);
      if (callee !== undefined) calls.push({ at, callee });
    }
    return {
      name: symbol.name,
      section: section?.name ?? "",
      sectionIndex: symbol.sectionIndex,
      start,
      instructions,
      // libbpf: what stands in .text is a subprogram, unless it is the object's only function.
      isProgram: symbol.sectionIndex !== textIndex || !hasOther,
      calls,
    };
  });
}

/** The register byte holds destination and source as bit fields, in the order of the target's byte order. */
function sourceRegister(registers: number, littleEndian: boolean): number {
  return littleEndian ? registers >> 4 : registers & 0xf;
}
