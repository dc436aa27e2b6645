/** What an XDP program is written with over and over. Tabs indent, as the kernel's style has it. */
export interface Snippet {
  readonly label: string;
  readonly what: string;
  /** outside of functions, or inside */
  readonly top: boolean;
  readonly lines: readonly string[];
}

const map = (label: string, what: string, type: string, key: string, more: readonly string[] = []): Snippet => ({
  label,
  what,
  top: true,
  lines: [
    "struct {",
    `\t__uint(type, ${type});`,
    "\t__uint(max_entries, ${1:1024});",
    ...more,
    `\t__type(key, \${2:${key}});`,
    "\t__type(value, ${3:__u64});",
    '} ${4:name} SEC(".maps");$0',
  ],
});

export const snippets: readonly Snippet[] = [
  {
    label: "xdp program",
    what: "a program for an interface",
    top: true,
    lines: ['SEC("xdp")', "int ${1:name}(struct xdp_md *ctx)", "{", "\t$0", "\treturn ${2:XDP_PASS};", "}"],
  },
  {
    label: "xdp license",
    what: "lets it call helpers for GPL-compatible programs",
    top: true,
    lines: ['char _license[] SEC("license") = "${1:GPL}";$0'],
  },
  map("map hash", "a hash map", "BPF_MAP_TYPE_HASH", "__u32"),
  map("map array", "an array map", "BPF_MAP_TYPE_ARRAY", "__u32"),
  map("map percpu array", "an array with a value for each CPU", "BPF_MAP_TYPE_PERCPU_ARRAY", "__u32"),
  map("map lru hash", "a hash map that forgets what is least used", "BPF_MAP_TYPE_LRU_HASH", "__u32"),
  map("map lpm trie", "a table of prefixes", "BPF_MAP_TYPE_LPM_TRIE", "struct key", [
    "\t__uint(map_flags, BPF_F_NO_PREALLOC);",
  ]),
  {
    label: "map ringbuf",
    what: "a ring buffer to user space",
    top: true,
    lines: [
      "struct {",
      "\t__uint(type, BPF_MAP_TYPE_RINGBUF);",
      "\t__uint(max_entries, ${1:256 * 1024});",
      '} ${2:name} SEC(".maps");$0',
    ],
  },
  {
    label: "packet bounds",
    what: "begin and end of the packet, and the Ethernet header checked",
    top: false,
    lines: [
      "void *data = (void *)(long)ctx->data;",
      "void *data_end = (void *)(long)ctx->data_end;",
      "struct ethhdr *eth = data;",
      "",
      "if ((void *)(eth + 1) > data_end)",
      "\treturn ${1:XDP_PASS};",
      "$0",
    ],
  },
  {
    label: "lookup checked",
    what: "a map's value, and what to do where there is none",
    top: false,
    lines: [
      "${1:__u64} *${2:value} = bpf_map_lookup_elem(&${3:map}, &${4:key});",
      "",
      "if (!${2:value})",
      "\treturn ${5:XDP_PASS};",
      "$0",
    ],
  },
];
