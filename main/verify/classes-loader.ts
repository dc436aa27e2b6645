/** What libbpf, clang or llc refuse, before or after the verifier. */
import type { RejectionClass } from "./rejection-facts.ts";

export const loaderClasses: readonly RejectionClass[] = [
  {
    id: "global-function",
    title: "global function not acceptable",
    pattern:
      /Caller passes invalid args into func#\d+ \('(\w+)'\)|[Gg]lobal function (\w+)\(\) doesn't return scalar|arg#\d+ reference type\('.*'\) size cannot be determined/,
    explain: (facts, match) => {
      const scalar = facts.errors.some((line) => /doesn't return scalar/.test(line));
      const name = match[1] ?? match[2] ?? "the function";
      return scalar
        ? `${name} is a global function, which the verifier checks by itself, and such functions must return a number.`
        : `${name} is a global function, which the verifier checks by itself from its types alone: what is passed here does not fulfil what its parameters promise (memory of that size that can be read, or NULL).`;
    },
    fix: "make the function static, so that it is verified with each caller; or return int, and pass pointers to checked memory",
    snippet: "static __noinline int count(struct xdp_md *ctx)",
  },
  {
    id: "core-relocation",
    title: "type or field not in this kernel",
    pattern: /CO-RE relocation|invalid func unknown#195896080/,
    // libbpf puts the instruction into one line and the type into the next.
    when: ({ errors }, match) =>
      !match[0].startsWith("CO-RE") ||
      match.input.startsWith("failed") ||
      !errors.some((line) => line.startsWith("failed to resolve CO-RE")),
    explain: (facts) => {
      const what = facts.errors.join("\n").match(/> \[\d+\] (?:struct |union |enum )?([\w.]{1,200})/)?.[1];
      return `The program uses ${what ?? "a field or type"}, which the running kernel's BTF does not have, and does not ask first whether it is there.`;
    },
    fix: "ask bpf_core_field_exists or bpf_core_type_exists before the access, or declare the type as this kernel has it",
    snippet: "if (bpf_core_field_exists(device->no_such_field))\n  …",
  },
  {
    id: "missing-btf",
    title: "no BTF",
    pattern:
      /BTF is required, but is missing|missing btf func_info|has to have BTF|func_info.*(?:missing|not)|failed to find valid kernel BTF|kernel BTF is missing|no BTF/i,
    explain: (facts) =>
      /kernel BTF/i.test(facts.errors.join("\n"))
        ? "The program needs the kernel's own types, and this kernel has none (CONFIG_DEBUG_INFO_BTF)."
        : 'The object carries no type information (BTF), which its maps in SEC(".maps") or its functions need.',
    fix: "build with -g, and do not strip the object of .BTF",
    snippet: "clang -O2 -g -target bpf -c program.bpf.c",
  },
  {
    id: "legacy-map",
    title: "legacy map definition",
    pattern: /legacy map definitions in '?maps'?/,
    explain: () => 'The object defines maps as struct bpf_map_def SEC("maps"), which libbpf 1.0 and later do not take.',
    fix: 'define the map with its types in SEC(".maps")',
    snippet:
      'struct {\n  __uint(type, BPF_MAP_TYPE_ARRAY);\n  __uint(max_entries, 4);\n  __type(key, __u32);\n  __type(value, __u64);\n} counts SEC(".maps");',
  },
  {
    id: "unknown-section",
    title: "unknown section name",
    pattern:
      /missing BPF prog type, check ELF section name '([^']*)'|failed to guess program type from ELF section '([^']*)'/,
    explain: (_, match) =>
      `libbpf takes a program's type from its section's name and knows none for "${match[1] ?? match[2]}".`,
    fix: "name the section by the program's type",
    snippet: 'SEC("xdp")',
  },
  {
    id: "map-not-created",
    title: "map could not be created",
    pattern: /map '([^']+)': failed to create: (.*)|Error in bpf_create_map_xattr\(([^)]+)\):([^.]*)/,
    explain: (_, match) => `The kernel does not create map ${match[1] ?? match[3]}: ${match[2] ?? match[4]}.`,
    fix: "see the definition: max_entries above 0, key_size and value_size that the type allows, an LPM trie with BPF_F_NO_PREALLOC, a ring buffer of whole pages in a power of two",
  },
  {
    id: "stack-over-limit",
    title: "stack over 512 bytes",
    pattern: /BPF stack limit|stack limit of \d+ bytes is exceeded|stack size \d+ exceeds/i,
    explain: () => "The function's variables need more than the 512 bytes of stack that a BPF program has.",
    fix: "keep large variables in a per-CPU array map of one entry",
    snippet:
      'struct {\n  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);\n  __uint(max_entries, 1);\n  __type(key, __u32);\n  __type(value, struct scratch);\n} scratch SEC(".maps");',
  },
  {
    id: "too-many-arguments",
    title: "more than five arguments",
    pattern: /defined with too many args|too many args to|stack arguments are not supported/,
    explain: () => "BPF functions take five arguments at most, because they travel in R1 to R5.",
    fix: "pass a pointer to a struct, or make the function inline",
    snippet: "static __always_inline int sum(int a, int b, int c, int d, int e, int f)",
  },
  {
    id: "library-call",
    title: "library function",
    pattern:
      /A call to (?:built-in function|global function) '(\w+)' is not supported|call to built-in function '(\w+)'/,
    explain: (_, match) =>
      `clang turned the line into a call of ${match[1] ?? match[2]}, and there is no C library in the kernel's BPF.`,
    fix: "give memset and memcpy a constant length, so that they are written out in place; else copy in a bounded loop",
    snippet: "__builtin_memset(&header, 0, sizeof(header));",
  },
];
