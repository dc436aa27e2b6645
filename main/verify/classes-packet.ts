/** Rejections about the packet and the context. */
import {
  accessOf,
  bytesOf,
  isStore,
  nameOf,
  pointerOf,
  type RejectionClass,
  type RejectionFacts,
} from "./rejection-facts.ts";

const packetAccess = /invalid access to packet, off=(-?\d+) size=(\d+), R(\d+)\(id=(\d+),off=(-?\d+),r=(\d+)\)/;

/** The identifier to put into a snippet. */
function identifier(facts: RejectionFacts): string {
  const name = pointerOf(facts);
  return /^\w+$/.test(name) ? name : "pointer";
}

/** "eth" of "eth->h_proto": clang may read a field byte by byte, so that the whole struct is the thing to ask for. */
function structOf({ expression }: RejectionFacts): string | null {
  return /^\*?(\w+)->/.exec(expression ?? "")?.[1] ?? null;
}

/** The end of what is read, as C. */
function endOf(facts: RejectionFacts, match: RegExpExecArray): string {
  const base = structOf(facts);
  return base === null
    ? `(void *)${identifier(facts)} + ${Number(match[1]) + Number(match[2])}`
    : `(void *)(${base} + 1)`;
}

export const packetClasses: readonly RejectionClass[] = [
  {
    id: "packet-offset-too-large",
    title: "packet offset too large",
    pattern: packetAccess,
    when: ({ value }) => value?.kind === "pkt" && (value.bounds?.maximum ?? 0n) + BigInt(value.offset) > 0xffffn,
    explain: (facts) =>
      `${nameOf(facts)} lies at an offset of up to ${facts.value?.bounds?.maximum} from the packet's start. The verifier follows packet offsets to 65535 only: beyond that, a comparison with data_end proves nothing to it.`,
    fix: "bring the offset below 65536 before it is added to the packet pointer, then compare with data_end",
    snippet:
      "offset &= 0x3fff;\nunsigned char *payload = data + offset;\nif (payload + 1 > data_end)\n  return XDP_DROP;",
  },
  {
    id: "wrong-packet-pointer",
    title: "check of the wrong packet pointer",
    pattern: packetAccess,
    when: ({ value, checkedPackets }, match) =>
      match[6] === "0" &&
      match[4] !== "0" &&
      checkedPackets.some((other) => other.value.id !== value?.id || (other.value.range ?? 0) > 0),
    explain: (facts, match) => {
      const other = facts.checkedPackets[0];
      const checked = other ? `${other.name} was compared with data_end` : "another pointer was compared with data_end";
      return `${accessOf(facts)} takes ${bytesOf(match[2] ?? "")} through ${pointerOf(facts)}, a pointer made by adding a variable length. ${checked}, but that says nothing of this one: the verifier proves each variable offset by itself.`;
    },
    fix: (facts) => `compare ${pointerOf(facts)} itself, after the length was added, with data_end`,
    snippet: (facts, match) => `if (${endOf(facts, match)} > data_end)\n  return XDP_DROP;`,
  },
  {
    id: "missing-bounds-check",
    title: "missing bounds check",
    pattern: packetAccess,
    when: (_, match) => match[6] === "0",
    explain: (facts, match) =>
      `${accessOf(facts)} takes ${bytesOf(match[2] ?? "")} at offset ${match[1]} of the packet, and nothing on this path has proved that the packet is that long. A frame may end anywhere, inside of its headers too.`,
    fix: (facts, match) =>
      structOf(facts) === null
        ? `compare with data_end before the access: at least ${Number(match[1]) + Number(match[2])} bytes from ${match[4] === "0" ? "the packet's start" : pointerOf(facts)}`
        : `compare with data_end before the access: the packet must reach to the end of *${structOf(facts)}`,
    snippet: (facts, match) => `if (${endOf(facts, match)} > data_end)\n  return XDP_DROP;`,
  },
  {
    id: "short-bounds-check",
    title: "bounds check too short",
    pattern: packetAccess,
    explain: (facts, match) =>
      `${accessOf(facts)} takes ${bytesOf(match[2] ?? "")} at offset ${match[1]}, but the comparison with data_end on this path proves only the first ${bytesOf(match[6] ?? "")}: ${Number(match[1]) + Number(match[2])} are needed.`,
    fix: "add a comparison that covers the header that is read here",
    snippet: (facts, match) =>
      structOf(facts) === null ? null : `if (${endOf(facts, match)} > data_end)\n  return XDP_DROP;`,
  },
  {
    id: "stale-packet-pointer",
    title: "stale packet pointer",
    pattern: /R(\d+) invalid mem access '(scalar|inv)'/,
    when: ({ lost }) => lost?.why === "packet-moved",
    explain: (facts) =>
      `${pointerOf(facts)} points into the packet as it was before ${facts.lost?.by}. That helper may move the packet: afterwards all pointers made from ctx->data before are invalid, and so is every comparison with data_end.`,
    fix: (facts) => `read ctx->data and ctx->data_end again after ${facts.lost?.by}, and compare again`,
    snippet:
      "data = (void *)(long)ctx->data;\ndata_end = (void *)(long)ctx->data_end;\nif (data + sizeof(struct ethhdr) > data_end)\n  return XDP_DROP;",
  },
  {
    id: "packet-end-access",
    title: "access at the end of the packet",
    pattern: /R(\d+) invalid mem access 'pkt_end'/,
    explain: (facts) => `${nameOf(facts)} is an access through data_end, which marks the first byte behind the packet.`,
    fix: "use data_end in comparisons only; read through a pointer that starts at data",
  },
  {
    id: "packet-end-arithmetic",
    title: "arithmetic on data_end",
    pattern: /R(\d+) pointer arithmetic on pkt_end prohibited/,
    explain: () => "The line computes with data_end. The verifier lets data_end be compared, not moved.",
    fix: "move the other side of the comparison: add to the packet pointer in place of taking from data_end",
    snippet: "if (data + 14 > data_end) /* not: data > data_end - 14 */\n  return XDP_DROP;",
  },
  {
    id: "context-write",
    title: "write to the context",
    pattern: /invalid bpf_context access off=(\d+) size=(\d+)/,
    when: isStore,
    explain: (facts, match) =>
      `${accessOf(facts)} changes ${bytesOf(match[2] ?? "")} at offset ${match[1]} of struct xdp_md, which an XDP program may only read.`,
    fix: "to move the packet's start or end call bpf_xdp_adjust_head or bpf_xdp_adjust_tail; to hand a value on use metadata (bpf_xdp_adjust_meta) or a map",
  },
  {
    id: "invalid-context-access",
    title: "invalid read of the context",
    pattern: /invalid bpf_context access off=(\d+) size=(\d+)/,
    explain: (facts, match) =>
      match[1] === "20"
        ? `The line reads egress_ifindex, which has a value only in a program that runs from a devmap entry, when the packet leaves.`
        : `${accessOf(facts)} takes ${bytesOf(match[2] ?? "")} at offset ${match[1]} of struct xdp_md, where this kernel has no field of that size: data, data_end, data_meta, ingress_ifindex and rx_queue_index are 4 bytes each.`,
    fix: (_, match) =>
      match[1] === "20"
        ? 'put the program into SEC("xdp/devmap") and into a devmap entry, or use ingress_ifindex'
        : "read one whole field of struct xdp_md by its name",
  },
  {
    id: "modified-context",
    title: "context pointer was changed",
    pattern: /dereference of modified ctx ptr|variable ctx access|negative offset ctx ptr/,
    explain: (facts) =>
      `${accessOf(facts)} goes through a context pointer to which something was added. The kernel rewrites context accesses by their fixed offset and needs the pointer as it came.`,
    fix: "read the fields straight from ctx by name, not through an index or a pointer into it",
    snippet: "__u32 queue = ctx->rx_queue_index;",
  },
  {
    id: "packet-load-instruction",
    title: "packet load instruction",
    pattern: /BPF_LD_\[ABS\|IND\] instructions not allowed/,
    explain: () => "The line uses the old packet load instruction of socket filters, which XDP programs do not have.",
    fix: "read the packet through ctx->data, or copy bytes with bpf_xdp_load_bytes",
  },
];
