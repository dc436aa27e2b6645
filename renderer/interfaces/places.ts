/** Interfaces by the place where they are: names repeat over namespaces. */
import type { Mode, NetworkInterface, Place, WantedMode } from "../../protocol/interfaces.ts";
import type { LabStatus } from "../../protocol/lab.ts";

export function placeOf({ netns, ifindex, name }: Place): Place {
  return { netns, ifindex, name };
}

export function placeKey({ netns, ifindex, name }: Place): string {
  return `${netns ?? ""}/${ifindex}/${name}`;
}

export function samePlace(one: Place, other: Place): boolean {
  return placeKey(one) === placeKey(other);
}

/**
 * What became of an interface: the one at its place, or the same device under another name. Numbers are given out anew
 * where a namespace is made anew, so that driver and MAC must be the same too.
 */
export function sameDevice(interfaces: readonly NetworkInterface[], was: NetworkInterface): NetworkInterface | null {
  const here = interfaces.find((one) => samePlace(one, was));
  if (here !== undefined || was.mac === null) return here ?? null;
  const fits = ({ netns, ifindex, driver, mac }: NetworkInterface): boolean =>
    netns === was.netns && ifindex === was.ifindex && driver === was.driver && mac === was.mac;
  return interfaces.find(fits) ?? null;
}

export interface InterfaceGroup {
  readonly netns: string | null;
  readonly title: string;
  readonly interfaces: readonly NetworkInterface[];
  /** a process's namespace with nothing in it but lo, as browsers make them by the dozen */
  readonly quiet: boolean;
}

/** The workbench's own namespace first, then the lab, then the others by name; quiet ones last. */
export function groupByNamespace(
  interfaces: readonly NetworkInterface[],
  lab: LabStatus | null,
): readonly InterfaceGroup[] {
  const groups = new Map<string | null, NetworkInterface[]>();
  for (const one of interfaces) groups.set(one.netns, [...(groups.get(one.netns) ?? []), one]);
  return [...groups]
    .map(([netns, members]) => ({
      quiet:
        netns?.startsWith("pid:") === true &&
        members.every(({ name, attached }) => name === "lo" && attached.length === 0),
      netns,
      title: netns ?? "this machine",
      interfaces: members.toSorted((one, other) => one.ifindex - other.ifindex),
    }))
    .sort((one, other) => rank(one, lab) - rank(other, lab) || one.title.localeCompare(other.title));
}

function rank({ netns, quiet }: InterfaceGroup, lab: LabStatus | null): number {
  if (netns === null) return 0;
  if (quiet) return 4;
  if (netns === lab?.box) return 1;
  return isOfLab(lab, netns) ? 2 : 3;
}

export function isOfLab(lab: LabStatus | null, netns: string | null): boolean {
  return lab !== null && lab.state === "up" && netns !== null && (netns === lab.box || lab.hosts.includes(netns));
}

export function modeTitle(mode: WantedMode): string {
  return { auto: "Auto", native: "Native", skb: "Generic (skb)", hw: "Hardware" }[mode];
}

/** In the word that `ip link` and the command line use. */
export function modeWord(mode: Mode): string {
  return { native: "native", skb: "skb", hw: "hardware" }[mode];
}

/** What to show beside an interface that runs nothing: the best it can do. */
export function bestMode({ modes }: NetworkInterface): string {
  if (modes.includes("hw")) return "hardware";
  if (modes.includes("native")) return "native";
  return modes.includes("skb") ? "skb only" : "";
}
