/** Which C variable a register holds, followed from instruction to instruction. Claims only what the C line says. */
import type { ObjectContents } from "../object/inspect-object.ts";
import { layOutProgram } from "../object/lay-out-program.ts";
import { btfType } from "../object/read-btf.ts";
import { sourceLine } from "../object/source-line.ts";
import { assignment, callArguments, type Expression, expressionAt, onlyAccess } from "./c-expression.ts";
import type { LogStep } from "./read-log.ts";

export interface NamedRegisters {
  /** By "R0" … "R10" and "fp-8", when the verifier came to the step. */
  readonly names: ReadonlyMap<string, string>;
  /** What the C line of the step reads or writes through a pointer. */
  readonly expression: Expression | null;
}

/** struct xdp_md (include/uapi/linux/bpf.h). */
const contextFields: ReadonlyMap<number, string> = new Map([
  [0, "data"],
  [4, "data_end"],
  [8, "data_meta"],
  [12, "ingress_ifindex"],
  [16, "rx_queue_index"],
  [20, "egress_ifindex"],
]);

interface Frame {
  /** Values are C expressions; "fp-8" and such are stack slots. */
  readonly names: Map<string, string>;
  /** Registers and slots that hold the context. */
  readonly context: Set<string>;
}

/** What one instruction does to names: the same each time the walk meets it. */
interface Effect {
  readonly kind: "load" | "store" | "copy" | "add" | "call" | "enter" | "exit" | "clear" | "none";
  readonly target: string;
  readonly source: string;
  readonly offset: number;
  readonly helper: string;
  readonly line: string;
  readonly expression: Expression | null;
}

/** The names at one step, from a walk of the steps before it. Linear and total. */
export function nameRegisters(
  steps: readonly LogStep[],
  at: number,
  object: ObjectContents | null,
  program: string,
): NamedRegisters {
  const effects = new Map<number, Effect>();
  const effectOf = (step: LogStep) => {
    let effect = effects.get(step.instruction);
    if (!effect) {
      effect = readEffect(step, object, program);
      effects.set(step.instruction, effect);
    }
    return effect;
  };
  const parameters = parameterNames(object, program);
  const frames: Frame[] = [{ names: new Map(), context: new Set() }];
  const first = frames[0];
  if (first && (steps[0]?.instruction ?? 0) === 0) {
    first.context.add("R1");
    const name = parameters.get(0)?.[0];
    if (name) first.names.set("R1", name);
  }
  for (let index = 0; index < at; index++) {
    const step = steps[index];
    if (!step) break;
    if (step.resumed) frames.splice(0, frames.length, { names: new Map(), context: new Set() });
    apply(frames, effectOf(step), entered(step, steps[index + 1]), parameters);
  }
  const last = steps[at];
  if (last?.resumed) frames.splice(0, frames.length);
  return { names: frames.at(-1)?.names ?? new Map(), expression: last ? effectOf(last).expression : null };
}

/** The first step of the function that `step` calls; null for a global function, which is verified by itself. */
function entered(step: LogStep, next: LogStep | undefined): LogStep | null {
  return next && next.instruction !== step.instruction + 1 ? next : null;
}

function apply(
  frames: Frame[],
  effect: Effect,
  next: LogStep | null,
  parameters: ReadonlyMap<number, readonly string[]>,
): void {
  const frame = frames.at(-1);
  if (!frame) return;
  const { names, context } = frame;
  const set = (target: string, name: string | null | undefined, holdsContext = false) => {
    if (name) names.set(target, name);
    else names.delete(target);
    if (holdsContext) context.add(target);
    else context.delete(target);
  };
  const { target, source, offset } = effect;
  switch (effect.kind) {
    case "load":
      set(target, ...loaded(frame, effect));
      break;
    case "store":
      if (target !== "") set(target, names.get(source), context.has(source));
      break;
    case "copy":
      set(target, names.get(source), context.has(source));
      break;
    case "add": {
      const before = names.get(target);
      set(target, before === undefined ? null : `${before} ${offset < 0 ? "-" : "+"} ${Math.abs(offset)}`);
      break;
    }
    case "call": {
      for (const register of ["R0", "R1", "R2", "R3", "R4", "R5"]) set(register, null);
      set("R0", resultOf(effect));
      break;
    }
    case "enter": {
      const callee: Frame = { names: new Map(), context: new Set() };
      const wanted = next ? (parameters.get(next.instruction) ?? []) : [];
      for (let register = 1; register <= 5; register++) {
        const name = wanted[register - 1];
        if (name) callee.names.set(`R${register}`, name);
        if (context.has(`R${register}`)) callee.context.add(`R${register}`);
      }
      for (const register of ["R0", "R1", "R2", "R3", "R4", "R5"]) set(register, null);
      if (next && frames.length < 16) frames.push(callee);
      break;
    }
    case "exit":
      if (frames.length > 1) frames.pop();
      break;
    case "clear":
      set(target, null);
      break;
    case "none":
      break;
  }
}

