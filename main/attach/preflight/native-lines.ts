/** What native mode takes of a device: MTU, offloads, queues. The limits are ours, or a table's: the kernel decides. */
import type { Amount } from "../../../protocol/interface-details.ts";
import { type PlaceFacts, vethPeerMtu } from "../../../protocol/place-facts.ts";
import type { PreflightLine } from "../../../protocol/preflight.ts";
import { type LineFix, placeOf, runnable, saying } from "./fix-words.ts";
import type { ProgramTraits } from "./program-traits.ts";

const measured = "measured on Linux 6.18 with pages of 4 KiB";
const declareFragments = 'or the program declares SEC("xdp.frags") and takes packets of several fragments';

/** @param program null where there is none yet */
export function nativeLines(place: PlaceFacts, program: ProgramTraits | null, cpus: number): PreflightLine[] {
  return [...mtuLines(place, program), ...mergeLines(place), ...queueLines(place, cpus)];
}

function mtuLines(place: PlaceFacts, program: ProgramTraits | null): PreflightLine[] {
  const { interface: one, peer, hint } = place;
  if (one.driver === "veth") return vethMtu(place, program);
  // Measured: a tap takes a native program at any MTU; frames that do not fit a page go another way.
  const limit = one.driver === "tun" ? null : (hint?.maximumMtu ?? null);
  if (limit === null || peer !== null) return [];
  const fragments = one.features === null ? hint?.fragments !== null : one.features.includes("rx-sg");
  const evidence = `driver table: ${one.driver} takes at most ${limit} without fragments`;
  return [
    mtuLine({
      what: `MTU ${one.mtu}`,
      above: one.mtu > limit,
      lifted: fragments && program?.fragments === true,
      limit,
      evidence,
      remedy: fragments ? declareFragments : null,
      fix: runnable(`set the MTU of ${one.name} to ${limit}`, { do: "set-mtu", place: placeOf(one), mtu: limit }),
    }),
  ];
}

function vethMtu({ interface: one, peer }: PlaceFacts, program: ProgramTraits | null): PreflightLine[] {
  if (peer === null) {
    const text = `The MTU of the other end of ${one.name} decides (at most ${vethPeerMtu} without fragments), and it cannot be looked at from here.`;
    return [{ about: "mtu", weight: "fine", text, evidence: measured, expectation: true, fixes: [] }];
  }
  return [
    mtuLine({
      what: `The other end ${peer.name} in ${saying(peer.netns)} has MTU ${peer.mtu}, and that`,
      above: peer.mtu > vethPeerMtu,
      lifted: program?.fragments === true,
      limit: vethPeerMtu,
      evidence: `${measured}: the MTU of a veth's other end counts`,
      remedy: declareFragments,
      fix: runnable(`set the MTU of ${peer.name} to ${vethPeerMtu}`, {
        ...{ do: "set-mtu", place: placeOf(peer), mtu: vethPeerMtu },
      }),
    }),
  ];
}

interface Mtu {
  readonly what: string;
  readonly above: boolean;
  readonly lifted: boolean;
  readonly limit: number;
  readonly evidence: string;
  readonly remedy: string | null;
  readonly fix: LineFix;
}

function mtuLine({ what, above, lifted, limit, evidence, remedy, fix }: Mtu): PreflightLine {
  const base = { about: "mtu", evidence, expectation: true } as const;
  if (!above) return { ...base, weight: "fine", text: `${what} is within the limit of ${limit}.`, fixes: [] };
  if (lifted) {
    const text = `${what} is above ${limit}, and the program takes fragments, so it may be.`;
    return { ...base, weight: "fine", text, fixes: [] };
  }
  const text = `${what} is above ${limit}, the most for a native program without fragments: make it smaller${remedy === null ? "" : `, ${remedy}`}.`;
  return { ...base, weight: "stops", text, fixes: [fix] };
}

