/** Sample machine for the fake workbench: two namespaces of the lab, one NIC, one program attached from elsewhere. */
import { createHash } from "node:crypto";
import type { Build, Stage } from "../../protocol/build.ts";
import type { InterfaceDetails } from "../../protocol/interface-details.ts";
import type { AttachedProgram, NetworkInterface, Place } from "../../protocol/interfaces.ts";
import type { LabStatus } from "../../protocol/lab.ts";
import type { MapListed, Row, Table } from "../../protocol/maps.ts";
import type { Rejection, Verdict } from "../../protocol/verify.ts";

export const foreign: AttachedProgram = {
  mode: "skb",
  id: 77,
  name: "lb_main",
  tag: "aa01bb02cc03dd04",
  jited: true,
  loadTime: "1",
};

export function nic(name: string, ifindex: number, netns: string | null, driver: string | null): NetworkInterface {
  const native = driver === "veth" || driver === "virtio_net";
  return {
    ifindex,
    name,
    netns,
    driver,
    mac: `02:fc:00:00:00:0${ifindex % 10}`,
    mtu: 1500,
    up: true,
    features: native ? ["basic", "redirect", "ndo-xmit", "rx-sg", "ndo-xmit-sg"] : [],
    modes: native ? ["native", "skb"] : ["skb"],
    attached: [],
  };
}

export function details(of: NetworkInterface): InterfaceDetails {
  const native = of.modes.includes("native");
  const known = <T>(value: T) => ({ is: "known" as const, value });
  const none = (option: string) => ({
    is: "not-supported" as const,
    why: `not supported by this driver (ethtool ${option})`,
  });
  const offload = (name: string, alias: string, on: boolean, fixed: boolean, why: string | null) => ({
    ...{ name, alias, on, fixed, wanted: on, why },
  });
  const veth = of.driver === "veth";
  const noFeatures = { is: "not-supported" as const, why: "this kernel does not tell (Linux 6.3 and later do)" };
  const acts = ["basic", "redirect", "ndo-xmit", "xsk-zerocopy", "hw-offload", "rx-sg", "ndo-xmit-sg"];
  return {
    interface: of,
    driver:
      of.driver === null
        ? null
        : {
            driver: of.driver,
            version: "6.18.44",
            firmwareVersion: veth ? "" : "0x800006da",
            expansionRomVersion: "",
            busInfo: veth ? "" : "0000:03:00.0",
            supportsStatistics: true,
            supportsTest: false,
            supportsEepromAccess: false,
            supportsRegisterDump: false,
            supportsPrivateFlags: false,
          },
    facts: {
      type: veth ? "veth" : of.driver === null ? "loopback" : "ether",
      alias: "",
      carrier: true,
      minimumMtu: 68,
      maximumMtu: 65_535,
      rxQueues: 4,
      txQueues: 4,
      peer: veth ? { netns: "xdpw-lab-host0", ifindex: 2, name: "eth0", mtu: 1500 } : null,
    },
    attached: of.attached.map((program) => ({
      program,
      by: program.id < 200 ? ("link" as const) : ("netlink" as const),
      linkId: program.id < 200 ? 12 : null,
      more: {
        ...{ uid: 0, user: "root", loadedAt: Date.UTC(2026, 10, 23, 6, 0, 0), xlatedBytes: 800, jitedBytes: 1229 },
        maps: [{ id: 41, name: "xdp_stats_map", type: "array" }],
        dispatcher:
          program.name !== "xdp_dispatcher"
            ? null
            : {
                ...{ version: 2, fragments: false },
                programs: [
                  { id: 301, name: "xdp_filter", tag: "aa01bb02cc03dd04", priority: 10, goesOnAfter: ["XDP_PASS"] },
                  { id: 302, name: "xdp_count", tag: "3b185187f1855c4c", priority: 50, goesOnAfter: ["XDP_PASS"] },
                ],
              },
      },
    })),
    link: native
      ? known({ speed: 10_000, duplex: "full", autonegotiation: false, lanes: null })
      : { is: "not-supported", why: "not supported by this driver (ethtool)" },
    channels: native
      ? known([
          { name: "RX", now: null, most: null },
          { name: "TX", now: null, most: null },
          { name: "Other", now: null, most: null },
          { name: "Combined", now: 8, most: 63 },
        ])
      : none("-l"),
    rings: native
      ? known({
          sizes: [
            { name: "RX", now: 512, most: 8192 },
            { name: "RX Mini", now: null, most: null },
            { name: "RX Jumbo", now: null, most: null },
            { name: "TX", now: 512, most: 8192 },
          ],
          settings: [{ name: "TX Push", value: false }],
        })
      : none("-g"),
    offloads: known([
      offload("rx-lro", "large-receive-offload", !veth && native, false, "merges packets in the NIC"),
      offload("rx-gro-hw", "rx-gro-hw", false, true, "merges packets in the NIC"),
      offload("rx-gro", "generic-receive-offload", true, false, "a veth takes native redirects while it is on"),
      offload("rx-vlan-hw-parse", "rx-vlan-offload", true, false, "takes the VLAN tag out of the packet"),
      offload("highdma", "highdma", true, true, null),
    ]),
    coalescing: veth
      ? none("-c")
      : known([
          { name: "rx-usecs", value: 1 },
          { name: "tx-usecs", value: null },
          { name: "adaptive-rx", value: true },
        ]),
    statistics: native
      ? known([
          { name: "rx_queue_0_xdp_packets", value: "1204551", xdp: true },
          { name: "rx_queue_0_xdp_drops", value: "8120", xdp: true },
          { name: "rx_kicks", value: "51829", xdp: false },
        ])
      : none("-S"),
    features:
      of.features === null
        ? noFeatures
        : known({
            xdp: of.features === null ? [] : [...of.features],
            missing: acts.filter((name) => of.features?.includes(name) !== true),
            zeroCopyMaxSegments: null,
            rxMetadata: veth ? ["timestamp", "hash", "vlan-tag"] : [],
            txMetadata: [],
          }),
    hint:
      of.features === null && of.driver !== null
        ? {
            ...{ driver: of.driver, label: "VirtIO network device", native: "4.10", offload: false, fragments: "6.3" },
            ...{ zeroCopy: "6.11", maximumMtu: 3506, sources: ["a list of drivers"] },
          }
        : null,
    modes: [
      {
        mode: "native",
        supported: of.features === null ? null : native,
        why:
          of.features === null
            ? "Linux 5.15 cannot be asked (it can since 6.3)"
            : native
              ? "the kernel reports it"
              : "the kernel reports no XDP features",
        needs: native && !veth ? ["LRO is on, and most drivers refuse then: ethtool -K eth0 lro off"] : [],
      },
      { mode: "skb", supported: true, why: "every device since Linux 4.12", needs: [] },
      { mode: "hw", supported: false, why: "the kernel reports no offload", needs: [] },
    ],
    notes: veth ? ["A native redirect into this veth is lost unless its peer runs an XDP program or has GRO on."] : [],
  };
}

