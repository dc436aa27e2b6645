/** Flags that several commands share, in one wording. */
import type { FlagSpec } from "./command.ts";

export const everywhere: Readonly<Record<string, FlagSpec>> = {
  json: { value: null, what: "print one JSON value on standard output" },
  verbose: { value: null, short: "v", what: "show the equivalent commands of ip, bpftool, clang on standard error" },
  help: { value: null, short: "h", what: "show this help" },
};

export const dev: FlagSpec = { value: "IF", what: "the interface" };
export const netns: FlagSpec = {
  value: "NS",
  what: "its network namespace: a name of `ip netns`, or pid:N (default: this one)",
};
export const replace: FlagSpec = {
  value: "ID",
  what: "the program with this id may go, though the workbench did not attach it",
};
export const labName: FlagSpec = {
  value: "NAME",
  what: "another lab beside xdpw-lab, of namespaces NAME-box, NAME-host0, NAME-host1",
};
export const required = { required: true } as const;
