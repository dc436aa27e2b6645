/** One function's instructions as lines: its head, a label before each target of its jumps, and its code. */
import type { CodeBuilder, NamedPlace } from "../code-builder.ts";
import { type Instruction, jumpTarget } from "./decode.ts";
import { printInstruction, type Surroundings } from "./print.ts";

export interface FunctionCode {
  readonly name: string;
  readonly instructions: readonly Instruction[];
  /** of the first instruction */
  readonly start: number;
  /** beyond the last */
  readonly end: number;
  readonly at: (instruction: number) => readonly NamedPlace[];
  readonly around: Surroundings;
  /** of the object's or program's last instruction: as wide as the greatest number */
  readonly digits: number;
}

export function addFunction(builder: CodeBuilder, code: FunctionCode): void {
  const { name, instructions, start, end, at, around, digits } = code;
  const labels = labelTargets(instructions, start, end);
  builder.heading(`${name}:`, at(start), name);
  for (const instruction of instructions) {
    const label = labels.get(instruction.at);
    if (label !== undefined) builder.heading(`${label}:`, []);
    const text = printInstruction(instruction, { ...around, label: (target) => labels.get(target) ?? null });
    builder.code(`${`${instruction.at}`.padStart(digits + 2)}: ${text}`, at(instruction.at));
  }
}

/** L1, L2, … in the order of the text; what jumps into the middle of a constant or out of the function has none. */
function labelTargets(instructions: readonly Instruction[], start: number, end: number): ReadonlyMap<number, string> {
  const targets = new Set<number>();
  for (const instruction of instructions) {
    const target = jumpTarget(instruction);
    if (target !== null && target >= start && target < end) targets.add(target);
  }
  const labels = new Map<number, string>();
  for (const { at } of instructions) if (targets.has(at)) labels.set(at, `L${labels.size + 1}`);
  return labels;
}