export function labStatus(up: boolean): LabStatus {
  const hosts = ["xdpw-lab-host0", "xdpw-lab-host1"];
  const port = (index: 0 | 1) => ({
    interface: `port${index}`,
    netns: "xdpw-lab",
    ifindex: 2 + index,
    mac: `02:fc:00:00:00:0${index}`,
    ipv4: index === 0 ? "192.0.2.1/24" : "198.51.100.1/24",
    ipv6: `2001:db8:${index}::1/64`,
  });
  return {
    name: null,
    state: up ? "up" : "down",
    box: "xdpw-lab",
    hosts,
    ports: up ? [port(0), port(1)] : [],
    note: "",
  };
}

export const counters: MapListed = {
  id: 41,
  name: "xdp_stats_map",
  type: "array",
  keySize: 4,
  valueSize: 16,
  maxEntries: 5,
  flags: 0,
  btfId: 9,
  btfKeyTypeId: 1,
  btfValueTypeId: 2,
  programs: [{ id: 214, name: "xdp_count", type: "xdp" }],
};
const { programs: _, ...counterSummary } = counters;
export const blocklist: MapListed = {
  ...counters,
  id: 42,
  name: "blocklist",
  type: "lpm_trie",
  keySize: 8,
  valueSize: 16,
  maxEntries: 1024,
  flags: 1,
};
const { programs: _other, ...blocklistSummary } = blocklist;
export const perCpu: MapListed = { ...counters, id: 43, name: "per_cpu_stats", type: "percpu_array" };
const { programs: _third, ...perCpuSummary } = perCpu;
export const many: MapListed = { ...counters, id: 44, name: "flows", type: "hash", maxEntries: 65536 };
const { programs: _fourth, ...manySummary } = many;

export function keyOf(index: number): string {
  return Buffer.from(Uint32Array.of(index).buffer).toString("base64");
}

