/**
 * The global variables of an object: sections .rodata, .data and .bss, and a user's own such as ".data.limits", each a
 * DATASEC of the BTF. Needs no kernel and no privilege.
 */
import { btfType, type Btf } from "./read-btf.ts";
import { readElf, type Elf, type ElfSection, sectionTypes } from "./read-elf.ts";
import { btfSize } from "./resolve-btf.ts";

export interface GlobalSection {
  /** as the object names it, with its dot */
  readonly name: string;
  /** what libbpf would load: a copy, zeros for .bss */
  readonly bytes: Uint8Array;
  readonly variables: readonly SectionVariable[];
}

export interface SectionVariable {
  readonly name: string;
  readonly typeId: number;
  /** bytes from the start of the section */
  readonly offset: number;
  readonly size: number;
}

/** BTF_VAR_STATIC of linux/btf.h */
const linkageStatic = 0;
const globalLinkage = 1;
const sizeLimit = 64 * 1024 * 1024;

/** Whether libbpf makes a map of a section of this name (is_data_section of libbpf: .rodata*, .data*, .bss). */
export function isGlobalSection(name: string): boolean {
  return /^\.(rodata|data)(\..+)?$/.test(name) || name === ".bss";
}

/** Constants: libbpf freezes their map, and the verifier reads them. */
export function isConstantSection(name: string): boolean {
  return name === ".rodata" || name.startsWith(".rodata.");
}

/**
 * In the order of the sections and of their offsets. A section without BTF (strings that clang puts aside) is left out,
 * and so is a variable that lies outside of its section.
 */
export function readGlobals(bytes: Uint8Array, btf: Btf | null): readonly GlobalSection[] {
  const read = btf === null ? null : readElf(bytes);
  if (btf === null || !read?.ok) return [];
  const sections: GlobalSection[] = [];
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btfType(btf, id);
    if (type.kind !== "dataSection" || !isGlobalSection(type.name)) continue;
    const section = read.elf.sections.find((candidate) => candidate.name === type.name);
    if (section === undefined || section.size > sizeLimit) continue;
    const variables: SectionVariable[] = [];
    for (const entry of type.variables) {
      const variable = btfType(btf, entry.type);
      if (variable.kind !== "variable") continue;
      const size = btfSize(btf, variable.type);
      // clang leaves the place of all but static variables to the linker: the symbol table has it (as libbpf reads it)
      const symbol =
        variable.linkage === linkageStatic ? undefined : findSymbol(read.elf, section, variable.name, variable.linkage);
      const offset = symbol ?? entry.offset;
      if (size === null || size === 0 || offset + size > section.size) continue;
      variables.push({ name: variable.name, typeId: variable.type, offset, size });
    }
    variables.sort((left, right) => left.offset - right.offset);
    sections.push({ name: type.name, bytes: contentsOf(section), variables });
  }
  return sections.toSorted((left, right) => rank(left.name) - rank(right.name));
}

function findSymbol({ symbols }: Elf, section: ElfSection, name: string, linkage: number): number | undefined {
  if (linkage !== globalLinkage) return undefined;
  return symbols.find((symbol) => symbol.sectionIndex === section.index && symbol.name === name)?.value;
}

function contentsOf(section: ElfSection): Uint8Array {
  return section.type === sectionTypes.nobits ? new Uint8Array(section.size) : new Uint8Array(section.data);
}

/** Constants first: they are what is set most. */
function rank(name: string): number {
  return isConstantSection(name) ? 0 : name.startsWith(".data") ? 1 : 2;
}
