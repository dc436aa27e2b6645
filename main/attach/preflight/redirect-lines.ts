/** What becomes of packets that a native program sends on: who does not take them, and what their checksums lack. */
import type { Neighbour, PlaceFacts, RedirectTarget } from "../../../protocol/place-facts.ts";
import type { PreflightLine } from "../../../protocol/preflight.ts";
import { xdpwPlace } from "../../commands/shell.ts";
import { command, type LineFix, placeOf, runnable, saying } from "./fix-words.ts";
import type { ProgramTraits } from "./program-traits.ts";

/** A namespace of a thousand ports is told by its first ones. */
const mostCandidates = 8;

export function redirectLines(place: PlaceFacts, program: ProgramTraits): PreflightLine[] {
  const { interface: device, targets } = place;
  // once the program runs here, the other end of this device takes what is redirected there
  const others = targets.filter(({ peer }) => peer?.ifindex !== device.ifindex || peer.netns !== device.netns);
  const bare = program.redirectsToDevices ? others.flatMap((target) => targetLines(device.netns, target)) : [];
  const named = bare.filter(({ sure }) => sure).map(({ line }) => line);
  const candidates = bare.filter(({ sure }) => !sure).map(({ line }) => line);
  return [
    ...named,
    ...candidates.slice(0, mostCandidates),
    ...(candidates.length > mostCandidates ? [moreLine(candidates.length - mostCandidates)] : []),
    ...sentBackLines(place, program),
    ...checksumLines(place, program),
  ];
}

interface Bare {
  readonly line: PreflightLine;
  /** a map names it */
  readonly sure: boolean;
}

function targetLines(netns: string | null, target: RedirectTarget): Bare[] {
  const { name, ifindex, up, peer, maps } = target;
  const sure = maps.length > 0;
  const named = sure ? `, which ${maps.join(" and ")} names` : "";
  const about = { about: "redirect-target", weight: "costs" } as const;
  const lines: PreflightLine[] = [];
  if (sure && !up) {
    lines.push({
      ...about,
      text: `${name}${named}, is down: what is redirected there is lost (ENETDOWN).`,
      evidence: "the kernel's answer (rtnetlink)",
      expectation: false,
      fixes: [runnable(`set ${name} up`, { do: "set-up", place: { netns, ifindex, name } })],
    });
  }
  if (takes(target) !== false) return lines.map((line) => ({ line, sure }));
  const told = target.features === null ? "" : `the kernel reports no ndo-xmit for ${name} (generic netlink netdev)`;
  const why =
    peer === null
      ? target.driver === "veth"
        ? "its other end runs no native XDP program and has GRO off"
        : `its driver ${target.driver ?? "(none)"} takes none (EOPNOTSUPP)`
      : `its other end ${peer.name} in ${saying(peer.netns)} runs no native XDP program and has GRO off`;
  lines.push({
    ...about,
    text: `A native redirect into ${name}${sure ? `${named},` : ""} ${sure ? "loses" : "would lose"} every packet: ${why}.`,
    evidence: told || "measured on Linux 6.18: 0 of 50 packets arrive",
    expectation: told === "",
    fixes: peer === null ? [] : [groOn(peer)],
  });
  return lines.map((line) => ({ line, sure }));
}

/** null where nobody can say */
function takes({ features, driver, peer }: RedirectTarget): boolean | null {
  if (features !== null) return features.includes("ndo-xmit");
  if (driver !== "veth" || peer === null || peer.gro === null) return null;
  return peer.runsXdp || peer.gro;
}

function groOn(peer: Neighbour): LineFix {
  return runnable(`turn GRO on at ${peer.name}`, {
    ...{ do: "set-feature", place: placeOf(peer), feature: "rx-gro", on: true },
  });
}

function moreLine(more: number): PreflightLine {
  return {
    about: "redirect-target",
    weight: "costs",
    text: `${more} more devices of this namespace take no native redirects.`,
    evidence: "the kernel's answer (generic netlink netdev)",
    expectation: false,
    fixes: [],
  };
}

function sentBackLines({ interface: device, peer }: PlaceFacts, program: ProgramTraits): PreflightLine[] {
  if (device.driver !== "veth" || peer === null || peer.runsXdp || !program.sendsBack) return [];
  return [
    {
      about: "redirect-target",
      weight: "costs",
      text: `What the program sends back with XDP_TX is lost: the other end ${peer.name} in ${saying(peer.netns)} runs no native XDP program.`,
      evidence:
        "its code may return XDP_TX, by its constants; measured on Linux 6.18: 0 of 200 packets arrive, with GRO at the other end too",
      expectation: true,
      fixes: [
        command(`attach a program that passes everything to ${peer.name}`, [
          ...["xdpw", "attach", "bpf-templates/pass/program.bpf.c", ...xdpwPlace(peer), "--mode", "native"],
        ]),
      ],
    },
  ];
}

/** What arrives at a veth was sent by sockets at its other end: that end's offload decides. */
function checksumLines({ interface: device, peer }: PlaceFacts, program: ProgramTraits): PreflightLine[] {
  const sends = program.redirects || program.sendsBack;
  if (device.driver !== "veth" || peer === null || peer.partialChecksums !== true || !sends) return [];
  const feature = "tx-checksum-ip-generic";
  return [
    {
      about: "checksum-offload",
      weight: "costs",
      text: `Transmit checksum offload is on at the other end ${peer.name}: packets of its sockets arrive with partial checksums, which survive XDP_PASS but neither a native redirect nor XDP_TX.`,
      evidence: "the kernel's answer (ethtool -k); measured on Linux 6.18",
      expectation: true,
      fixes: [
        runnable(`turn ${feature} off at ${peer.name}`, {
          ...{ do: "set-feature", place: placeOf(peer), feature, on: false },
        }),
      ],
    },
  ];
}