/** Name and context bit of what a load brings. */
function loaded({ names, context }: Frame, effect: Effect): [string | null, boolean] {
  const { source, offset, line, expression } = effect;
  if (source === "R10") {
    const slot = `fp${offset}`;
    return [names.get(slot) ?? null, context.has(slot)];
  }
  if (context.has(source)) {
    const field = contextFields.get(offset);
    if (field === undefined) return [null, false];
    const set = assignment(line);
    if (set && new RegExp(`^\\w+\\s*->\\s*${field}$`).test(set.value)) return [set.variable, false];
    return [`${names.get(source) ?? "ctx"}->${field}`, false];
  }
  if (!expression) return [null, false];
  const set = assignment(line);
  return [set?.value === expression.text ? set.variable : expression.text, false];
}

/** "entry = bpf_map_lookup_elem(…)" names R0; without an assignment nobody does. */
function resultOf({ helper, line }: Effect): string | null {
  if (helper === "") return null;
  const set = assignment(line);
  if (set?.value.startsWith(`${helper}(`)) return set.variable;
  return new RegExp(`(?<![\\w=!<>])([A-Za-z_]\\w*) = ${helper}\\(`).exec(line.slice(0, 1024))?.[1] ?? null;
}

const none: Effect = { kind: "none", target: "", source: "", offset: 0, helper: "", line: "", expression: null };

function readEffect(step: LogStep, object: ObjectContents | null, program: string): Effect {
  const { text } = step;
  const own = object ? sourceLine(object, program, step.instruction) : null;
  const line = own?.text ?? step.source?.text ?? "";
  const expression = own && own.column > 0 ? expressionAt(line, own.column - 1 - own.indent) : onlyAccess(line);
  const base = { ...none, line };
  const load = /^r(\d{1,2}) = \*\([us]\d{1,2} \*\)\(r(\d{1,2}) ?([+-]\d{1,6})\)$/.exec(text);
  if (load) {
    return {
      ...base,
      kind: "load",
      target: `R${load[1]}`,
      source: `R${load[2]}`,
      offset: Number(load[3]),
      expression,
    };
  }
  const store = /^(?:lock )?\*\(u\d{1,2} \*\)\(r(\d{1,2}) ?([+-]\d{1,6})\) (\+?=) (?:r(\d{1,2})|-?\d+)/.exec(text);
  if (store) {
    const slot = store[1] === "10" ? `fp${Number(store[2])}` : "";
    return {
      ...base,
      kind: "store",
      target: slot,
      source: store[4] === undefined ? "" : `R${store[4]}`,
      offset: Number(store[2]),
      expression,
    };
  }
  const copied = /^r(\d{1,2}) = r(\d{1,2})$/.exec(text);
  if (copied) return { ...base, kind: "copy", target: `R${copied[1]}`, source: `R${copied[2]}` };
  const added = /^r(\d{1,2}) \+= (-?\d{1,9})$/.exec(text);
  if (added) return { ...base, kind: "add", target: `R${added[1]}`, offset: Number(added[2]) };
  if (/^call (pc)?[+-]\d/.test(text)) return { ...base, kind: "enter" };
  const called = /^call (\w+)#-?\d/.exec(text);
  if (called || text.startsWith("call ")) return { ...base, kind: "call", helper: called?.[1] ?? "" };
  if (text === "exit") return { ...base, kind: "exit" };
  const written = /^[rw](\d{1,2}) \S{0,4}= /.exec(text);
  return written ? { ...base, kind: "clear", target: `R${written[1]}` } : base;
}

/** C names of the parameters, by the first instruction of each function as the log numbers it. */
function parameterNames(object: ObjectContents | null, program: string): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  const { btf, ext } = object ?? {};
  if (!object || !btf || !ext) return found;
  for (const { start, function: entry } of layOutProgram(object, program)) {
    const record = ext.functions.get(entry.section)?.find(({ instruction }) => instruction === entry.start);
    const type = record ? btfType(btf, record.typeId) : null;
    const prototype = type?.kind === "function" ? btfType(btf, type.type) : null;
    if (prototype?.kind === "prototype")
      found.set(
        start,
        prototype.parameters.map(({ name }) => name),
      );
  }
  return found;
}

/** The arguments of the helper that an instruction calls, by register; empty where the C line does not show them. */
export function argumentNames(text: string, line: string): ReadonlyMap<string, string> {
  const helper = /^call (\w+)#-?\d/.exec(text)?.[1];
  const parts = helper === undefined ? null : callArguments(line, helper);
  return new Map((parts ?? []).slice(0, 5).map((part, index) => [`R${index + 1}`, part]));
}
