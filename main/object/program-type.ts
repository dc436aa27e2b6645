import { type Btf, btfType } from "./read-btf.ts";
import { resolveBtfType } from "./resolve-btf.ts";

/** How libbpf sees an XDP section name (its table of section definitions matches these six exactly). */
const xdpSections: ReadonlyMap<string, "interface" | "devmap" | "cpumap"> = new Map([
  ["xdp", "interface"],
  ["xdp.frags", "interface"],
  ["xdp/devmap", "devmap"],
  ["xdp.frags/devmap", "devmap"],
  ["xdp/cpumap", "cpumap"],
  ["xdp.frags/cpumap", "cpumap"],
]);

/** Other types by the section's first word, in bpftool's words; enough to say what a program is, no more. */
const others: ReadonlyMap<string, string> = new Map([
  ["socket", "socket_filter"],
  ["sk_reuseport", "sk_reuseport"],
  ["kprobe", "kprobe"],
  ["kretprobe", "kprobe"],
  ["uprobe", "kprobe"],
  ["uretprobe", "kprobe"],
  ["usdt", "kprobe"],
  ["ksyscall", "kprobe"],
  ["kretsyscall", "kprobe"],
  ["tc", "sched_cls"],
  ["tcx", "sched_cls"],
  ["netkit", "sched_cls"],
  ["classifier", "sched_cls"],
  ["action", "sched_act"],
  ["tracepoint", "tracepoint"],
  ["tp", "tracepoint"],
  ["raw_tracepoint", "raw_tracepoint"],
  ["raw_tp", "raw_tracepoint"],
  ["tp_btf", "tracing"],
  ["fentry", "tracing"],
  ["fexit", "tracing"],
  ["fmod_ret", "tracing"],
  ["iter", "tracing"],
  ["freplace", "ext"],
  ["lsm", "lsm"],
  ["syscall", "syscall"],
  ["perf_event", "perf_event"],
  ["struct_ops", "struct_ops"],
  ["sk_lookup", "sk_lookup"],
  ["sk_msg", "sk_msg"],
  ["sockops", "sock_ops"],
  ["flow_dissector", "flow_dissector"],
  ["netfilter", "netfilter"],
]);

/**
 * - "known": libbpf takes the section as XDP;
 * - "unknown-name": libbpf refuses it unless the program's type is set to XDP before the load: it begins with "xdp"
 *   ("xdp1", "xdp_icmp_echo"), or is any other word ("prog") and the function takes a struct xdp_md;
 * - "no": another kind of program.
 */
export type XdpSection = "known" | "unknown-name" | "no";

export interface ProgramType {
  /** bpf_prog_type in bpftool's words; "unspec" where nothing is known. */
  readonly type: string;
  readonly xdp: XdpSection;
  /** What an XDP program is attached to; null for other kinds. */
  readonly attachesTo: "interface" | "devmap" | "cpumap" | null;
}

/** What a program is, by its section's name. A leading "?" (not loaded by itself) does not count. */
function programType(section: string): ProgramType {
  const name = section.startsWith("?") ? section.slice(1) : section;
  const attachesTo = xdpSections.get(name);
  if (attachesTo) return { type: "xdp", xdp: "known", attachesTo };
  if (/^xdp/i.test(name)) return { type: "xdp", xdp: "unknown-name", attachesTo: "interface" };
  const word = /^[a-z_0-9]+/.exec(name)?.[0] ?? "";
  return { type: others.get(word) ?? "unspec", xdp: "no", attachesTo: null };
}

/** What is known of a program besides its section's name: its BTF tells what it takes. */
export function programTypeOf(section: string, name: string, btf: Btf | null): ProgramType {
  const bySection = programType(section);
  if (bySection.type !== "unspec" || btf === null || !takesXdpContext(btf, name)) return bySection;
  return { type: "xdp", xdp: "unknown-name", attachesTo: "interface" };
}

function takesXdpContext(btf: Btf, name: string): boolean {
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btfType(btf, id);
    if (type.kind !== "function" || type.name !== name) continue;
    const prototype = btfType(btf, type.type);
    const [first, second] = prototype.kind === "prototype" ? prototype.parameters : [];
    const pointer = first && !second ? resolveBtfType(btf, first.type).type : null;
    const target = pointer?.kind === "pointer" ? resolveBtfType(btf, pointer.type).type : null;
    return (target?.kind === "struct" || target?.kind === "forward") && target.name === "xdp_md";
  }
  return false;
}