const column = (
  path: string,
  from: "key" | "value",
  type: string,
  hint: string,
  align: "number" | "text" = "number",
) => ({
  path,
  from,
  type,
  align,
  hint,
  choices: null,
});
const actionNames = ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"];
const counterColumns = [
  column("key", "key", "__u32", "0 to 4294967295"),
  column("rx_packets", "value", "__u64", "0 to 18446744073709551615"),
  column("rx_bytes", "value", "__u64", "0 to 18446744073709551615"),
];

export function counterRow(index: number, packets: number, cpus: boolean): Row {
  const cells = [String(packets), String(packets * 98)];
  return {
    key: keyOf(index),
    cells: [String(index), ...cells],
    label: actionNames[index] ?? null,
    cpus: cpus
      ? [
          [String(packets - 3), String((packets - 3) * 98)],
          ["3", "294"],
        ]
      : null,
  };
}

export function tables(): Map<number, Table> {
  const counted = (cpus: boolean) =>
    actionNames.map((_name, index) => counterRow(index, index === 2 ? 18204 : index * 7, cpus));
  return new Map<number, Table>([
    [
      41,
      {
        map: counterSummary,
        columns: counterColumns,
        rows: counted(false),
        total: 5,
        readOnly: null,
        resizable: false,
      },
    ],
    [
      42,
      {
        map: blocklistSummary,
        columns: [
          column("prefix", "key", "struct ipv4_prefix", "IPv4 prefix, 192.0.2.0/24", "text"),
          column("packets", "value", "__u64", "0 to 18446744073709551615"),
          column("bytes", "value", "__u64", "0 to 18446744073709551615"),
        ],
        rows: [],
        total: 0,
        readOnly: null,
        resizable: true,
      },
    ],
    [
      43,
      {
        map: perCpuSummary,
        columns: counterColumns,
        rows: counted(true),
        total: 5,
        readOnly: "sums over the CPUs cannot be written",
        resizable: false,
      },
    ],
    [
      44,
      {
        map: manySummary,
        columns: [
          column("saddr", "key", "__be32", "IPv4 address", "text"),
          column("sport", "key", "__be16", "0 to 65535"),
          column("packets", "value", "__u64", "0 to 18446744073709551615"),
          column("mac", "value", "__u8[6]", "MAC address, 02:00:00:00:00:01", "text"),
        ],
        rows: Array.from({ length: 10_000 }, (_row, index) => ({
          key: keyOf(index),
          cells: [`10.0.${index >> 8}.${index & 255}`, String(1024 + index), String(index * 31), "02:fc:00:00:00:04"],
          label: null,
          cpus: null,
        })),
        total: 23_456,
        readOnly: null,
        resizable: true,
      },
    ],
  ]);
}

export function stages(path: string): Stage[] {
  const flags = "-S -target bpf -D __BPF_TRACING__ -D__x86_64__ -Wall -Wno-unused-value -Wno-pointer-sign".split(" ");
  return [
    {
      name: "clang",
      argv: [
        "clang",
        ...flags,
        "-Wno-compare-distinct-pointer-types",
        "-Werror",
        "-O2",
        "-emit-llvm",
        "-c",
        "-g",
        path,
        "-o",
        "program.ll",
      ],
      milliseconds: 36.4,
      exit: 0,
    },
    {
      name: "llc",
      argv: ["llc", "-march=bpf", "-filetype=obj", "-o", "program.o", "program.ll"],
      milliseconds: 18.9,
      exit: 0,
    },
  ];
}

