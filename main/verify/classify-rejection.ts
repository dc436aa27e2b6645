/**
 * Classes of verifier rejections by the kernel's words, first match wins (kernel/bpf/verifier.c, Linux 5.15 to 6.18).
 * "verifier" is everything that the table does not know.
 */
const classes: readonly (readonly [string, RegExp])[] = [
  ["packet-bounds", /invalid access to packet|offset is outside of the packet/],
  ["map-null", /invalid mem access '\w+_or_null'|Possibly NULL pointer|pointer arithmetic on \w+_or_null/],
  ["map-bounds", /invalid access to map value|outside of the allowed memory range|unbounded memory access/],
  ["uninitialised", /R\d+ !read_ok|invalid (indirect )?(read from|access to) stack/],
  ["stack", /invalid write to stack|variable-offset .*stack|combined stack size|stack depth/i],
  ["license", /GPL[- ](restricted|compatible)/i],
  ["loop", /infinite loop detected|back-edge from insn|loop is not bounded/],
  ["too-complex", /program is too large|too complex|too many (states|branches)/i],
  ["control-flow", /unreachable insn|jump out of range|last insn is not an exit|jump into the middle/],
  ["helper-forbidden", /unknown func|cannot use helper|(helper call|calling kernel function) .*not allowed/],
  ["helper-argument", /R\d+ type=\S+ expected=|arg#\d+/],
  ["context", /invalid bpf_context access|dereference of modified ctx/],
  ["return-value", /At (program|subprogram|callback) exit|R0 leaks addr/],
  ["reference-leak", /Unreleased reference/],
  ["pointer-arithmetic", /pointer arithmetic|prohibited/],
  ["bad-pointer", /invalid mem access '\w+'/],
];

export interface Classified {
  readonly class: string;
  /** The line that told. */
  readonly telling: string;
}

/** The class of the error lines of a log; null where there are none. */
export function classifyRejection(errors: readonly string[]): Classified | null {
  for (const [name, pattern] of classes) {
    const telling = errors.find((line) => pattern.test(line));
    if (telling !== undefined) return { class: name, telling };
  }
  const last = errors.at(-1);
  return last === undefined ? null : { class: "verifier", telling: last };
}
