/** The commands about the entries of maps. */
import type { ArgumentSpec, CommandSpec } from "./command.ts";
import { dev, netns } from "./flags.ts";
import { manageCommands } from "./manage-commands.ts";

const map: ArgumentSpec = { name: "MAP", what: "id:N, a name, or pinned:PATH" };
const key: ArgumentSpec = {
  name: "KEY",
  what: "as the table shows it (2, 192.0.2.0/24, 02:fc:00:00:00:09), JSON of its fields, or bytes 0x0a0b",
};
const value: ArgumentSpec = {
  name: "VALUE",
  what: "as a key, JSON, or nexthop=2,flags=1, where some of the fields keep the others of an existing entry; a program or an inner map by name or id=42",
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
const output = {
  value: "FILE",
  short: "o",
  what: "where to write it: whole, or not at all (default: standard output)",
};

export const mapCommands: readonly CommandSpec[] = [
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
];
