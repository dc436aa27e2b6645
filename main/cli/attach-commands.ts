/** The commands about interfaces: what is attached to them, and what becomes of it. */
import type { ArgumentSpec, CommandSpec } from "./command.ts";
import { dev, netns, replace, required } from "./flags.ts";
import { mapsFlag, settingFlags } from "./load-flags.ts";
import { input } from "./program-commands.ts";

const guard: ArgumentSpec = {
  name: "GUARD",
  what: "as attach printed it (default: the only one that waits)",
  optional: true,
};

export const attachCommands: readonly CommandSpec[] = [
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
];
