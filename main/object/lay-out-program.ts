import type { ObjectFunction } from "./find-functions.ts";
import type { ObjectContents } from "./inspect-object.ts";

/** A run of instructions of a loaded program that came from one function of the object. */
export interface ProgramSegment {
  readonly function: ObjectFunction;
  /** Index of its first instruction in the program as the kernel got it. */
  readonly start: number;
}

/**
 * The program as libbpf loads it: its own instructions, then each subprogram at the first call that meets it, before
 * the calls that follow (libbpf, bpf_object__reloc_code). The verifier's instruction numbers count in this order.
 * Empty where the object has no program of that name.
 */
export function layOutProgram(object: ObjectContents, program: string): readonly ProgramSegment[] {
  const main = object.functions.find((entry) => entry.isProgram && entry.name === program);
  if (!main) return [];
  const segments: ProgramSegment[] = [{ function: main, start: 0 }];
  const appended = new Set<ObjectFunction>();
  let end = main.instructions;
  // A stack of its own in place of recursion: a chain of calls may be as long as the object has functions.
  const pending: { readonly function: ObjectFunction; next: number }[] = [{ function: main, next: 0 }];
  for (let top = pending.at(-1); top; top = pending.at(-1)) {
    const call = top.function.calls[top.next++];
    if (!call) {
      pending.pop();
      continue;
    }
    const callee = object.functions[call.callee];
    if (!callee || appended.has(callee)) continue;
    appended.add(callee);
    segments.push({ function: callee, start: end });
    end += callee.instructions;
    pending.push({ function: callee, next: 0 });
  }
  return segments;
}

/** How many instructions the kernel gets, before the verifier rewrites them. */
export function loadedInstructions(object: ObjectContents, program: string): number {
  return layOutProgram(object, program).reduce((total, segment) => total + segment.function.instructions, 0);
}
