/** Rejections about the program's course: loops, size, jumps, calls of its own functions, and how it ends. */
import type { RejectionClass } from "./rejection-facts.ts";

export const flowClasses: readonly RejectionClass[] = [
  {
    id: "unbounded-loop",
    title: "unbounded loop",
    pattern: /infinite loop detected/,
    explain: () =>
      "The verifier came to this place twice with nothing changed in between: the loop may go on for ever.",
    fix: "let a counter that the loop changes itself end it, below a constant",
    snippet: "for (int i = 0; i < 16; i++) {\n  …\n}",
  },
  {
    id: "back-edge",
    title: "loops are not allowed",
    pattern: /back-edge from insn|loop is not bounded/,
    explain: () =>
      "The program jumps backwards. Without CAP_BPF, and on kernels before 5.3, the verifier takes no loop at all.",
    fix: "load with CAP_BPF on Linux 5.3 or later, or have clang unroll the loop",
    snippet: "#pragma unroll\nfor (int i = 0; i < 8; i++) {\n  …\n}",
  },
  {
    id: "too-many-instructions",
    title: "too many instructions to verify",
    pattern: /BPF program is too large\. Processed (\d+) insn/,
    explain: (_, match) =>
      `The verifier gave up after it had walked ${Number(match[1]) - 1} instructions on all paths together. Loops count once for each turn, and each branch inside of them can double the paths.`,
    fix: "do fewer turns, move a large loop into bpf_loop, or split the program by tail calls",
    snippet:
      "static long step(__u32 index, void *context) {\n  return 0; /* 1 ends the loop */\n}\n…\nbpf_loop(1000000, step, &context, 0);",
  },
  {
    id: "too-complex",
    title: "too many branches",
    pattern: /The sequence of (\d+) jumps is too complex|too many (?:states|branches)|insn \d+ cannot be patched/,
    explain: (_, match) =>
      `There are ${match[1] ?? "too many"} branches in a row whose other side is still to be walked; the verifier keeps 8192 at most.`,
    fix: "put parts of it into functions of their own that are not static (each is verified once, by itself), use a loop or a table in place of unrolled comparisons, or split by tail calls",
  },
  {
    id: "unreachable-code",
    title: "unreachable code",
    pattern: /unreachable insn (\d+)/,
    explain: () => "No path leads to this instruction. The kernel takes no dead code.",
    fix: "remove it; from C this comes with inline assembly, or with undefined behaviour that clang cut away",
  },
  {
    id: "jump-out-of-range",
    title: "jump out of range",
    pattern: /jump out of range from insn (\d+) to (\d+)|jump into the middle of ldimm64|invalid insn idx/,
    explain: (_, match) =>
      `The jump${match[2] ? ` to instruction ${match[2]}` : ""} leaves the function. Each function must jump within itself only.`,
    fix: "this is inline assembly or a damaged object: correct the jump's distance, or build again",
  },
  {
    id: "missing-exit",
    title: "function does not end",
    pattern: /last insn is not an exit or jmp|fell through the end/,
    explain: () => "The last instruction is neither exit nor a jump: execution would run out of the function.",
    fix: "end the function with a return; clang also cuts the end of a function away whose behaviour is undefined",
  },
  {
    id: "missing-return-value",
    title: "no return value",
    pattern: /R0 !read_ok/,
    when: ({ instruction, calledNothing }) => instruction === "exit" && !calledNothing,
    explain: () => "The function returns on a path on which R0, the return value, was never set.",
    fix: "return a value on every path",
    snippet: "return XDP_PASS;",
  },
  {
    id: "invalid-return-value",
    title: "invalid return value",
    pattern:
      /At (program|subprogram|callback|async callback) (?:exit|return) the register R0 (.*)|R0 not a scalar value/i,
    explain: (_, match) => {
      const range = /smin=(-?\d+) smax=(-?\d+) should have been in \[(-?\d+), (-?\d+)\]/.exec(match[2] ?? "");
      const who = `The ${match[1]?.toLowerCase() ?? "function"}'s return value`;
      if (range) return `${who} may be ${range[1]} to ${range[2]}, and must be ${range[3]} to ${range[4]}.`;
      return `${who} ${match[2] ?? "is not a number"}.`;
    },
    fix: (_, match) =>
      /callback/i.test(match[1] ?? "")
        ? "return 0 to go on or 1 to stop, and nothing that the verifier cannot bound to these two"
        : "return a number, such as XDP_PASS",
    snippet: (_, match) => (/callback/i.test(match[1] ?? "") ? "return 0;" : null),
  },
  {
    id: "combined-stack",
    title: "stack of nested calls too large",
    pattern: /combined stack size of (\d+) calls is (\d+)/,
    explain: (_, match) =>
      `${match[1]} functions that call one another need ${match[2]} bytes of stack together; 512 is the limit for the whole chain (each rounded up to 32).`,
    fix: "keep large variables in a per-CPU array map of one entry, or make the inner function inline",
    snippet:
      'struct {\n  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);\n  __uint(max_entries, 1);\n  __type(key, __u32);\n  __type(value, struct scratch);\n} scratch SEC(".maps");',
  },
  {
    id: "call-chain-too-deep",
    title: "calls nested too deep",
    pattern: /the call stack of (\d+) frames is too deep|recursive call from/,
    explain: () =>
      "Functions call one another more than eight deep, or a function calls itself: BPF has room for eight.",
    fix: "turn the recursion into a loop with a counter, or bpf_loop",
  },
  {
    id: "division-by-zero",
    title: "division by zero",
    pattern: /div by zero/,
    explain: () => "The instruction divides by the constant 0.",
    fix: "check the constant; a division by a variable is allowed and gives 0",
  },
  {
    id: "invalid-shift",
    title: "shift too far",
    pattern: /invalid shift (-?\d+)/,
    explain: (_, match) => `The instruction shifts by ${match[1]} bits, as many as the value has or more.`,
    fix: "shift by less than the width of the type",
  },
  {
    id: "indirect-call",
    title: "call through a pointer",
    pattern: /unknown opcode 8d/,
    explain: () => "The program calls a function through a variable. The kernel knows calls of named functions only.",
    fix: "choose by if or switch and call each function by its name, or jump with a tail call",
    snippet: "return fast ? handle_fast(ctx) : handle_slow(ctx);",
  },
  {
    id: "unknown-instruction",
    title: "unknown instruction",
    pattern: /unknown opcode ([0-9a-f]{2})|(?:uses reserved fields|invalid BPF_\w+|unknown insn class)/,
    explain: (_, match) =>
      `${match[1] ? `Opcode ${match[1]}` : "An instruction of this program"} is none that this kernel knows. A newer instruction set than the kernel's may have been asked for (clang -mcpu).`,
    fix: "build for an older instruction set",
    snippet: "clang -target bpf -mcpu=v2 …",
  },
];
