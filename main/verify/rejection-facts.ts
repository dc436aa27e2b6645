import type { RegisterValue } from "./parse-state.ts";
import type { LostPointer } from "./lost-pointer.ts";

/** What is known of a rejection when its class is told and put into words. */
export interface RejectionFacts {
  readonly program: string;
  /** The kernel's or libbpf's lines, first one first. */
  readonly errors: readonly string[];
  /** The instruction that failed, as the log prints it; empty where the program was refused before the walk. */
  readonly instruction: string;
  /** Its C line; empty where unknown. */
  readonly line: string;
  /** The access in that line, as "eth->h_proto". */
  readonly expression: string | null;
  /** The register that the kernel names, as "R1", and the C variable in it. */
  readonly register: string | null;
  readonly variable: string | null;
  /** The C variable in the second register concerned, such as the number that is added to a pointer. */
  readonly otherVariable: string | null;
  /** Of that register, before the instruction. */
  readonly value: RegisterValue | null;
  /** Where the register held a good pointer until a call took it away. */
  readonly lost: LostPointer | null;
  /** Packet pointers that a comparison with data_end has proved something about. */
  readonly checkedPackets: readonly { readonly name: string; readonly value: RegisterValue }[];
  /** The walk met a call of a kernel function that is not there. */
  readonly calledNothing: boolean;
}

export const nothingKnown: RejectionFacts = {
  program: "",
  errors: [],
  instruction: "",
  line: "",
  expression: null,
  register: null,
  variable: null,
  otherVariable: null,
  value: null,
  lost: null,
  checkedPackets: [],
  calledNothing: false,
};

export interface RejectionClass {
  /** Stable, kebab-case. */
  readonly id: string;
  /** A few words. */
  readonly title: string;
  /** Looked for in each line of the kernel's or libbpf's words. */
  readonly pattern: RegExp;
  readonly when?: (facts: RejectionFacts, match: RegExpExecArray) => boolean;
  /** What happened, in plain words. */
  readonly explain: (facts: RejectionFacts, match: RegExpExecArray) => string;
  /** What usually helps. */
  readonly fix: string | ((facts: RejectionFacts, match: RegExpExecArray) => string);
  readonly snippet?: string | ((facts: RejectionFacts, match: RegExpExecArray) => string | null);
}

/** The best name for what is accessed: "eth->h_proto", else "what entry points to", else "what R1 points to". */
export function nameOf({ expression, variable, register }: RejectionFacts): string {
  const pointer = variable ?? register;
  return expression ?? (pointer === null ? "memory" : `what ${pointer} points to`);
}

/** The best name for the pointer: "eth", else "the pointer in R1". */
export function pointerOf({ variable, expression, register }: RejectionFacts): string {
  return (
    variable ??
    /^\*?(\w+)/.exec(expression ?? "")?.[1] ??
    (register === null ? "the pointer" : `the pointer in ${register}`)
  );
}

export function bytesOf(count: number | string): string {
  return `${count} ${Number(count) === 1 ? "byte" : "bytes"}`;
}

/** Whether the instruction stores. */
export function isStore({ instruction }: RejectionFacts): boolean {
  return /^(lock )?\*\(/.test(instruction);
}

/** "Reading eth->h_proto", to begin a sentence with. */
export function accessOf(facts: RejectionFacts): string {
  if (facts.instruction.startsWith("call ")) return `What ${calledBy(facts)} does with ${nameOf(facts)}`;
  return `${isStore(facts) ? "Writing" : "Reading"} ${nameOf(facts)}`;
}

/** The helper or kernel function that the instruction calls. */
export function calledBy({ instruction }: RejectionFacts): string {
  return /^call (?:kernel-function )?(\w+)/.exec(instruction)?.[1] ?? "the function";
}

/** "if (!entry) …", with the variable's own name where there is one. */
export function nullCheck(facts: RejectionFacts): string {
  const name = facts.variable !== null && /^\w+$/.test(facts.variable) ? facts.variable : "entry";
  return `if (!${name})\n  return XDP_PASS;`;
}

/** "if (index >= …) …", from the access where that is an element of an array whose length sizeof knows. */
export function indexCheck({ expression }: RejectionFacts): string {
  const found = /^(.*(?:->|\.)\w+)\[(\w+)\]$/.exec(expression ?? "");
  const bound = found ? `sizeof(${found[1]}) / sizeof(${found[1]}[0])` : "8";
  return `if (${found?.[2] ?? "index"} >= ${bound})\n  return XDP_DROP;`;
}
