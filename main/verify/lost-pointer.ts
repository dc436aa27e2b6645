import { parseValue, type RegisterValue } from "./parse-state.ts";
import type { LogStep } from "./read-log.ts";
import { movesPacket, releases, type StepStates } from "./step-states.ts";

/** A pointer that was good until a call took it away. */
export interface LostPointer {
  readonly was: RegisterValue;
  /** The helper's name. */
  readonly by: string;
  readonly why: "packet-moved" | "released";
  /** Index of the calling step. */
  readonly step: number;
}

/** Far more than lies between a call and the use of what it took away; keeps a hostile log cheap. */
const lookBack = 50_000;

/** Follows a register back through copies and stack slots to the call after which the kernel forgot what it was. */
export function findLostPointer(
  steps: readonly LogStep[],
  states: StepStates,
  at: number,
  register: string,
): LostPointer | null {
  let name = register;
  // Calls inside of called functions are looked at from where those were called.
  let depth = 0;
  let inner: { readonly by: string; readonly why: LostPointer["why"] } | null = null;
  for (let index = at - 1; index >= Math.max(0, at - lookBack); index--) {
    const text = steps[index]?.text ?? "";
    if (text === "exit") {
      depth++;
      continue;
    }
    const why: LostPointer["why"] | null = movesPacket.test(text)
      ? "packet-moved"
      : releases.test(text)
        ? "released"
        : null;
    const entering = /^call (pc)?[+-]\d/.test(text);
    if (depth > 0) {
      if (why) inner = { by: helperName(text), why };
      if (!entering || --depth > 0) continue;
    }
    const found = why ? { by: helperName(text), why } : entering ? inner : null;
    if (found) {
      inner = null;
      const lost = lostBy(states, index, name, found);
      if (lost) return lost;
    }
    const before = origin(text, name);
    if (before === null) return null;
    name = before;
  }
  return null;
}

function lostBy(
  states: StepStates,
  index: number,
  name: string,
  { by, why }: { readonly by: string; readonly why: LostPointer["why"] },
): LostPointer | null {
  const { registers, stack } = states.before(index);
  const text = registers.get(name) ?? stack.get(name);
  if (text === undefined) return null;
  const was = parseValue(text);
  const matches = why === "packet-moved" ? /^pkt(_meta|_end)?$/.test(was.kind) : was.reference !== null;
  return matches ? { was, by, why, step: index } : null;
}

/** Where the value of `name` was before the instruction; null where it was made by it. */
function origin(text: string, name: string): string | null {
  if (name.startsWith("R")) {
    const number = name.slice(1);
    if (text.startsWith("call ")) return Number(number) <= 5 ? null : name;
    const written = /^[rw](\d{1,2}) \S{0,4}= ?(.*)$/.exec(text);
    if (written?.[1] !== number) return name;
    const copied = /^r\d{1,2} = r(\d{1,2})$/.exec(text);
    if (copied) return `R${copied[1]}`;
    const filled = /^r\d{1,2} = \*\(u64 \*\)\(r10 ?(-\d{1,3})\)$/.exec(text);
    if (filled) return `fp${filled[1]}`;
    // "r7 += 14" moves the pointer on.
    return /^r\d{1,2} [+-]= /.test(text) ? name : null;
  }
  const spilled = /^\*\(u64 \*\)\(r10 ?(-\d{1,3})\) = r(\d{1,2})$/.exec(text);
  return spilled && `fp${spilled[1]}` === name ? `R${spilled[2]}` : name;
}

function helperName(text: string): string {
  return /^call (\w+)/.exec(text)?.[1] ?? "a helper";
}
