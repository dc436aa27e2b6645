/**
 * Section names: those that libbpf 1.x takes (its table section_defs in src/libbpf.c), with what each is for. XDP first,
 * for that is what is written here.
 */
export interface SectionName {
  readonly name: string;
  readonly what: string;
  /** a name of the user's follows, such as the function of a kprobe */
  readonly open: boolean;
  readonly of: "program" | "data";
}

const program = (name: string, what: string, open = false): SectionName => ({ name, what, open, of: "program" });
const data = (name: string, what: string, open = false): SectionName => ({ name, what, open, of: "data" });

export const sectionNames: readonly SectionName[] = [
  program("xdp", "an XDP program, attached to an interface"),
  program("xdp.frags", "an XDP program that takes packets of several buffers (Linux 5.18)"),
  program("xdp/devmap", "runs on packets redirected through an entry of a devmap (Linux 5.8)"),
  program("xdp.frags/devmap", "the same for packets of several buffers"),
  program("xdp/cpumap", "runs on packets redirected to another CPU through a cpumap (Linux 5.9)"),
  program("xdp.frags/cpumap", "the same for packets of several buffers"),
  data(".maps", "maps, defined by their BTF"),
  data("license", 'the program\'s license, such as "GPL": some helpers want a GPL-compatible one'),
  data(".rodata", "constants, read-only for the program", true),
  data(".data", "variables with a first value", true),
  data(".bss", "variables that begin as zero", true),
  data(".kconfig", "values of the kernel's configuration"),
  data(".ksyms", "functions and variables of the kernel"),
  data(".struct_ops", "operations that replace some of the kernel's"),
  data(".struct_ops.link", "the same, attached by a link"),
  data("version", "a kernel version; long unused"),
  program("tc", "traffic control, for clsact"),
  ...["tcx/ingress", "tcx/egress", "tc/ingress", "tc/egress"].map((name) =>
    program(name, "traffic control (Linux 6.6)"),
  ),
  ...["netkit/primary", "netkit/peer"].map((name) => program(name, "netkit devices (Linux 6.7)")),
  program("classifier", "traffic control; old name of tc"),
  program("action", "traffic control action; deprecated"),
  program("socket", "filters what a socket receives"),
  program("freplace", "replaces a global function of another program", true),
  program("fentry", "at the beginning of a kernel function", true),
  program("fexit", "at the end of a kernel function", true),
  program("fmod_ret", "changes what a kernel function returns", true),
  program("fentry.s", "fentry that may sleep", true),
  program("fexit.s", "fexit that may sleep", true),
  program("fmod_ret.s", "fmod_ret that may sleep", true),
  ...["kprobe", "kretprobe", "uprobe", "uretprobe", "uprobe.s", "uretprobe.s"].map((name) =>
    program(name, "a probe", true),
  ),
  ...["kprobe.multi", "kretprobe.multi", "uprobe.multi", "uretprobe.multi"].map((name) =>
    program(name, "many probes", true),
  ),
  ...["kprobe.session", "uprobe.session", "uprobe.multi.s", "uretprobe.multi.s", "uprobe.session.s"].map((name) =>
    program(name, "many probes", true),
  ),
  ...["ksyscall", "kretsyscall"].map((name) => program(name, "a system call", true)),
  ...["usdt", "usdt.s"].map((name) => program(name, "a static trace point of a user program", true)),
  ...["tracepoint", "tp", "raw_tracepoint", "raw_tp", "raw_tracepoint.w", "raw_tp.w", "tp_btf"].map((name) =>
    program(name, "a trace point of the kernel", true),
  ),
  ...["lsm", "lsm.s", "lsm_cgroup"].map((name) => program(name, "a security hook", true)),
  ...["iter", "iter.s"].map((name) => program(name, "walks over objects of the kernel", true)),
  program("perf_event", "a performance event"),
  program("syscall", "run by a system call"),
  program("netfilter", "a netfilter hook (Linux 6.4)"),
  program("flow_dissector", "takes packets' flow keys apart"),
  program("sk_lookup", "chooses the socket of a packet"),
  ...["sk_reuseport", "sk_reuseport/migrate"].map((name) => program(name, "chooses among sockets of one port")),
  program("sk_msg", "a message of a socket"),
  ...["sk_skb", "sk_skb/stream_parser", "sk_skb/stream_verdict", "sk_skb/verdict"].map((name) =>
    program(name, "a sockmap"),
  ),
  program("sockops", "events of TCP sockets"),
  ...["lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local"].map((name) => program(name, "a lightweight tunnel")),
  program("struct_ops", "an operation of a struct_ops", true),
  program("struct_ops.s", "an operation of a struct_ops that may sleep", true),
  ...["cgroup_skb/ingress", "cgroup_skb/egress", "cgroup/skb"].map((name) => program(name, "packets of a cgroup")),
  ...["cgroup/sock", "cgroup/dev", "cgroup/sysctl", "cgroup/getsockopt", "cgroup/setsockopt"].map((name) =>
    program(name, "a cgroup's hook"),
  ),
  ...["sock_create", "sock_release", "post_bind4", "post_bind6"].map((name) =>
    program(`cgroup/${name}`, "a cgroup's sockets"),
  ),
  ...["bind", "connect", "getpeername", "getsockname"].flatMap((verb) =>
    ["4", "6", "_unix"].map((family) => program(`cgroup/${verb}${family}`, "a cgroup's sockets")),
  ),
  ...["sendmsg", "recvmsg"].flatMap((verb) =>
    ["4", "6", "_unix"].map((family) => program(`cgroup/${verb}${family}`, "a cgroup's sockets")),
  ),
];

const exact: ReadonlySet<string> = new Set(sectionNames.filter(({ of }) => of === "program").map(({ name }) => name));
/** `kprobe` and `kprobe/name` are both taken */
const open: readonly string[] = sectionNames.filter((one) => one.open && one.of === "program").map(({ name }) => name);

/** Whether libbpf knows what kind of program that is. A leading "?" only says that it is not loaded by itself. */
export function isProgramSection(section: string): boolean {
  const name = section.startsWith("?") ? section.slice(1) : section;
  return exact.has(name) || open.some((prefix) => name.startsWith(`${prefix}/`));
}

/** The known name that is nearest in spelling, for a hint; null where none is near. */
export function nearestSection(section: string): string | null {
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const name of exact) {
    const distance = editDistance(section, name);
    if (distance <= 2 && (best === null || distance < best.distance)) best = { name, distance };
  }
  return best?.name ?? null;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
