/** Rejections about maps, memory, the stack and pointers. */
import { boundsText } from "./describe-register.ts";
import {
  accessOf,
  bytesOf,
  calledBy,
  indexCheck,
  isStore,
  nameOf,
  nullCheck,
  pointerOf,
  type RejectionClass,
} from "./rejection-facts.ts";

const stackAccess =
  /invalid (?:indirect )?(read from|write to|access to) stack (?:R(\d+) )?off[= ](-?\d+)(?:\+\d+)? size[= ](\d+)/;

/** Below the frame's 512 bytes or above its top, where no program has stack. */
function outside(match: RegExpExecArray): boolean {
  const offset = Number(match[3]);
  return offset < -512 || offset + Number(match[4]) > 0;
}

export const memoryClasses: readonly RejectionClass[] = [
  {
    id: "null-map-value",
    title: "map value may be NULL",
    pattern: /invalid mem access 'map_value_or_null'|pointer arithmetic on map_value_or_null/,
    explain: (facts) =>
      `${pointerOf(facts)} comes from a lookup${facts.value?.map ? ` in map ${facts.value.map}` : ""}, which answers NULL when the map has no such key, and it is used here before it was compared with NULL.`,
    fix: "compare the result of the lookup with NULL before it is used, computed with or handed on",
    snippet: nullCheck,
  },
  {
    id: "null-argument",
    title: "argument may be NULL",
    pattern: /R(\d+) type=(\w+_or_null) expected=|Possibly NULL pointer passed to (?:trusted|helper) arg(\d+)/,
    explain: (facts) =>
      `${calledBy(facts)} needs a pointer that is not NULL, but ${facts.variable ?? "this argument"} may be NULL on this path.`,
    fix: "compare the pointer with NULL before the call",
    snippet: nullCheck,
  },
  {
    id: "unchecked-null",
    title: "pointer may be NULL",
    pattern: /invalid mem access '(\w+_or_null)'|pointer arithmetic on (\w+_or_null)/,
    explain: (facts) =>
      `${pointerOf(facts)} comes from a helper that answers NULL when it fails, and it is used here before it was compared with NULL.`,
    fix: "compare the helper's result with NULL before it is used",
    snippet: nullCheck,
  },
  {
    id: "uninitialised-stack",
    title: "uninitialised stack",
    pattern: stackAccess,
    when: (_, match) => match[1] !== "write to" && !outside(match),
    explain: (facts, match) =>
      `${bytesOf(match[4] ?? "")} of stack at offset ${match[3]}${facts.variable ? ` (${facts.variable})` : ""} are read, and not all of them were written on this path. Padding between the fields of a struct counts too.`,
    fix: "set the variable when it is declared; structs as a whole, so that their padding is written",
    snippet: "struct key key = {};",
  },
  {
    id: "stack-out-of-bounds",
    title: "access outside the stack",
    pattern: stackAccess,
    explain: (facts, match) => {
      const over = Number(match[3]) + Number(match[4]) > 0;
      const target = facts.variable ? `${facts.variable} (` : "";
      return `${target}offset ${match[3]}, ${bytesOf(match[4] ?? "")}${target ? ")" : ""} lies outside of the function's stack, which reaches from -512 to -1. ${over ? "The variable is smaller than what is read: for a map's key or value the whole key_size or value_size is taken." : ""}`.trim();
    },
    fix: "give the variable the type that the map or helper expects, and keep the index within the array",
  },
  {
    id: "variable-stack-offset",
    title: "variable offset into the stack",
    pattern:
      /invalid variable-offset (?:read from|write to|indirect access to|access to)? ?stack R(\d+)|variable[- ]offset stack access|invalid unbounded variable-offset/,
    explain: (facts) =>
      `${nameOf(facts)} is an array on the stack with an index that the verifier cannot keep inside of it${facts.value?.bounds ? `: it may be ${facts.value.bounds.minimum} to ${facts.value.bounds.maximum} bytes in` : ""}.`,
    fix: "bound the index by the array's length just before its use, or keep the array in a map",
    snippet: "if (index >= sizeof(text))\n  return XDP_DROP;",
  },
  {
    id: "uninitialised-register",
    title: "uninitialised variable",
    pattern: /R(\d+) !read_ok/,
    when: ({ instruction, register, calledNothing }) =>
      !calledNothing && !(instruction === "exit" && register === "R0"),
    explain: (facts) =>
      `${facts.register ?? "A register"} is read before anything was written to it on this path: the C variable in it has no value yet, or it was lost in a call (a call keeps R6 to R9 only).`,
    fix: "give the variable a value when it is declared; declare all arguments of helpers that are called by hand",
  },
  {
    id: "negative-offset",
    title: "index may be negative",
    pattern: /R(\d+) min value is negative, either use unsigned index/,
    explain: (facts) =>
      `${accessOf(facts)} uses an index that may be negative${facts.value?.bounds ? ` (${facts.value.bounds.minimum} to ${facts.value.bounds.maximum})` : ""}, and would reach before the start.`,
    fix: "make the index unsigned, or return early when it is below 0",
    snippet: "if (index < 0)\n  return XDP_DROP;",
  },
  {
    id: "unbounded-size",
    title: "size is not bounded",
    pattern:
      /R(\d+) invalid zero-sized read|R(\d+) min value is negative, either use unsigned or|R(\d+) unbounded memory access, use 'var &= const'/,
    explain: (facts, match) =>
      `${facts.variable ?? "The size"} says how many bytes ${calledBy(facts)} works on${facts.value && boundsText(facts.value, "size") ? `, and all that is known is ${boundsText(facts.value, "size")}` : ""}. ${/zero-sized/.test(match[0]) ? "It may be 0, which this helper does not take." : "It must be bounded from below and from above."}`,
    fix: "bound the size on both sides just before the call, with an unsigned variable",
    snippet: "if (size == 0 || size > sizeof(bytes))\n  return XDP_DROP;",
  },
  {
    id: "unbounded-memory-access",
    title: "index is not bounded",
    pattern: /R(\d+) unbounded memory access, make sure to bounds check/,
    explain: (facts) =>
      `${accessOf(facts)} uses an index of which nothing is known but its type's range: it may lie far outside${facts.value?.map ? ` of the ${facts.value.size} bytes of a value of map ${facts.value.map}` : ""}.`,
    fix: "compare the index with the array's length before its use, or mask it",
    snippet: indexCheck,
  },
  {
    id: "map-value-out-of-bounds",
    title: "access outside the map value",
    pattern: /invalid access to map (?:value|key), (?:value|key)_size=(\d+) off=(-?\d+) size=(\d+)/,
    explain: (facts, match) => {
      const below = Number(match[2]) < 0;
      const reaches = below
        ? `${-Number(match[2])} bytes before its start`
        : `byte ${Number(match[2]) + Number(match[3]) - 1}`;
      return `${accessOf(facts)} may reach ${reaches}, but a value of ${facts.value?.map ? `map ${facts.value.map}` : "this map"} has ${bytesOf(match[1] ?? "")}.`;
    },
    fix: "keep the index below the number of elements, or make the map's value larger",
    snippet: indexCheck,
  },
  {
    id: "memory-out-of-bounds",
    title: "access outside the memory",
    pattern: /invalid access to memory, mem_size=(\d+) off=(-?\d+) size=(\d+)|outside of the allowed memory range/,
    explain: (facts, match) =>
      match[1] === undefined
        ? `${nameOf(facts)} may lie outside of what the pointer covers.`
        : `${accessOf(facts)} reaches byte ${Number(match[2]) + Number(match[3]) - 1}, but only ${bytesOf(match[1])} were reserved.`,
    fix: "reserve as many bytes as the struct has that is written (sizeof), or keep the index inside",
    snippet: "struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);",
  },
  {
    id: "misaligned-access",
    title: "misaligned access",
    pattern: /misaligned (?:\w+ )?access off .{1,80}size (\d+)/,
    explain: (facts, match) =>
      `${accessOf(facts)} takes ${bytesOf(match[1] ?? "")} at an offset that is no multiple of ${match[1]}. The stack, and atomic operations anywhere, need the natural alignment.`,
    fix: "order the struct's fields so that this one is aligned, without __attribute__((packed)), or copy the bytes with __builtin_memcpy",
  },
  {
    id: "read-only-memory",
    title: "write to read-only memory",
    pattern: /write into map forbidden|cannot write into (?:rdonly_)?\w+|R(\d+) cannot write into/,
    explain: (facts) =>
      `${accessOf(facts)} is not possible: ${facts.value?.map ? `map ${facts.value.map}` : "this memory"} is read-only for programs: const globals (.rodata) and maps with BPF_F_RDONLY_PROG are.`,
    fix: "take const away from the global, or the flag from the map; values of const globals are set before the load",
  },
  {
    id: "atomic-not-here",
    title: "atomic operation not allowed here",
    pattern: /BPF_ATOMIC (?:stores|loads)? ?(?:into|from) R(\d+) (\w+) is not allowed/,
    explain: (facts, match) =>
      `${nameOf(facts)} is changed atomically, which the kernel allows in map values and on the stack, not in ${match[2] === "ctx" ? "the context" : "the packet"}.`,
    fix: "read, change and write back with plain C: nobody else works on this packet at the same time",
  },
  {
    id: "frame-pointer-write",
    title: "write to the frame pointer",
    pattern: /frame pointer is read only/,
    explain: () => "The instruction writes R10, which holds the start of the function's stack and never changes.",
    fix: "use another register: this is inline assembly or generated code",
  },
  {
    id: "pointer-leak",
    title: "pointer would leak",
    pattern: /R(\d+) leaks addr|pointer comparison prohibited|attempt to corrupt spilled pointer/,
    explain: (facts) =>
      `${facts.variable ?? (isStore(facts) ? "A pointer" : "The value")} is a kernel address. Without CAP_PERFMON a program may not give addresses away: not in a map or packet, not as its result, not by comparing unlike pointers.`,
    fix: "store the value behind the pointer in place of the pointer; or load with CAP_PERFMON as well as CAP_BPF",
  },
  {
    id: "partial-pointer",
    title: "part of a pointer",
    pattern: /invalid size of register (?:fill|spill)|partial copy of pointer|corrupted spill memory/,
    explain: () =>
      "Four bytes or less of a saved pointer are read from the stack: a pointer is copied whole or not at all.",
    fix: "copy pointers with 64-bit variables; do not cast a pointer to int",
  },
  {
    id: "pointer-out-of-range",
    title: "pointer moved too far",
    pattern:
      /math between (\w+) pointer and (-?\d+) is not allowed|value (-?\d+) makes (\w+) pointer be out of bounds|offset (-?\d+) is not allowed|pointer offset (-?\d+) is not allowed/,
    explain: (facts, match) =>
      `The line moves ${pointerOf(facts)} by ${match[2] ?? match[3] ?? match[5] ?? match[6] ?? "more"} bytes or more: pointers must stay within 512 MiB of where they began.`,
    fix: "check the computed distance: a cast from a negative or 64-bit number is a common cause",
  },
  {
    id: "unbounded-offset",
    title: "offset is not bounded",
    pattern: /math between (\w+) pointer and register with unbounded min value/,
    explain: (facts, match) =>
      `${facts.otherVariable ?? "A number"}, of which no bounds are known (it may be negative), is added to ${match[1] === "pkt" ? "a packet pointer" : match[1] === "map_value" ? "a pointer into a map value" : "a pointer"} in this line.`,
    fix: "make the offset unsigned and bound it before it is added",
    snippet: "if (offset > 1500)\n  return XDP_DROP;",
  },
  {
    id: "pointer-arithmetic",
    title: "pointer arithmetic prohibited",
    pattern:
      /pointer arithmetic (?:with|on) (\S+)|bitwise operator (\S+) on pointer prohibited|pointer [-+]= pointer prohibited|tried to subtract pointer from scalar|subtraction from stack pointer|32-bit pointer arithmetic prohibited|R(\d+) .*prohibited/,
    explain: (facts, match) =>
      `The line computes with ${facts.variable ?? "a pointer"} in a way that the verifier does not follow${match[2] || /^[-+*/%&|^<>]+=/.test(match[1] ?? "") ? ` (${match[2] ?? match[1]})` : ""}: pointers may have numbers added or taken away, nothing else.`,
    fix: "compute an offset as a number first and add it to the pointer; do not mask, shift or multiply pointers",
  },
];