function mergeLines({ interface: one, offloads }: PlaceFacts): PreflightLine[] {
  const lines: PreflightLine[] = [];
  const on = (feature: string) => offloads.find(({ name, on: active }) => name === feature && active);
  const off = (feature: string, fixed: boolean): LineFix[] =>
    fixed ? [] : [runnable(`turn ${feature} off`, { do: "set-feature", place: placeOf(one), feature, on: false })];
  const lro = on("rx-lro");
  if (lro !== undefined) {
    lines.push({
      about: "lro",
      weight: "stops",
      text: `LRO is on: the NIC merges packets, and most drivers refuse a native program then${lro.fixed ? ". The driver does not let it be turned off" : ""}.`,
      evidence: "the kernel's answer (ethtool -k), and drivers' sources",
      expectation: true,
      fixes: off("rx-lro", lro.fixed),
    });
  }
  const merging = on("rx-gro-hw");
  if (merging === undefined) return lines;
  const fixedVirtio = one.driver === "virtio_net" && merging.fixed;
  lines.push({
    about: "gro-hw",
    // virtnet_xdp_set turns off what it can turn off (VIRTIO_NET_F_CTRL_GUEST_OFFLOADS), and refuses what it cannot
    weight: fixedVirtio ? "stops" : one.driver === "virtio_net" ? "fine" : "costs",
    text: fixedVirtio
      ? "GRO-HW is on and fixed: virtio_net refuses while the host merges packets. It is turned off on the host (guest_tso4=off,guest_tso6=off,guest_ufo=off,guest_csum=off in QEMU)."
      : one.driver === "virtio_net"
        ? "GRO-HW is on: virtio_net turns it off by itself while a native program runs."
        : `GRO-HW is on: the NIC merges packets, and some drivers refuse a native program then${merging.fixed ? ". The driver does not let it be turned off" : ""}.`,
    evidence: "the kernel's answer (ethtool -k), and drivers' sources",
    expectation: true,
    fixes: off("rx-gro-hw", merging.fixed),
  });
  return lines;
}

function queueLines({ interface: one, peer, channels }: PlaceFacts, cpus: number): PreflightLine[] {
  if (one.driver === "veth") {
    const own = { now: null, most: null, ...amountOf(channels, "RX") };
    const peers = { now: null, ...amountOf(peer?.channels ?? [], "TX") };
    if (peer === null || own.now === null || peers.now === null || own.now >= peers.now) return [];
    const more = own.most !== null && own.most >= peers.now;
    const fix: LineFix = more
      ? runnable(`give ${one.name} ${peers.now} receive queues`, {
          ...{ do: "set-channels", place: placeOf(one), kind: "rx", count: peers.now },
        })
      : runnable(`leave ${peer.name} ${count(own.now, "transmit queue")}`, {
          ...{ do: "set-channels", place: placeOf(peer), kind: "tx", count: own.now },
        });
    return [
      {
        about: "queues",
        weight: "stops",
        text: `${count(own.now, "receive queue")} here and ${count(peers.now, "transmit queue")} at the other end ${peer.name}: a veth takes a native program only with at least as many here.`,
        evidence: `the kernel's answer (ethtool -l); ${measured}`,
        expectation: true,
        fixes: [fix],
      },
    ];
  }
  if (one.driver !== "virtio_net") return [];
  const { now = null, most = null } = amountOf(channels, "Combined") ?? {};
  if (now === null || most === null || now + cpus <= most) return [];
  return [
    {
      about: "queues",
      weight: "costs",
      text: `${count(most, "queue pair")} for ${count(cpus, "CPU")}: with fewer than one more for each CPU, XDP_TX and redirects share queues under a lock.`,
      evidence: "the kernel's answer (ethtool -l), and virtio_net's source",
      expectation: true,
      fixes: [],
    },
  ];
}

function amountOf(list: readonly Amount[], name: string): Amount | undefined {
  return list.find((one) => one.name === name);
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
