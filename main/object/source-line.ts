import type { ObjectContents } from "./inspect-object.ts";
import { layOutProgram } from "./lay-out-program.ts";
import { btfString } from "./read-btf.ts";
import type { LineRecord } from "./read-btf-ext.ts";
import { recordAt } from "./record-at.ts";

/** A place in the C source as .BTF.ext tells it. For code from a header or a macro's body it is the header's line. */
export interface SourceLine {
  /** As clang wrote it: absolute, or relative to where it ran. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based; 0 where clang named none. */
  readonly column: number;
  readonly text: string;
  /** How many bytes of white space were cut from the front of `text`: column counts them. */
  readonly indent: number;
  /** The C function that the instruction belongs to. */
  readonly function: string;
}

/**
 * The C line of an instruction as the verifier's log numbers it. Null without line records (no -g), for an unknown
 * program and for an instruction outside it.
 */
export function sourceLine(object: ObjectContents, program: string, instruction: number): SourceLine | null {
  const segment = layOutProgram(object, program).findLast(({ start }) => start <= instruction);
  if (!segment || !object.btf || !object.ext) return null;
  const { start, instructions, section, name } = segment.function;
  const position = start + instruction - segment.start;
  if (!Number.isInteger(instruction) || position < start || position >= start + instructions) return null;
  const record = lastAtOrBefore(object.ext.lines.get(section) ?? [], start, position);
  if (!record) return null;
  const raw = recordText(object, record);
  return {
    file: btfString(object.btf, record.fileOffset),
    line: record.line,
    column: record.column,
    text: raw.trim(),
    indent: raw.length - raw.trimStart().length,
    function: name,
  };
}

/** The C line of a record, with the white space before it: of the text that was built, else as clang found it on disk. */
export function recordText({ btf, source }: ObjectContents, record: LineRecord): string {
  if (!btf) return "";
  const built = source && btfString(btf, record.fileOffset) === source.file ? source.lines[record.line - 1] : undefined;
  return built ?? btfString(btf, record.textOffset);
}

/** The record that covers `instruction`; clang writes line 0 for code of its own making, which belongs to no line. */
function lastAtOrBefore(records: readonly LineRecord[], start: number, instruction: number): LineRecord | null {
  for (let index = recordAt(records, instruction); index >= 0; index--) {
    const record = records[index];
    if (!record || record.instruction < start) return null;
    if (record.line !== 0) return record;
  }
  return null;
}
