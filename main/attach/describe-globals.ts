/** The global variables of an object as typed cells: what they are declared as, and what a user may type in their place. */
import type { GlobalVariable } from "../../protocol/reload.ts";
import { type Btf, btfType } from "../object/read-btf.ts";
import { type GlobalSection, isConstantSection, readGlobals, type SectionVariable } from "../object/read-globals.ts";
import { choicesOf, describeField } from "../tables/describe-field.ts";
import { describeLayout } from "../tables/describe-layout.ts";
import { formatColumn } from "../tables/format-value.ts";
import { bytesField, type LayoutColumn, type LayoutNode } from "../tables/layout.ts";

export interface TypedSection {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly variables: readonly TypedVariable[];
}

export interface TypedVariable {
  readonly name: string;
  /** one cell: an array or struct is JSON in it */
  readonly column: LayoutColumn;
  readonly size: number;
  /** null where it can be set before the load, else why not */
  readonly readOnly: string | null;
}

export function typedSections(bytes: Uint8Array, btf: Btf | null): readonly TypedSection[] {
  if (btf === null) return [];
  const sections = readGlobals(bytes, btf);
  const seen = new Map<string, number>();
  for (const { variables } of sections) {
    for (const { name } of variables) seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  return sections.map((section) => ({
    name: section.name,
    bytes: section.bytes,
    littleEndian: btf.littleEndian,
    variables: section.variables.map((variable) => ({
      name: variable.name,
      column: { path: variable.name, offset: variable.offset, node: nodeOf(btf, variable) },
      size: variable.size,
      readOnly: (seen.get(variable.name) ?? 0) > 1 ? "several variables of this name" : whyFixed(btf, section, variable),
    })),
  }));
}

export function describeGlobal(
  section: TypedSection,
  variable: TypedVariable,
  running: string | null,
): GlobalVariable {
  const { node } = variable.column;
  return {
    section: section.name,
    name: variable.name,
    type: node.type,
    bytes: variable.size,
    value: formatColumn(variable.column, section.bytes, section.littleEndian),
    running,
    hint: describeField(node),
    choices: choicesOf(node)?.slice() ?? null,
    readOnly: variable.readOnly,
  };
}

function nodeOf(btf: Btf, { name, typeId, size }: SectionVariable): LayoutNode {
  return describeLayout(btf, typeId, size, name)?.root ?? bytesField(size);
}

/** What is const and not volatile has gone into the instructions: another value in the section would not be seen. */
function whyFixed(btf: Btf, section: GlobalSection, variable: SectionVariable): string | null {
  if (!isConstantSection(section.name) || isVolatile(btf, variable.typeId)) return null;
  return "const without volatile: the compiler has put its value into the code; declare it const volatile to set it";
}

function isVolatile(btf: Btf, typeId: number): boolean {
  let type = btfType(btf, typeId);
  for (let step = 0; step < 32; step++) {
    if (type.kind === "volatile") return true;
    if (type.kind !== "const" && type.kind !== "typedef" && type.kind !== "array" && type.kind !== "restrict") return false;
    type = btfType(btf, type.type);
  }
  return false;
}
