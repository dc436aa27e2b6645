/** Every command of xdpw, in the order of the path: source, object, verdict, attachment, maps. */
import type { ArgumentSpec, CommandSpec } from "./command.ts";
import { dev, labName, netns, replace } from "./flags.ts";
import { manageCommands } from "./manage-commands.ts";
import { mapsFlag, settingFlags } from "./load-flags.ts";

const input: ArgumentSpec = { name: "FILE", what: "a C source, or an ELF object that was built before" };
const map: ArgumentSpec = { name: "MAP", what: "id:N, a name, or pinned:PATH" };
const guard: ArgumentSpec = {
  name: "GUARD",
  what: "as attach printed it (default: the only one that waits)",
  optional: true,
};
const key: ArgumentSpec = {
  name: "KEY",
  what: "as the table shows it (2, 192.0.2.0/24, 02:fc:00:00:00:09), JSON of its fields, or bytes 0x0a0b",
};
const value: ArgumentSpec = {
  name: "VALUE",
  what: "as a key, JSON, or nexthop=2,flags=1; some of the fields keep the others of an existing entry",
};
const scope = {
  dev: { ...dev, what: "only maps of the program attached to this interface" },
  netns: { ...netns, what: `${netns.what}` },
};
const journal: ArgumentSpec = {
  name: "JOURNAL",
  what: "as xdpw map journal lists it, or its beginning (default: the latest)",
  optional: true,
};
const entriesFile: ArgumentSpec = {
  name: "FILE",
  what: "CSV with a header, JSON as bpftool prints it, a snapshot, or a bpftool batch file",
};
const dryRun = { value: null, what: "print what would change, and write nothing" };
const confirm = {
  value: "SECONDS",
  what: "take it back unless it is confirmed in time: Enter here, or xdpw confirm anywhere",
};
const importFlags = {
  format: {
    value: "FORMAT",
    what: "json, csv or batch, in place of what the file looks like",
    choices: ["json", "csv", "batch"],
  },
  "dry-run": dryRun,
  confirm,
};
const required = { required: true } as const;
const output = {
  value: "FILE",
  short: "o",
  what: "where to write it: whole, or not at all (default: standard output)",
};

