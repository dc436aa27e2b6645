/** Types and flags of ELF sections in words (elf(5), and llvm-readelf's spelling). */
const types: ReadonlyMap<number, string> = new Map([
  [0, "NULL"],
  [1, "PROGBITS"],
  [2, "SYMTAB"],
  [3, "STRTAB"],
  [4, "RELA"],
  [5, "HASH"],
  [6, "DYNAMIC"],
  [7, "NOTE"],
  [8, "NOBITS"],
  [9, "REL"],
  [11, "DYNSYM"],
  [14, "INIT_ARRAY"],
  [15, "FINI_ARRAY"],
  [17, "GROUP"],
  [0x6fff4c03, "LLVM_ADDRSIG"],
]);
const flags: readonly (readonly [number, string])[] = [
  [0x1, "WRITE"],
  [0x2, "ALLOC"],
  [0x4, "EXECINSTR"],
  [0x10, "MERGE"],
  [0x20, "STRINGS"],
  [0x40, "INFO_LINK"],
  [0x80, "LINK_ORDER"],
  [0x200, "GROUP"],
  [0x400, "TLS"],
  [0x8000_0000, "EXCLUDE"],
];

export function sectionTypeName(type: number): string {
  return types.get(type) ?? `0x${type.toString(16)}`;
}

/** As "ALLOC EXECINSTR"; bits without a name in hex. */
export function sectionFlagNames(value: number): string {
  const found = flags.filter(([bit]) => Math.floor(value / bit) % 2 === 1);
  const rest = found.reduce((left, [bit]) => left - bit, value);
  return [...found.map(([, name]) => name), ...(rest > 0 ? [`0x${rest.toString(16)}`] : [])].join(" ");
}
