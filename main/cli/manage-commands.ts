/** The commands that are about maps themselves, not about their entries. */
import { creatableTypes } from "../../protocol/manage-maps.ts";
import type { ArgumentSpec, CommandSpec, FlagSpec } from "./command.ts";

export function manageCommands(map: ArgumentSpec, scope: Readonly<Record<string, FlagSpec>>): readonly CommandSpec[] {
  const dryRun = { value: null, what: "say what would become of it, and do nothing" };
  const path = { name: "PATH", what: "under /sys/fs/bpf; folders that are missing are made" };
  return [
    {
      words: ["map", "create"],
      summary: "make a map and pin it: it lives as long as something holds it",
      arguments: [{ name: "NAME", what: "at most 15 letters, digits and _" }],
      flags: {
        type: { value: "TYPE", what: creatableTypes.join(", "), choices: [...creatableTypes], required: true },
        key: { value: "BYTES", what: "size of a key; 0 for types without keys", required: true },
        value: { value: "BYTES", what: "size of a value", required: true },
        entries: { value: "N", what: "how many entries at most; bytes of a ring buffer", required: true },
        flags: { value: "FLAGS", what: "such as no_prealloc,rdonly_prog; a trie's no_prealloc is set anyway" },
        inner: { value: "MAP", what: "for a map of maps: one like those that it will hold" },
        pin: { value: "PATH", what: path.what, required: true },
      },
      examples: [
        "xdpw map create routes --type lpm_trie --key 8 --value 16 --entries 1024 --pin /sys/fs/bpf/routes",
        "xdpw map create tables --type array_of_maps --key 4 --value 4 --entries 8 --inner routes --pin /sys/fs/bpf/tables",
      ],
      load: async () => (await import("./map-manage.ts")).runMapCreate,
    },
    {
      words: ["map", "pin"],
      summary: "pin a map, so that it outlives who uses it",
      arguments: [map, path],
      flags: scope,
      examples: ["xdpw map pin xdp_stats_map /sys/fs/bpf/stats"],
      load: async () => (await import("./map-manage.ts")).runMapPin,
    },
    {
      words: ["map", "unpin"],
      summary: "take a pin away, and say whether the map goes with it",
      arguments: [{ name: "PATH", what: "a pin under /sys/fs/bpf" }],
      flags: { "dry-run": dryRun },
      examples: ["xdpw map unpin /sys/fs/bpf/stats --dry-run"],
      load: async () => (await import("./map-manage.ts")).runMapUnpin,
    },
    {
      words: ["map", "freeze"],
      summary: "let only programs write to a map from now on; there is no way back",
      arguments: [map],
      flags: { ...scope, "dry-run": dryRun },
      examples: ["xdpw map freeze pinned:/sys/fs/bpf/limits"],
      load: async () => (await import("./map-manage.ts")).runMapFreeze,
    },
    {
      words: ["map", "clear"],
      summary: "delete every entry of a map, or set those of an array to zeros; undo brings back what was deleted",
      arguments: [map],
      flags: { ...scope, "dry-run": dryRun },
      examples: ["xdpw map clear blocklist --dry-run"],
      load: async () => (await import("./map-manage.ts")).runMapClear,
    },
    {
      words: ["map", "pop"],
      summary: "take the next element of a queue or stack; exits 1 where it is empty",
      arguments: [map],
      flags: scope,
      examples: ["xdpw map pop jobs"],
      load: async () => (await import("./map-manage.ts")).runMapPop,
    },
    {
      words: ["map", "has"],
      summary: "ask a bloom filter for a value; exits 1 where it was never put in",
      arguments: [map, { name: "VALUE", what: "as for map set" }],
      flags: scope,
      examples: ["xdpw map has seen 0x0a000001"],
      load: async () => (await import("./map-manage.ts")).runMapHas,
    },
  ];
}
