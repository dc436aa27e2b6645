/** What the verifier knew at a step of its walk, in words and with the names of C variables. Pure. */
import type { RegisterKnown } from "../../protocol/verify.ts";
import type { ObjectContents } from "../object/inspect-object.ts";
import { sourceLine } from "../object/source-line.ts";
import type { Expression } from "./c-expression.ts";
import { describeRegister } from "./describe-register.ts";
import type { LostPointer } from "./lost-pointer.ts";
import { argumentNames, nameRegisters } from "./name-registers.ts";
import { parseValue } from "./parse-state.ts";
import type { LogStep } from "./read-log.ts";
import type { MachineState, StepStates } from "./step-states.ts";

export interface StepKnown {
  readonly state: MachineState;
  /** The step's C line; empty where unknown. */
  readonly line: string;
  /** By "R0" … "R10" and "fp-8", as they were followed. */
  readonly names: ReadonlyMap<string, string>;
  readonly expression: Expression | null;
  /** The name to show: the argument's or the variable's that the source says. */
  readonly variableOf: (register: string) => string | undefined;
}

export interface WalkedProgram {
  readonly steps: readonly LogStep[];
  readonly states: StepStates;
  /** Null where the object could not be read. */
  readonly object: ObjectContents | null;
  readonly program: string;
  /** The main source's text; null where it is not at hand. */
  readonly source: string | null;
}

/** Linear in `at`; null where there is no such step. */
export function knownAt({ steps, states, object, program, source }: WalkedProgram, at: number): StepKnown | null {
  const step = steps[at];
  if (!step) return null;
  const state = states.before(at);
  const exact = object ? sourceLine(object, program, step.instruction) : null;
  const line = exact?.text ?? step.source?.text ?? "";
  const { names, expression } = nameRegisters(steps, at, object, program);
  const given = argumentNames(step.text, line);
  const variableOf = (register: string) => {
    const name = given.get(register) ?? alias(names.get(register), expression?.base, source);
    // "event + 4" of a pointer are bytes here, and elements in C.
    const counts = name !== undefined && / [-+] \d+$/.test(name) && !given.has(register);
    return counts && !/^-?\d|^P?-?\d|^scalar/.test(state.registers.get(register) ?? "0") ? `${name} bytes` : name;
  };
  return { state, line, names, expression, variableOf };
}

/** "eth" where the source says once and for all `eth = data;`, else the name as it is. */
function alias(name: string | undefined, base: string | undefined, source: string | null): string | undefined {
  if (name === undefined || base === undefined || base === name || source === null) return name;
  const set = [...source.matchAll(new RegExp(`\\b${base}\\s*=(?!=)([^;\\n]{1,200});`, "g"))];
  const value = set.length === 1 ? (set[0]?.[1] ?? "").replace(/^\s*(\([\w\s*]{1,60}\)\s*){0,4}/, "").trim() : "";
  return value === name ? base : name;
}

/** Those that the kernel names; else those of the instruction, the one that holds the address first. */
export function concernedRegisters(errors: readonly string[], instruction: string): readonly string[] {
  const named = new Set<string>();
  for (const error of errors)
    for (const found of error.slice(0, 1000).matchAll(/\bR(\d{1,2})\b/g)) named.add(`R${found[1]}`);
  for (const error of errors) {
    // Arguments count from 0; a map is a helper's first.
    const argument =
      /\barg ?#?([0-4])\b/.exec(error)?.[1] ?? (error.startsWith("cannot pass map_type") ? "0" : undefined);
    if (argument !== undefined && instruction.startsWith("call ")) named.add(`R${Number(argument) + 1}`);
  }
  if (named.size > 0) return [...named];
  const address = /\(r(\d{1,2}) ?[+-]\d/.exec(instruction);
  if (address) named.add(`R${address[1]}`);
  if (!instruction.startsWith("call ")) {
    for (const found of instruction.matchAll(/\b[rw](\d{1,2})\b/g)) named.add(`R${found[1]}`);
  }
  return [...named];
}

/** `lost`: the first of those concerned held a pointer until a call took it away. */
export function describeRegisters(
  { registers }: MachineState,
  concerned: readonly string[],
  variableOf: StepKnown["variableOf"],
  lost: LostPointer | null,
): readonly RegisterKnown[] {
  const others = [...registers.keys()]
    .filter((register) => !concerned.includes(register))
    .sort((one, other) => Number(one.slice(1)) - Number(other.slice(1)));
  return [...concerned, ...others].slice(0, 16).map((register) => {
    const text = registers.get(register);
    const words = describeRegister(text === undefined ? null : parseValue(text));
    const was =
      lost && register === concerned[0] ? `number (${describeRegister(lost.was).is} before ${lost.by})` : null;
    return {
      register,
      variable: variableOf(register) ?? null,
      is: was ?? words.is,
      proved: words.proved,
      concerned: concerned.includes(register),
    };
  });
}
