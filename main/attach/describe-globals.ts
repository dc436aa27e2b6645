/** The global variables of an object as typed cells: what they are declared as, and what a user types in their place. */
import { Failed } from "../../protocol/failures.ts";
import type { GlobalVariable, LoadOptions } from "../../protocol/reload.ts";
import { type Btf, btfType } from "../object/read-btf.ts";
import { type GlobalSection, isConstantSection, readGlobals, type SectionVariable } from "../object/read-globals.ts";
import { choicesOf, describeField } from "../tables/describe-field.ts";
import { describeLayout, makeLayout } from "../tables/describe-layout.ts";
import { formatColumn } from "../tables/format-value.ts";
import { bytesField, type Layout, type LayoutColumn, type LayoutNode } from "../tables/layout.ts";
import { parseColumn } from "../tables/parse-node.ts";

export interface TypedSection {
  readonly name: string;
  /** as the object declares it */
  readonly bytes: Uint8Array;
  readonly btf: Btf;
  readonly variables: readonly TypedVariable[];
}

export interface TypedVariable extends SectionVariable {
  /** one cell: an array or struct is JSON in it */
  readonly column: LayoutColumn;
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
    btf,
    variables: section.variables.map((variable) => ({
      ...variable,
      column: { path: variable.name, offset: variable.offset, node: nodeOf(btf, variable) },
      readOnly:
        (seen.get(variable.name) ?? 0) > 1 ? "several variables of this name" : whyFixed(btf, section, variable),
    })),
  }));
}

export function describeGlobal(section: TypedSection, variable: TypedVariable, running: string | null): GlobalVariable {
  const { node } = variable.column;
  return {
    section: section.name,
    name: variable.name,
    type: node.type,
    bytes: variable.size,
    value: formatColumn(variable.column, section.bytes, section.btf.littleEndian),
    running,
    hint: describeField(node),
    choices: choicesOf(node)?.slice() ?? null,
    readOnly: variable.readOnly,
  };
}

/** The section as a struct of its variables. */
export function sectionLayout({ name, bytes, btf, variables }: TypedSection): Layout {
  const members = variables.map((variable) => ({
    name: variable.name,
    offset: variable.offset,
    node: variable.column.node,
  }));
  const root = { kind: "struct", type: name, size: bytes.length, members, prefix: false } as const;
  return makeLayout(root, "value", btf.littleEndian);
}

/**
 * Writes what the user typed into copies of the sections.
 * @returns those that differ from what the object declares in at least one variable, by name
 * @throws Failed `bad-value`, its field the variable's name
 */
export function setGlobals(
  sections: readonly TypedSection[],
  wanted: NonNullable<LoadOptions["globals"]>,
): ReadonlyMap<string, Uint8Array> {
  const changed = new Map<string, Uint8Array>();
  const done = new Set<string>();
  for (const { name, value } of wanted) {
    const section = sections.find(({ variables }) => variables.some((variable) => variable.name === name));
    const variable = section?.variables.find((candidate) => candidate.name === name);
    if (section === undefined || variable === undefined) throw unknownGlobal(sections, name);
    if (variable.readOnly !== null) throw bad(name, `global ${name}: ${variable.readOnly}`);
    if (done.has(name)) throw bad(name, `global ${name}: it is given twice`);
    done.add(name);
    const bytes = changed.get(section.name) ?? new Uint8Array(section.bytes);
    setVariable(section, variable, value, bytes);
    changed.set(section.name, bytes);
  }
  return changed;
}

/** @throws Failed `bad-value` */
export function setVariable(section: TypedSection, variable: TypedVariable, value: string, bytes: Uint8Array): void {
  const failure = parseColumn(variable.column, value, bytes, section.btf.littleEndian);
  if (failure !== null) throw bad(variable.name, failure.message.replace(/^field /, "global "));
}

function unknownGlobal(sections: readonly TypedSection[], name: string): Failed {
  const names = sections.flatMap(({ variables }) => variables.map((variable) => variable.name));
  const known = names.length > 12 ? `${names.slice(0, 12).join(", ")}, …` : names.join(", ");
  return bad(name, `global ${name}: the object has none of that name; it has ${known || "none"}`);
}

function bad(field: string, message: string): Failed {
  return new Failed({ kind: "bad-value", field, message });
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
    if (type.kind !== "const" && type.kind !== "typedef" && type.kind !== "array" && type.kind !== "restrict") {
      return false;
    }
    type = btfType(btf, type.type);
  }
  return false;
}
