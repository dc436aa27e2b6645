/** Where in the C source a rejection belongs. */
import type { ObjectContents } from "../object/inspect-object.ts";
import { layOutProgram } from "../object/lay-out-program.ts";
import { btfString } from "../object/read-btf.ts";
import { readElf } from "../object/read-elf.ts";
import { recordText, type SourceLine, sourceLine } from "../object/source-line.ts";
import type { Classified } from "./classify-rejection.ts";
import type { VerifierLog } from "./read-log.ts";

/** As in a diagnostic: "" and 0 where unknown. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface PlaceInput {
  readonly object: ObjectContents | null;
  /** The ELF that `object` was read from; null where it is not at hand. */
  readonly bytes: Uint8Array | null;
  readonly program: string;
  readonly log: VerifierLog;
  readonly found: Classified | null;
  /** The main source's text, for what has no line record; null where it is not at hand. */
  readonly source: string | null;
}

export function placeRejection(input: PlaceInput): Place {
  const { object, program, log } = input;
  const special = specialPlace(input);
  const instruction = log.failingInstruction;
  const exact = special ?? (object && instruction !== null ? placeOf(sourceLine(object, program, instruction)) : null);
  const { at } = log.report ?? {};
  if (at) {
    const sameFile = exact !== null && baseName(exact.file) === baseName(at.file);
    return { file: sameFile ? exact.file : at.file, line: at.line, column: at.column };
  }
  if (exact) return exact;
  const shown = log.steps.findLast((step) => step.instruction === instruction)?.source;
  if (shown?.file && shown.line) return { file: shown.file, line: shown.line, column: 0 };
  // No better place than the program's own head.
  return (
    (object ? placeOf(sourceLine(object, program, 0)) : null) ??
    inSource(input.source, new RegExp(`\\b${escape(program)}\\s*\\(`)) ?? { file: "", line: 0, column: 0 }
  );
}

/** Classes whose words name no instruction of the walk, or another one than the line to mend. */
function specialPlace({ object, bytes, program, log, found, source }: PlaceInput): Place | null {
  if (!found) return null;
  const { match, class: kind } = found;
  const segments = object ? layOutProgram(object, program) : [];
  const at = (instruction: number) => (object ? placeOf(sourceLine(object, program, instruction)) : null);
  switch (kind.id) {
    case "unreleased-reference":
      return match[2] === undefined ? null : at(Number(match[2]));
    case "missing-exit":
      return at((segments[0]?.function.instructions ?? 0) - 1);
    case "indirect-call":
    case "unknown-instruction": {
      const opcode = Number.parseInt(/opcode ([0-9a-f]{2})/.exec(match[0])?.[1] ?? "", 16);
      const instruction = object && bytes ? findOpcode(object, bytes, program, opcode) : null;
      return instruction === null ? null : at(instruction);
    }
    case "global-function": {
      const name = match[2];
      const head = segments.find((segment) => segment.function.name === name);
      if (name === undefined || !head) return null;
      // The head has no line record of its own where the function begins with something that clang moved.
      return inSource(source, new RegExp(`^[^;=]*\\b${escape(name)}\\s*\\([^;]*$`)) ?? at(head.start);
    }
    case "unknown-function":
    case "incompatible-function": {
      if (/!read_ok/.test(match[0])) {
        const nothing = log.steps.findLast(({ text }) => /^call (kernel-function|unknown)?#0$/.test(text));
        return nothing ? at(nothing.instruction) : null;
      }
      const name = match[3] ?? match[4] ?? match[1];
      return name === undefined || /^-?\d/.test(name) || !object ? null : whereCalled(object, program, name);
    }
    case "spin-lock": {
      if (!/BPF_EXIT|is missing|-ed region/.test(match.input)) return null;
      const taken = log.steps.findLast(({ text }) => /^call bpf_(res_)?spin_lock/.test(text));
      return taken ? at(taken.instruction) : null;
    }
    case "legacy-map":
      return inSource(source, /SEC\("maps(?:\/\w+)?"\)|section\("maps(?:\/\w+)?"\)/);
    case "unknown-section":
      return inSource(source, new RegExp(`\\("${escape(match[1] ?? match[2] ?? "")}"\\)`));
    case "map-not-created":
      return inSource(source, new RegExp(`\\b${escape(match[1] ?? match[3] ?? "")}\\s+(?:SEC\\(|__attribute)`));
    default:
      return null;
  }
}

function placeOf(line: SourceLine | null): Place | null {
  return line ? { file: line.file, line: line.line, column: line.column } : null;
}

/** The first line of the program whose text calls `name`. */
function whereCalled(object: ObjectContents, program: string, name: string): Place | null {
  const { btf, ext } = object;
  if (!btf || !ext) return null;
  const call = new RegExp(`(?<!\\w)${escape(name)}\\s*\\(`);
  for (const { function: entry } of layOutProgram(object, program)) {
    for (const record of ext.lines.get(entry.section) ?? []) {
      if (record.instruction < entry.start || record.instruction >= entry.start + entry.instructions) continue;
      const called = call.exec(recordText(object, record).slice(0, 1024));
      if (called && record.line > 0) {
        return { file: btfString(btf, record.fileOffset), line: record.line, column: called.index + 1 };
      }
    }
  }
  return null;
}

function inSource(source: string | null, pattern: RegExp): Place | null {
  if (source === null) return null;
  const lines = source.split("\n");
  for (const [index, line] of lines.entries()) {
    const found = pattern.exec(line.slice(0, 1024));
    if (found && !/^\s*(\/\/|\*|#\s*define)/.test(line)) return { file: "", line: index + 1, column: found.index + 1 };
  }
  return null;
}

/** The first instruction with that opcode, as the log would number it. */
function findOpcode(object: ObjectContents, bytes: Uint8Array, program: string, opcode: number): number | null {
  const read = readElf(bytes);
  if (!read.ok) return null;
  for (const { start, function: entry } of layOutProgram(object, program)) {
    const data = read.elf.sections[entry.sectionIndex]?.data;
    for (let at = 0; at < entry.instructions; at++) {
      const found = data?.[(entry.start + at) * 8];
      if (found === opcode) return start + at;
      // A 64-bit constant takes two instructions; its second half is no opcode.
      if (found === 0x18) at++;
    }
  }
  return null;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function escape(text: string): string {
  return text.slice(0, 256).replace(/[^\w]/g, "\\$&");
}
