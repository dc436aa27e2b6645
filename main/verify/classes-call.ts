/** Rejections about helpers, kernel functions, maps handed to them, references and locks. */
import { calledBy, nameOf, nullCheck, pointerOf, type RejectionClass } from "./rejection-facts.ts";

/** enum bpf_map_type, as far as XDP programs meet them: "cannot pass map_type 2". */
const mapTypes: Readonly<Record<string, string>> = {
  1: "hash",
  2: "array",
  3: "prog_array",
  4: "perf_event_array",
  5: "percpu_hash",
  6: "percpu_array",
  7: "stack_trace",
  9: "lru_hash",
  10: "lru_percpu_hash",
  11: "lpm_trie",
  12: "array_of_maps",
  13: "hash_of_maps",
  14: "devmap",
  15: "sockmap",
  16: "cpumap",
  17: "xskmap",
  18: "sockhash",
  22: "queue",
  23: "stack",
  25: "devmap_hash",
  27: "ringbuf",
  30: "bloom_filter",
};

export const callClasses: readonly RejectionClass[] = [
  {
    id: "use-after-release",
    title: "use after release",
    pattern: /R(\d+) invalid mem access '(scalar|inv)'|R(\d+) type=(?:scalar|inv) expected=/,
    when: ({ lost }) => lost?.why === "released",
    explain: (facts) => `${pointerOf(facts)} was given back to the kernel by ${facts.lost?.by} and is used after that.`,
    fix: (facts) => `finish with it before ${facts.lost?.by}, and copy out what is needed later`,
  },
  {
    id: "null-pointer",
    title: "pointer is NULL on this path",
    pattern: /R(\d+) invalid mem access '(?:scalar|inv)'/,
    when: ({ value }) => value?.constant === 0n,
    explain: (facts) =>
      `${nameOf(facts)} is an access through ${facts.variable ?? "a pointer"}, and on this path that is NULL: a comparison before told so, and the path goes on all the same.`,
    fix: "leave, or skip the access, where the pointer was found to be NULL",
    snippet: nullCheck,
  },
  {
    id: "not-a-pointer",
    title: "number used as a pointer",
    pattern: /R(\d+) invalid mem access '(\w+)'/,
    explain: (facts, match) =>
      /scalar|inv/.test(match[2] ?? "")
        ? `${nameOf(facts)} is an access through ${facts.variable ?? "a value"} that is a number to the verifier, not a pointer: an address that was stored in a map, came out of a cast, or was read from kernel memory.`
        : `${nameOf(facts)} is an access through a ${match[2]}, which cannot be read or written directly.`,
    fix: "take the pointer anew from ctx or a map lookup; read kernel memory with bpf_probe_read_kernel",
  },
  {
    id: "gpl-only-helper",
    title: "helper for GPL programs only",
    pattern: /cannot call GPL-(?:restricted|only) function|GPL-only function from non-GPL|from non-GPL compatible/i,
    explain: (facts) =>
      `${calledBy(facts)} may be called by programs under a licence that is compatible with the GPL, and this object's licence is not.`,
    fix: "name such a licence in the object, if it may be so licensed, or do without the helper",
    snippet: 'char LICENSE[] SEC("license") = "Dual MIT/GPL";',
  },
  {
    id: "sleepable",
    title: "function that sleeps",
    pattern: /must be sleepable|might sleep|sleepable (?:helper|kfunc|global function)/,
    explain: (facts) => `${calledBy(facts)} may sleep, and XDP programs run where nothing may.`,
    fix: "do this work in user space, or in a program of a sleepable kind that shares a map with this one",
  },
  {
    id: "helper-not-for-type",
    title: "helper not for this program type",
    pattern:
      /program of this type cannot use helper (\w+)#|unknown func (\w+)#|calling kernel function (\w+) is not allowed|cannot use helper|helper call is not allowed/,
    explain: (facts, match) =>
      `${match[1] ?? match[2] ?? match[3] ?? calledBy(facts)} exists, but not for XDP programs on this kernel${/skb/.test(match[0]) ? ": it works on socket buffers, which an XDP program runs before" : ""}.`,
    fix: (_, match) =>
      /skb_load_bytes/.test(match[0])
        ? "read through ctx->data, or call bpf_xdp_load_bytes"
        : /skb_store_bytes/.test(match[0])
          ? "write through ctx->data, or call bpf_xdp_store_bytes"
          : "call a helper that XDP has, or do this in a tc program",
  },
  {
    id: "unknown-function",
    title: "unknown function",
    pattern:
      /invalid func unknown#(-?\d+)|invalid func \w+#(-?\d+)|kernel btf_id \d+ (?:is not a function|has no valid)|R\d+ !read_ok|extern \(func ksym\) '(\w+)': not found|extern '(\w+)' .*not found|failed to find BTF.*extern/,
    when: ({ calledNothing }, match) => !/!read_ok/.test(match[0]) || calledNothing,
    explain: (_, match) => {
      const name = match[3] ?? match[4];
      if (name) return `This kernel has no function ${name} for BPF programs, neither itself nor in a loaded module.`;
      const number = match[1] ?? match[2];
      return number
        ? `This kernel has no helper number ${number}: the program was written for a newer one.`
        : "The program calls a weak kernel function that this kernel does not have.";
    },
    fix: "check the name, load the module that has it, or make it __weak and ask bpf_ksym_exists before the call",
    snippet:
      "extern int bpf_new_function(void *ctx) __ksym __weak;\n…\nif (bpf_ksym_exists(bpf_new_function))\n  bpf_new_function(ctx);",
  },
  {
    id: "incompatible-function",
    title: "kernel function declared otherwise",
    pattern: /extern \(func ksym\) '(\w+)': func_proto \[\d+\] incompatible/,
    explain: (_, match) =>
      `${match[1]} has other parameters or another result in this kernel than in the program's extern.`,
    fix: "declare it as the kernel does: copy the line from a vmlinux.h made on this machine",
    snippet: "bpftool btf dump file /sys/kernel/btf/vmlinux format c",
  },
  {
    id: "map-helper-mismatch",
    title: "map and helper do not match",
    pattern: /cannot pass map_type (\d+) into func (\w+)#/,
    explain: (facts, match) =>
      `${match[2]} does not work on maps of type ${mapTypes[match[1] ?? ""] ?? match[1]}${facts.variable ? ` such as ${facts.variable.replace(/^&/, "")}` : ""}.`,
    fix: (_, match) =>
      match[2] === "bpf_redirect_map"
        ? "give it a devmap, devmap_hash, cpumap or xskmap"
        : match[2] === "bpf_tail_call"
          ? "give it a map of type BPF_MAP_TYPE_PROG_ARRAY"
          : "change the map's type, or call the helper for this type of map",
    snippet: (_, match) => (match[2] === "bpf_redirect_map" ? "__uint(type, BPF_MAP_TYPE_DEVMAP);" : null),
  },
  {
    id: "tail-call",
    title: "tail call not possible here",
    pattern:
      /tail_call would lead to|tail_calls? (?:is|are) not (?:allowed|supported)|tail_call (?:abusing|leads)|mixing of tail_calls/,
    explain: (_, match) =>
      /would lead|leads/.test(match[0])
        ? "A tail call never comes back, so what this program holds (a ring buffer record, a socket, a lock) would never be released."
        : "This kernel does not allow a tail call in this place.",
    fix: "release or submit what is held before the tail call",
    snippet: "bpf_ringbuf_discard(event, 0);\nbpf_tail_call(ctx, &jumps, 0);",
  },
  {
    id: "spin-lock",
    title: "bad use of a spin lock",
    pattern:
      /while holding a lock|bpf_spin_lock|spin_lock(?:-ed| region)|bpf_spin_unlock|lock is already held|inside bpf_\w+-ed region/,
    explain: (_, match) =>
      /cannot be accessed directly/.test(match.input)
        ? "The line reads or writes the lock itself, or the whole value with the lock in it."
        : /function calls|calls are not allowed/.test(match.input)
          ? "Between bpf_spin_lock and bpf_spin_unlock no other function may be called."
          : /without taking|unlock/.test(match.input)
            ? "The lock is released here, but this path has not taken that lock."
            : "On this path the program ends, or takes a lock, while it still holds one.",
    fix: "keep the locked part to plain reads and writes of the value, and unlock on every path",
    snippet: "bpf_spin_lock(&entry->lock);\nentry->count++;\nbpf_spin_unlock(&entry->lock);",
  },
  {
    id: "unreleased-reference",
    title: "unreleased reference",
    pattern: /Unreleased reference id=(\d+) alloc_insn=(\d+)|would lead to reference leak/,
    explain: (facts) =>
      `What this line acquires is still held when the program ends on some path${/\w/.test(facts.line) ? ` (the verifier stood at: ${facts.line})` : ""}. Ring buffer records must be submitted or discarded, sockets released.`,
    fix: "release it on every path between here and the end, the early returns too",
    snippet: "bpf_ringbuf_discard(event, 0);\nreturn XDP_DROP;",
  },
  {
    id: "bad-release",
    title: "release of something else",
    pattern:
      /must have zero offset when passed to release|release (?:helper|function|kernel function) .*(?:expects|expected)|arg \d+ is an unacquired reference|expects refcounted/,
    explain: (facts) =>
      `${calledBy(facts)} must be given the very pointer that was acquired; ${facts.variable ?? "this one"} was moved, or was never acquired.`,
    fix: "keep the acquired pointer as it is and compute with a copy of it",
    snippet: "bpf_ringbuf_submit(event, 0);",
  },
  {
    id: "dynptr",
    title: "bad dynptr",
    pattern: /dynptr/i,
    explain: (facts) =>
      `${calledBy(facts)} works on a dynptr, and what it is given is not one that was set up on this path, or one that is still in use.`,
    fix: "set it up first, check the result, and pass its address unchanged",
    snippet: "struct bpf_dynptr packet;\nif (bpf_dynptr_from_xdp(ctx, 0, &packet))\n  return XDP_DROP;",
  },
  {
    id: "constant-needed",
    title: "constant needed",
    pattern:
      /R(\d+) is not a known constant|R(\d+) (?:has to|must) be a (?:known )?constant|expected (?:constant|scalar const)/i,
    explain: (facts) =>
      `${facts.variable ?? "This argument"} of ${calledBy(facts)} must be one fixed number that the verifier knows.`,
    fix: "pass a constant; for records of changing length reserve the largest, or use bpf_ringbuf_output",
    snippet: "bpf_ringbuf_reserve(&events, sizeof(struct event), 0);",
  },
  {
    id: "wrong-argument",
    title: "wrong kind of argument",
    pattern:
      /R(\d+) type=(\S+) expected=(.*)|arg#?(\d+) (?:expected|pointer type|is .* expected)|R(\d+) must be|helper access to the packet is not allowed/,
    explain: (facts, match) =>
      `${facts.variable ?? "An argument"} of ${calledBy(facts)} is ${match[2] ? `of the kind ${match[2]}` : "of another kind than is needed"}${match[3] ? `, where one of these is wanted: ${match[3].replace(/[_,\s]+$/, "")}` : ""}.`,
    fix: "look up the helper's parameters: most take addresses of variables on the stack, of map values or of checked packet bytes",
  },
];
