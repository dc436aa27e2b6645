/** An object's instructions as clang left them: before libbpf's relocation and before the verifier. */
import type { ObjectFunction } from "../object/find-functions.ts";
import type { ObjectContents } from "../object/inspect-object.ts";
import { layOutProgram } from "../object/lay-out-program.ts";
import { type Elf, sectionExecutable, sectionTypes } from "../object/read-elf.ts";
import { absolute } from "../verify/absolute.ts";
import { addFunction } from "./bpf/add-function.ts";
import { decodeInstructions, type Instruction, instructionBytes, isCall } from "./bpf/decode.ts";
import { lineTable } from "./bpf/line-table.ts";
import { readReferences, referenceText } from "./bpf/object-symbols.ts";
import { type CodeText, createCodeBuilder } from "./code-builder.ts";

/**
 * All functions, or those that `program` is loaded with. `path` is the source or object that was named: relative files
 * of line records are placed beside it.
 */
export function disassembleObject(
  contents: ObjectContents,
  elf: Elf,
  program: string | null,
  path: string,
): CodeText & { readonly notes: readonly string[] } {
  const builder = createCodeBuilder();
  const { btf, ext, littleEndian } = contents;
  const functions = program === null ? contents.functions : layOutProgram(contents, program).map((one) => one.function);
  const shown = functions.length > 0 ? functions : wholeSections(elf);
  const references = readReferences(elf, contents.functions);
  const digits = `${shown.reduce((most, one) => Math.max(most, one.start + one.instructions), 0)}`.length;
  const nameFile = (file: string): string => absolute(file, path);
  let section = -1;
  let table = lineTable(null, [], nameFile);
  for (const entry of shown) {
    if (entry.sectionIndex !== section) {
      section = entry.sectionIndex;
      table = lineTable(btf, ext?.lines.get(entry.section) ?? [], nameFile);
      builder.heading(`section "${entry.section}":`, []);
    }
    const { start } = entry;
    const end = start + entry.instructions;
    const bytes = (elf.sections[entry.sectionIndex]?.data ?? new Uint8Array(0)).subarray(
      start * instructionBytes,
      end * instructionBytes,
    );
    const shifted = decodeInstructions(bytes, littleEndian).map((one) => ({ ...one, at: one.at + start }));
    const named = (instruction: Instruction): string | null => {
      const reference = references(entry.sectionIndex, instruction.at, instruction);
      if (reference === null) return null;
      return isCall(instruction) ? ("name" in reference ? reference.name : null) : referenceText(reference);
    };
    addFunction(builder, {
      ...{ name: entry.name, instructions: shifted, start, end, digits },
      at: (instruction) => table(start, instruction),
      around: { callee: named, constant: named },
    });
  }
  return { ...builder.done(), notes: notesOf(contents, functions) };
}

function notesOf({ btf, ext, littleEndian }: ObjectContents, functions: readonly ObjectFunction[]): string[] {
  const notes: string[] = [];
  if (functions.length === 0) notes.push("the object names no function: its code is shown by section");
  if (btf === null) notes.push("the object carries no BTF: C lines are not known; build it with -g");
  else if (ext === null || ext.lines.size === 0) {
    notes.push("the object carries no line records (.BTF.ext): C lines are not known; build it with -g");
  }
  if (!littleEndian) notes.push("the object is big-endian: a little-endian kernel does not load it");
  return notes;
}

/** For objects without a symbol of type FUNC. */
function wholeSections(elf: Elf): readonly ObjectFunction[] {
  return elf.sections
    .filter(
      ({ type, flags, data }) => type === sectionTypes.progbits && (flags & sectionExecutable) !== 0 && data.length > 0,
    )
    .map(({ index, name, data }) => ({
      ...{ name, section: name, sectionIndex: index, start: 0, isProgram: false, calls: [] },
      instructions: Math.floor(data.length / instructionBytes),
    }));
}