export const commands: readonly CommandSpec[] = [
  {
    words: ["new"],
    summary: "start a program of your own from a template",
    arguments: [
      { name: "TEMPLATE", what: "which lesson, such as ipv4-router" },
      { name: "FOLDER", what: "where the copy goes: a folder to be made" },
    ],
    flags: {
      name: {
        value: "WHAT=NAME",
        what: "what the program's function (program=…) or a map is to be called; may be given again",
        list: true,
      },
    },
    examples: [
      "xdpw new ipv4-router edge",
      "xdpw new packet-counters mine --name program=xdp_mine --name counters=seen",
    ],
    load: async () => (await import("./new.ts")).runNew,
  },
  {
    words: ["build"],
    summary: "compile a C source to a BPF object",
    arguments: [{ name: "FILE", what: "the C source" }],
    flags: {
      output: {
        value: "OBJ",
        short: "o",
        what: "where to write it (default: the source's name in this folder; - for standard output)",
      },
      emit: {
        value: "KIND",
        what: "obj: a BPF object (default), ir: LLVM IR, asm: BPF assembly",
        choices: ["obj", "ir", "asm"],
      },
    },
    examples: ["xdpw build filter.bpf.c", "xdpw build filter.bpf.c --emit asm -o -"],
    load: async () => (await import("./build.ts")).runBuild,
  },
  {
    words: ["verify"],
    summary: "ask the kernel's verifier about each program, and attach nothing",
    arguments: [input],
    flags: settingFlags,
    examples: [
      "xdpw verify filter.bpf.c",
      "xdpw verify filter.bpf.o --json",
      "xdpw verify filter.bpf.c --set limit=100",
    ],
    load: async () => (await import("./verify.ts")).runVerify,
  },
  {
    words: ["show"],
    summary: "show what was built, and what the kernel makes of it, beside the C lines",
    arguments: [
      { name: "KIND", what: "llvm, assembly, xlated, jited, or object: sections, programs, maps, globals and types" },
      { ...input, optional: true },
    ],
    flags: {
      prog: { value: "NAME", what: "only this program, and the functions that it calls" },
      id: { value: "N", what: "the loaded program with this id, in place of a file: xlated or jited" },
      ...settingFlags,
    },
    examples: [
      "xdpw show assembly filter.bpf.c",
      "xdpw show jited filter.bpf.c --prog xdp_filter",
      "xdpw show xlated --id 42",
      "xdpw show object filter.bpf.o --json",
    ],
    load: async () => (await import("./show.ts")).runShow,
  },
  {
    words: ["convert"],
    summary: "turn struct bpf_map_def definitions into BTF-defined maps",
    arguments: [{ name: "FILE", what: "the C source or header" }],
    flags: { write: { value: null, what: "change the file; without it a diff is printed" } },
    examples: ["xdpw convert old_kern.c", "xdpw convert old_kern.c --write"],
    load: async () => (await import("./convert.ts")).runConvert,
  },
  {
    words: ["test"],
    summary: "run the packets of packets.json through a program, and attach nothing",
    arguments: [{ name: "PATH", what: "a folder, a packets.json, or a source or object with one beside it" }],
    flags: {
      netns: { ...netns, what: "where interfaces and routes are looked up (default: this network namespace)" },
    },
    examples: ["xdpw test bpf-templates/ipv4-blocklist", "xdpw test filter.bpf.c --json"],
    load: async () => (await import("./test.ts")).runTest,
  },
  {
    words: ["preflight"],
    summary: "say what stands in the way of an attach, and what mends it; attach nothing",
    arguments: [{ ...input, optional: true }],
    flags: {
      dev: { ...dev, ...required },
      netns,
      mode: {
        value: "MODE",
        what: "native, skb, hw, or auto (default): native where the driver can, else skb",
        choices: ["native", "skb", "hw", "auto"],
      },
      prog: { value: "NAME", what: "which program, where the object has several" },
    },
    examples: ["xdpw preflight filter.bpf.c --dev eth1", "xdpw preflight --dev eth1 --mode native --json"],
    load: async () => (await import("./preflight.ts")).runPreflight,
  },
  {
    words: ["attach"],
    summary: "build, verify and attach a program to an interface, or to several",
    arguments: [input],
    flags: {
      dev: { ...dev, what: "the interface; given again, another: all of them or none", many: true, ...required },
      netns,
      mode: {
        value: "MODE",
        what: "native, skb, hw, or auto (default): native where the driver can, else skb",
        choices: ["native", "skb", "hw", "auto"],
      },
      prog: { value: "NAME", what: "which program, where the object has several" },
      replace,
      confirm: {
        value: "SECONDS",
        what: "put back what was there before unless it is confirmed in time: Enter here, or xdpw confirm anywhere",
      },
      maps: mapsFlag,
      ...settingFlags,
      plan: { value: null, what: "print what would become of the maps and which globals can be set; attach nothing" },
    },
    examples: [
      "xdpw attach filter.bpf.c --dev eth1",
      "xdpw attach filter.bpf.c --dev eth1 --maps carry --set limit=100 --max-entries flows=65536",
      "xdpw attach filter.bpf.c --dev eth1 --maps keep --plan",
      "xdpw attach filter.bpf.o --netns xdpw-lab --dev port0 --mode native",
      "xdpw attach filter.bpf.c --dev eth0 --confirm 30",
      "xdpw attach filter.bpf.c --dev eth1 --dev eth2",
    ],
    load: async () => (await import("./attach.ts")).runAttach,
  },
  {
    words: ["confirm"],
    summary: "keep what was attached, or changed in a map, with --confirm",
    arguments: [guard],
    flags: {},
    examples: ["xdpw confirm", "xdpw confirm 0f3a52c1d4e59b67"],
    load: async () => (await import("./settle-guard.ts")).runConfirm,
  },
  {
    words: ["rollback"],
    summary: "put back at once what was there before an attach or a change with --confirm",
    arguments: [guard],
    flags: {},
    examples: ["xdpw rollback"],
    load: async () => (await import("./settle-guard.ts")).runRollback,
  },
  {
    words: ["detach"],
    summary: "take the program off an interface, or all of ours off all",
    arguments: [],
    flags: {
      dev,
      netns,
      replace,
      all: { value: null, what: "in place of --dev: everything that the workbench attached, in every namespace" },
    },
    examples: ["xdpw detach --netns xdpw-lab --dev port0", "xdpw detach --all"],
    load: async () => (await import("./detach.ts")).runDetach,
  },
  {
    words: ["status"],
    summary: "list interfaces, their drivers and modes, what is attached, whose it is and since when",
    arguments: [],
    flags: {
      dev,
      netns: { ...netns, what: "only this network namespace: a name of `ip netns`, or pid:N" },
      full: {
        value: null,
        what: "with --dev: driver, modes with the evidence, features, queues, offloads, statistics, and how often programs run",
      },
    },
    examples: [
      "xdpw status",
      "xdpw status --netns xdpw-lab --dev port0 --json",
      "xdpw status --netns xdpw-lab --dev port0 --full",
    ],
    load: async () => (await import("./status.ts")).runStatus,
  },
  {
    words: ["watch"],
    summary: "count what becomes of redirected packets and why, and the runs of attached programs, until Ctrl+C",
    arguments: [],
    flags: {
      dev: { ...dev, what: "only what comes in or goes out here" },
      netns: { ...netns, what: "only this network namespace: a name of `ip netns`, or pid:N" },
      seconds: { value: "N", what: "end after N seconds" },
    },
    examples: ["xdpw watch", "xdpw watch --netns xdpw-lab --dev port0", "xdpw watch --seconds 10 --json"],
    load: async () => (await import("./watch.ts")).runWatch,
  },
  {
    words: ["map", "list"],
    summary: "list the kernel's maps, their memory, and who uses them",
    arguments: [],
    flags: scope,
    examples: ["xdpw map list", "xdpw map list --netns xdpw-lab --dev port0"],
    load: async () => (await import("./map-list.ts")).runMapList,
  },
  {
    words: ["map", "dump"],
    summary: "print every entry of a map",
    arguments: [map],
    flags: scope,
    examples: ["xdpw map dump xdp_stats_map --netns xdpw-lab --dev port0", "xdpw map dump id:42 --json"],
    load: async () => (await import("./map-dump.ts")).runMapDump,
  },
  {
    words: ["map", "get"],
    summary: "print one entry of a map",
    arguments: [map, key],
    flags: scope,
    examples: ["xdpw map get xdp_stats_map 2", "xdpw map get blocklist 192.0.2.0/24"],
    load: async () => (await import("./map-get.ts")).runMapGet,
  },
  {
    words: ["map", "set"],
    summary: "write one entry of a map",
    arguments: [map, key, value],
    flags: {
      ...scope,
      netns: {
        ...netns,
        what: "where --dev is, and where the interfaces of a devmap's values are (default: this one)",
      },
      "dry-run": dryRun,
      confirm,
    },
    examples: [
      `xdpw map set xdp_stats_map 2 '{"rx_packets":"0","rx_bytes":"0"}'`,
      "xdpw map set routes 10.0.0.0/8 nexthop=2,flags=1 --dry-run",
      "xdpw map set tx_ports 1 port1 --netns xdpw-lab",
      "xdpw map set tx_ports 1 ifindex=port1,program=xdp_egress --netns xdpw-lab",
    ],
    load: async () => (await import("./map-set.ts")).runMapSet,
  },
  {
    words: ["map", "layout"],
    summary: "show or say how the keys and values of a map are laid out, in C",
    arguments: [map],
    flags: {
      ...scope,
      key: { value: "C", what: "a C type for keys, kept for maps of this name; none forgets it" },
      value: { value: "C", what: "a C type for values, kept for maps of this name; none forgets it" },
    },
    examples: [
      "xdpw map layout flows",
      "xdpw map layout flows --key 'struct { __be32 addr; __u16 port; } __attribute__((packed))'",
      "xdpw map layout flows --key none",
    ],
    load: async () => (await import("./map-layout.ts")).runMapLayout,
  },
  {
    words: ["map", "delete"],
    summary: "delete one entry of a map",
    arguments: [map, key],
    flags: { ...scope, "dry-run": dryRun, confirm },
    examples: ["xdpw map delete blocklist 192.0.2.0/24"],
    load: async () => (await import("./map-delete.ts")).runMapDelete,
  },
  ...manageCommands(map, scope),
  {
    words: ["map", "journal"],
    summary: "list what was applied to maps since this boot",
    arguments: [{ ...map, optional: true }],
    flags: scope,
    examples: ["xdpw map journal", "xdpw map journal routes"],
    load: async () => (await import("./map-journal.ts")).runMapJournal,
  },
  {
    words: ["map", "survey"],
    summary: "say which rows of applied or interrupted changes are in the map right now",
    arguments: [journal],
    flags: {},
    examples: ["xdpw map survey", "xdpw map survey 3f9a"],
    load: async () => (await import("./map-journal.ts")).runMapSurvey,
  },
  {
    words: ["map", "undo"],
    summary: "take changes of a map back, row by row where nobody changed it since",
    arguments: [journal],
    flags: {},
    examples: ["xdpw map undo", "xdpw map undo 3f9a"],
    load: async () => (await import("./map-journal.ts")).runMapUndo,
  },
  {
    words: ["map", "redo"],
    summary: "apply what was undone, or finish what was interrupted",
    arguments: [journal],
    flags: {},
    examples: ["xdpw map redo 3f9a"],
    load: async () => (await import("./map-journal.ts")).runMapRedo,
  },
  {
    words: ["map", "export"],
    summary: "write all entries of a map to a file",
    arguments: [map],
    flags: {
      ...scope,
      format: {
        value: "FORMAT",
        what: "json: what `bpftool -j map dump` prints (default), csv: typed columns, batch: commands for `bpftool batch file`",
        choices: ["json", "csv", "batch"],
      },
      output,
    },
    examples: ["xdpw map export routes > routes.json", "xdpw map export routes --format csv -o routes.csv"],
    load: async () => (await import("./map-export.ts")).runMapExport,
  },
  {
    words: ["map", "snapshot"],
    summary: "keep all entries of a map in a file, to compare with or to go back to",
    arguments: [map],
    flags: { ...scope, output: { ...output, required: true } },
    examples: ["xdpw map snapshot routes -o before.json"],
    load: async () => (await import("./map-export.ts")).runMapSnapshot,
  },
  {
    words: ["map", "import"],
    summary: "write the entries of a file into a map, and leave its others alone",
    arguments: [map, entriesFile],
    flags: { ...scope, ...importFlags },
    examples: ["xdpw map import routes routes.csv --dry-run", "xdpw map import routes routes.csv"],
    load: async () => (await import("./map-import.ts")).runMapImport,
  },
  {
    words: ["map", "restore"],
    summary: "make a map what a file says: entries that the file has not are deleted",
    arguments: [map, entriesFile],
    flags: { ...scope, ...importFlags },
    examples: ["xdpw map restore routes before.json --dry-run", "xdpw map restore routes before.json"],
    load: async () => (await import("./map-import.ts")).runMapRestore,
  },
  {
    words: ["map", "diff"],
    summary: "compare a map as it is now with a file, or two files; exits 1 where they differ",
    arguments: [
      { name: "A", what: "a snapshot or another file of entries, or a map: id:N, a name, or pinned:PATH" },
      { name: "B", what: "the same (default: the map that the snapshot A is of, now)", optional: true },
    ],
    flags: scope,
    examples: ["xdpw map diff before.json", "xdpw map diff before.json after.json", "xdpw map diff routes routes.csv"],
    load: async () => (await import("./map-diff.ts")).runMapDiff,
  },
  {
    words: ["map", "tree"],
    summary: "show prefixes under those that cover them, which never answer, and which say the same",
    arguments: [map],
    flags: { ...scope, marked: { value: null, what: "only those that something is to be said of" } },
    examples: ["xdpw map tree routes", "xdpw map tree routes --marked --json"],
    load: async () => (await import("./map-tree.ts")).runMapTree,
  },
  {
    words: ["map", "match"],
    summary: "ask the kernel which entry of an LPM trie answers for an address",
    arguments: [map, { name: "ADDRESS", what: "such as 10.1.2.3, 2001:db8::1, or a prefix" }],
    flags: scope,
    examples: ["xdpw map match routes 10.1.2.3"],
    load: async () => (await import("./map-match.ts")).runMapMatch,
  },
  {
    words: ["lab", "up"],
    summary: "make the lab: a box with two ports and two hosts, cut off from this machine's network",
    arguments: [],
    flags: { name: labName },
    examples: ["xdpw lab up"],
    load: async () => (await import("./lab.ts")).runLabUp,
  },
  {
    words: ["lab", "down"],
    summary: "remove the lab without trace, or what a crashed run left of it",
    arguments: [],
    flags: { name: labName },
    examples: ["xdpw lab down"],
    load: async () => (await import("./lab.ts")).runLabDown,
  },
  {
    words: ["lab", "status"],
    summary: "say whether the lab is up, and its addresses",
    arguments: [],
    flags: { name: labName },
    examples: ["xdpw lab status --json"],
    load: async () => (await import("./lab.ts")).runLabStatus,
  },
  {
    words: ["lab", "traffic"],
    summary: "send packets from a host of the lab, and count what arrives",
    arguments: [],
    flags: {
      from: { value: "HOST", what: "who sends", choices: ["host0", "host1"], ...required },
      to: { value: "WHERE", what: "who should get them", choices: ["port0", "port1", "host0", "host1"], ...required },
      proto: { value: "PROTO", what: "what to send", choices: ["icmp", "udp", "arp"], ...required },
      count: { value: "N", what: "how many packets, 1 to 10000000", ...required },
      rate: { value: "PPS", what: "packets a second (default: as fast as it goes)" },
      name: labName,
    },
    examples: ["xdpw lab traffic --from host0 --to port0 --proto udp --count 1000"],
    load: async () => (await import("./lab-traffic.ts")).runLabTraffic,
  },
  {
    words: ["serve"],
    summary: "serve the workbench to a browser, on this machine's loopback only",
    arguments: [],
    flags: { port: { value: "N", what: "the port, 0 for any free one (default: 8471, or a free one)" } },
    examples: ["xdpw serve", "xdpw serve --port 9000"],
    load: async () => (await import("./serve.ts")).runServe,
  },
];
