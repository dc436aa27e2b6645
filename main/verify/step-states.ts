/** Registers and stack through a log. The log prints only what changes: what it leaves out is carried forward here. */
import { parseState } from "./parse-state.ts";
import type { LogStep } from "./read-log.ts";

export interface MachineState {
  /** Of the function that runs: 0 is the program's own. */
  readonly frame: number;
  /** Of that function, by "R0" … "R10", as the kernel wrote them; a register that is not there holds nothing known. */
  readonly registers: ReadonlyMap<string, string>;
  /** Of that function, by "fp-8", …, 0 bytes of what was never written. */
  readonly stack: ReadonlyMap<string, string>;
  /** Ids of what must be released before the end. */
  readonly references: readonly number[];
}

export interface StepStates {
  readonly count: number;
  /** What the verifier knew when it came to the step; before the first step where there is none of that index. */
  before(step: number): MachineState;
  /** What it knew after it. */
  after(step: number): MachineState;
}

interface Machine {
  frame: number;
  readonly frames: Map<number, Map<string, string>>;
  references: readonly number[];
}

/** A kept state every so many steps: a long log costs little memory, and any step at most so many replays. */
const spacing = 256;
const lastFrame = 15;
/** Helpers and kernel functions after which no packet pointer is valid (bpf_helper_changes_pkt_data, for XDP). */
export const movesPacket = /^call bpf_xdp_(adjust_head|adjust_meta|adjust_tail|pull_data)\b/;
const calls = /^call /;
const localCall = /^call (pc[+-]\d|[+-]\d)/;
/** Takes R1 away from the program. */
export const releases =
  /^call bpf_(ringbuf_submit|ringbuf_discard|sk_release|kptr_xchg|\w+_(release|put|destroy|drop))\b/;
const packetPointer = /^pkt(_meta|_end)?\(/;

/** One walk over the log; its answers replay at most 256 steps. Pure and total. */
export function stepStates(steps: readonly LogStep[]): StepStates {
  const kept: Machine[] = [];
  const machine: Machine = { frame: 0, frames: new Map(), references: [] };
  steps.forEach((step, index) => {
    if (index % spacing === 0) kept.push(copy(machine));
    enter(machine, step);
    leave(machine, step);
  });
  const replay = (index: number, whole: boolean): MachineState => {
    const at = Math.max(0, Math.min(Number.isInteger(index) ? index : 0, steps.length - 1));
    const from = Math.floor(at / spacing);
    const state = copy(kept[from] ?? machine);
    for (let position = from * spacing; position <= at; position++) {
      const step = steps[position];
      if (!step) break;
      enter(state, step);
      if (position < at || whole) leave(state, step);
    }
    return freeze(state);
  };
  return { count: steps.length, before: (index) => replay(index, false), after: (index) => replay(index, true) };
}

function copy({ frame, frames, references }: Machine): Machine {
  return { frame, frames: new Map([...frames].map(([key, values]) => [key, new Map(values)])), references };
}

function freeze(machine: Machine): MachineState {
  const values = [...valuesOf(machine, machine.frame)];
  return {
    frame: machine.frame,
    registers: new Map(values.filter(([name]) => name.startsWith("R"))),
    stack: new Map(values.filter(([name]) => name.startsWith("fp"))),
    references: machine.references,
  };
}

function valuesOf(machine: Machine, frame: number): Map<string, string> {
  let values = machine.frames.get(frame);
  if (!values) {
    values = new Map();
    machine.frames.set(frame, values);
  }
  return values;
}

function enter(machine: Machine, step: LogStep): void {
  if (step.before !== "") merge(machine, step.before, true);
}

function leave(machine: Machine, step: LogStep): void {
  const { text } = step;
  if (calls.test(text) && !localCall.test(text)) {
    const values = valuesOf(machine, machine.frame);
    if (releases.test(text)) forget(machine, reference(values.get("R1") ?? ""));
    for (let register = 0; register <= 5; register++) values.delete(`R${register}`);
    if (movesPacket.test(text)) forgetPackets(machine);
  } else if (text === "exit" && machine.frame > 0) {
    machine.frames.delete(machine.frame);
    machine.frame--;
  }
  if (step.state === "") return;
  const before = text.startsWith("if ") ? new Map(valuesOf(machine, machine.frame)) : null;
  merge(machine, step.state, false);
  if (before) spread(machine, before);
}

/** What a comparison proves of one register holds for its copies too, which the log does not print. */
function spread(machine: Machine, before: ReadonlyMap<string, string>): void {
  for (const [name, value] of [...valuesOf(machine, machine.frame)]) {
    const old = before.get(name);
    if (value === "" || (old === value && !value.startsWith("pkt("))) continue;
    if (/^pkt(_meta)?\(/.test(value)) spreadRange(machine, value);
    else if (old !== undefined) spreadSame(machine, old, value);
  }
}

/** find_good_pkt_pointers: all packet pointers with the same variable part have the same number of proved bytes. */
function spreadRange(machine: Machine, value: string): void {
  const range = Number(/\br=(\d{1,6})\b/.exec(value)?.[1] ?? 0);
  if (range === 0) return;
  const id = packetId(value);
  for (const values of machine.frames.values()) {
    for (const [name, other] of values) {
      const own = /\br=(\d{1,6})\b/.exec(other);
      if (!/^pkt(_meta)?\(/.test(other) || !own || Number(own[1]) >= range || packetId(other) !== id) continue;
      values.set(name, other.replace(/\br=\d{1,6}\b/, `r=${range}`));
    }
  }
}

function packetId(value: string): string {
  return `${/^pkt\w*/.exec(value)?.[0]} ${/[(,]id=(\d{1,9})/.exec(value)?.[1] ?? "0"}`;
}

/** A pointer that turned out not to be NULL, and numbers that are equal, by their id. */
function spreadSame(machine: Machine, old: string, value: string): void {
  const id = /^(\w+_or_null|scalar)\((?:[^()]{0,200},)?id=(\d{1,9})[,)]/.exec(old);
  if (!id) return;
  for (const values of machine.frames.values()) {
    for (const [name, other] of values) if (other === old) values.set(name, value);
  }
}

function merge(machine: Machine, text: string, takenUp: boolean): void {
  const state = parseState(text);
  const frame = Math.min(state.frame, lastFrame);
  for (const deeper of [...machine.frames.keys()]) if (deeper > frame) machine.frames.delete(deeper);
  machine.frame = frame;
  const values = valuesOf(machine, frame);
  if (takenUp && state.complete) values.clear();
  for (const [name, value] of state.values) values.set(name, value);
  if (state.references) machine.references = state.references;
  else if (takenUp && state.complete) machine.references = [];
}

/** The kernel makes them plain numbers without a word in the log. */
function forgetPackets(machine: Machine): void {
  for (const values of machine.frames.values()) {
    for (const [name, value] of values) if (packetPointer.test(value)) values.set(name, "scalar()");
  }
}

function forget(machine: Machine, id: string | null): void {
  if (id === null) return;
  for (const values of machine.frames.values()) {
    for (const [name, value] of values) if (reference(value) === id) values.set(name, "scalar()");
  }
  machine.references = machine.references.filter((held) => `${held}` !== id);
}

function reference(value: string): string | null {
  return /\bref_obj_id=(\d{1,9})/.exec(value)?.[1] ?? null;
}