export function buildOf(path: string, text: string): Build {
  const lines = text.split("\n");
  const broken = lines.findIndex((line) => line.includes("broken"));
  const names = [...text.matchAll(/SEC\("(xdp[^"]*)"\)\s*int\s+(\w+)/g)];
  const ok = broken < 0;
  return {
    ok,
    path,
    object: ok ? createHash("sha256").update(text).digest("hex") : null,
    stages: ok
      ? stages(path)
      : stages(path)
          .slice(0, 1)
          .map((stage) => ({ ...stage, exit: 1 })),
    diagnostics: ok
      ? []
      : [
          {
            file: path,
            line: broken + 1,
            column: 2,
            severity: "error",
            class: "compile",
            message: "use of undeclared identifier 'broken'",
          },
        ],
    notes: [],
    programs: ok ? names.map(([, section = "", name = ""]) => ({ name, section, type: "xdp", instructions: 21 })) : [],
    maps: [],
    milliseconds: 55.3,
  };
}

const acceptedLog = Array.from({ length: 40 }, (_line, index) =>
  index % 4 === 0
    ? `; __u32 action = chosen_action(); @ program.bpf.c:${60 + index / 4}`
    : `${index}: (bf) r${index % 9} = r1`,
);

function rejectionAt(path: string, line: number): Rejection {
  return {
    class: "missing-bounds-check",
    title: "missing bounds check",
    ...{ file: path, line, column: 0 },
    telling: "invalid access to packet, off=13 size=1, R1(id=0,off=13,r=0)",
    explanation:
      "Reading eth->h_proto takes 1 byte at offset 13 of the packet, and nothing has proved that it is there.",
    fix: "compare with data_end before the access: at least 14 bytes from the packet's start",
    snippet: "if ((void *)(eth + 1) > data_end)\n  return XDP_DROP;",
    registers: [
      { register: "R1", variable: "eth", is: "packet pointer, offset 0", proved: "0 bytes readable", concerned: true },
      { register: "R10", variable: null, is: "stack pointer, offset 0", proved: "", concerned: false },
    ],
    suggestion: null,
  };
}

export function verdictOf(path: string, text: string): Verdict {
  const build = buildOf(path, text);
  const lines = text.split("\n");
  const bad = lines.findIndex((line) => line.includes("UNCHECKED"));
  const programs = build.programs.map(({ name, section, type }) => {
    const accepted = bad < 0;
    return {
      name,
      section,
      type,
      accepted,
      instructions: 21,
      processed: accepted ? 34 : 0,
      jitedBytes: accepted ? 1229 : 0,
      states: accepted ? 3 : 0,
      peakStates: accepted ? 3 : 0,
      stackDepths: [accepted ? 48 : 0],
      verificationMicroseconds: accepted ? 374 : 21,
      error: accepted ? "" : "EACCES: Permission denied",
      rejection: accepted ? null : rejectionAt(path, bad + 1),
      log: accepted
        ? [
            ...acceptedLog,
            "processed 34 insns (limit 1000000) max_states_per_insn 0 total_states 3 peak_states 3 mark_read 1",
            "",
          ].join("\n")
        : [
            "0: R1=ctx() R10=fp0",
            "; void *data = (void *)(long)ctx->data; @ program.bpf.c:21",
            "0: (61) r1 = *(u32 *)(r1 +0)          ; R1_w=pkt(r=0)",
            `; UNCHECKED @ program.bpf.c:${bad + 1}`,
            "1: (71) r2 = *(u8 *)(r1 +13)",
            "invalid access to packet, off=13 size=1, R1(id=0,off=13,r=0)",
            "R1 offset is outside of the packet",
            "processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0",
            "",
          ].join("\n"),
    };
  });
  const rejected = build.ok && bad >= 0;
  return {
    build,
    accepted: build.ok && !rejected,
    programs,
    diagnostics: rejected
      ? [
          {
            file: path,
            line: bad + 1,
            column: 0,
            severity: "error",
            class: "missing-bounds-check",
            message: `program ${programs[0]?.name}: invalid access to packet, off=13 size=1, R1(id=0,off=13,r=0)`,
          },
        ]
      : build.diagnostics,
    milliseconds: 61.2,
  };
}

export function keyOfPlace({ netns, name }: Place): string {
  return `${netns ?? ""}/${name}`;
}

/** Linux 6.18, log level 6: what the verifier took up of an accepted program. */
export const everyStep = `0: R1=ctx() R10=fp0
; void *data = (void *)(long)ctx->data; @ program.bpf.c:22
0: (61) r2 = *(u32 *)(r1 +0)          ; R1=ctx() R2=pkt(r=0)
; void *data_end = (void *)(long)ctx->data_end; @ program.bpf.c:23
1: (61) r3 = *(u32 *)(r1 +4)          ; R1=ctx() R3=pkt_end()
; if (data + 14 > data_end) @ program.bpf.c:24
2: (07) r2 += 14                      ; R2=pkt(off=14,r=0)
3: (2d) if r2 > r3 goto pc+2          ; R2=pkt(off=14,r=14) R3=pkt_end()
; return XDP_PASS; @ program.bpf.c:27
4: (b7) r0 = 2                        ; R0=2
5: (95) exit

from 3 to 6: R1=ctx() R2=pkt(off=14,r=0) R3=pkt_end() R10=fp0
; return XDP_DROP; @ program.bpf.c:25
6: (b7) r0 = 1                        ; R0=1
7: (95) exit
processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;
