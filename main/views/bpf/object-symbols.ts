/** What the relocations of an object's instructions stand for, by name. */
import type { ObjectFunction } from "../../object/find-functions.ts";
import {
  type Elf,
  type ElfSection,
  type ElfSymbol,
  readRelocations,
  sectionExecutable,
  symbolTypes,
} from "../../object/read-elf.ts";
import { isLegacySection } from "../../object/read-legacy-maps.ts";
import { type Instruction, instructionBytes, isCall, pseudo } from "./decode.ts";

/** What an instruction's relocation names. */
export type Reference =
  | { readonly kind: "map" | "function" | "extern"; readonly name: string }
  /** `offset` bytes into a variable, or into a section where no variable lies there */
  | { readonly kind: "variable" | "section"; readonly name: string; readonly offset: number };

/** `position` counts instructions in the section. Null where nothing is relocated, or the target makes no sense. */
export type References = (sectionIndex: number, position: number, instruction: Instruction) => Reference | null;

export function readReferences(elf: Elf, functions: readonly ObjectFunction[]): References {
  const patched = new Map<number, ReadonlyMap<number, number>>();
  for (const [section, list] of readRelocations(elf) ?? []) {
    patched.set(section, new Map(list.map(({ offset, symbolIndex }) => [offset, symbolIndex])));
  }
  const objects = new Map<number, ElfSymbol[]>();
  for (const symbol of elf.symbols) {
    if (symbol.type === symbolTypes.section || symbol.name === "" || !elf.sections[symbol.sectionIndex]) continue;
    const list = objects.get(symbol.sectionIndex) ?? [];
    list.push(symbol);
    objects.set(symbol.sectionIndex, list);
  }
  for (const list of objects.values()) list.sort((one, other) => one.value - other.value);
  const heads = new Map(functions.map((entry) => [`${entry.sectionIndex}:${entry.start}`, entry.name]));
  const functionAt = (section: number, position: number): Reference | null => {
    const name = heads.get(`${section}:${position}`);
    return name === undefined ? null : { kind: "function", name };
  };

  return (sectionIndex, position, instruction) => {
    const symbolIndex = patched.get(sectionIndex)?.get(position * instructionBytes);
    const symbol = symbolIndex === undefined ? undefined : elf.symbols[symbolIndex];
    const { immediate } = instruction;
    if (isCall(instruction)) {
      if (symbol === undefined) {
        return instruction.src === pseudo.call ? functionAt(sectionIndex, position + immediate + 1) : null;
      }
      const own = functionAt(symbol.sectionIndex, symbol.value / instructionBytes + immediate + 1);
      if (own !== null) return own;
      return symbol.sectionIndex === 0 && symbol.name !== "" ? { kind: "extern", name: symbol.name } : null;
    }
    if (symbol === undefined) return null;
    const section = elf.sections[symbol.sectionIndex];
    if (section === undefined || symbol.sectionIndex === 0) {
      return symbol.name === "" ? null : { kind: "extern", name: symbol.name };
    }
    if ((section.flags & sectionExecutable) !== 0) {
      return functionAt(symbol.sectionIndex, (symbol.value + immediate) / instructionBytes);
    }
    return data(section, symbol, immediate, objects.get(symbol.sectionIndex) ?? []);
  };
}

/** libbpf takes the addend from the instruction itself, of both relocation forms. */
function data(section: ElfSection, symbol: ElfSymbol, addend: number, named: readonly ElfSymbol[]): Reference | null {
  const offset = symbol.value + addend;
  const exact = symbol.type !== symbolTypes.section && symbol.name !== "" ? symbol : undefined;
  const holder = exact ?? named.findLast(({ value, size }) => value <= offset && offset < value + Math.max(size, 1));
  if (section.name === ".maps" || isLegacySection(section.name)) {
    return holder === undefined ? null : { kind: "map", name: holder.name };
  }
  if (holder === undefined) return { kind: "section", name: section.name, offset };
  return { kind: "variable", name: holder.name, offset: offset - holder.value };
}

export function referenceText(reference: Reference): string {
  switch (reference.kind) {
    case "map":
      return `map ${reference.name}`;
    case "function":
      return `function ${reference.name}`;
    case "extern":
      return `extern ${reference.name}`;
    case "variable":
      return `&${reference.name}${behind(reference.offset)}`;
    case "section":
      return `${reference.name}${behind(reference.offset)}`;
  }
}

export function behind(offset: number): string {
  return offset === 0 ? "" : offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
}
