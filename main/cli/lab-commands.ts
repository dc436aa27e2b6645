/** The commands about the lab. */
import type { CommandSpec } from "./command.ts";
import { labName, required } from "./flags.ts";

export const labCommands: readonly CommandSpec[] = [
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
];
