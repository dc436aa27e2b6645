/**
 * What attaching in a mode would take, in words. Expectations: the kernel decides in the end. Limits are those of the
 * driver table, or measured on Linux 6.18 where it says so.
 */
import type { Amount, DriverHint, LinkFacts, Offload } from "../../protocol/interface-details.ts";
import type { Mode, NetworkInterface } from "../../protocol/interfaces.ts";
import { vethPeerMtu } from "../../protocol/place-facts.ts";

export interface Circumstances {
  readonly interface: NetworkInterface;
  readonly facts: LinkFacts;
  /** of the device, and of its peer where it is a veth; empty where unknown */
  readonly channels: readonly Amount[];
  readonly peerChannels: readonly Amount[];
  readonly offloads: readonly Offload[];
  readonly hint: DriverHint | null;
  readonly cpus: number;
}

const onlyFragments = 'so only programs with fragment support (SEC("xdp.frags"))';

export function needsOf(mode: Mode, supported: boolean | null, given: Circumstances): string[] {
  if (supported === false) return [];
  const needs = inTheWay(mode, given.interface);
  if (mode === "native") needs.push(...mtuNeeds(given), ...offloadNeeds(given), ...queueNeeds(given));
  if (mode === "hw") needs.push("the program is loaded for this device, and only its own helpers work");
  return needs;
}

/** Host modes exclude each other (net/core/dev.c, dev_xdp_attach); hardware runs beside either. */
function inTheWay(mode: Mode, { attached }: NetworkInterface): string[] {
  if (mode === "hw") return [];
  return attached
    .filter((one) => one.mode !== mode && one.mode !== "hw")
    .map(
      ({ mode: other, name, id }) =>
        `${name || `program ${id}`} runs in ${other} mode: the kernel takes one of native and skb at a time`,
    );
}

function mtuNeeds({ interface: { name, mtu, driver, features }, facts, hint }: Circumstances): string[] {
  if (driver === "veth") {
    const { peer } = facts;
    if (peer === null || peer.mtu <= vethPeerMtu) return [];
    return [`the peer ${peer.name} has MTU ${peer.mtu}, which is above ${vethPeerMtu}, ${onlyFragments}`];
  }
  // Measured: a tap takes a native program at any MTU; frames that do not fit a page go another way.
  const limit = driver === "tun" ? null : (hint?.maximumMtu ?? null);
  if (limit === null || mtu <= limit) return [];
  const above = `MTU ${mtu} is above ${limit}, the most that ${driver} is expected to take (driver table)`;
  const fragments = features === null ? hint !== null && hint.fragments !== null : features.includes("rx-sg");
  return [fragments ? `${above}, ${onlyFragments}` : `${above}: ip link set dev ${name} mtu ${limit}`];
}

function offloadNeeds({ interface: { name, driver }, offloads }: Circumstances): string[] {
  const needs: string[] = [];
  const on = (feature: string): Offload | undefined => offloads.find((one) => one.name === feature && one.on);
  if (on("rx-lro") !== undefined) needs.push(`LRO is on, and most drivers refuse then: ethtool -K ${name} lro off`);
  // virtnet_xdp_set turns off what it can turn off (VIRTIO_NET_F_CTRL_GUEST_OFFLOADS), and refuses what it cannot
  if (driver === "virtio_net" && on("rx-gro-hw")?.fixed === true) {
    needs.push(
      "rx-gro-hw is on and fixed: virtio_net refuses while the host merges packets; it is turned off on the host (guest_tso4=off,guest_tso6=off,guest_ufo=off,guest_csum=off in QEMU)",
    );
  }
  return needs;
}

function queueNeeds({ interface: { driver }, facts, channels, peerChannels, cpus }: Circumstances): string[] {
  const now = (list: readonly Amount[], name: string): number | null =>
    list.find((one) => one.name === name)?.now ?? null;
  if (driver === "veth") {
    const own = now(channels, "RX");
    const peers = now(peerChannels, "TX");
    if (own === null || peers === null || own >= peers) return [];
    return [
      `${own} receive queue${own === 1 ? "" : "s"} here and ${peers} transmit queues at the peer ${facts.peer?.name ?? ""}: veth wants at least as many (ethtool -L)`,
    ];
  }
  if (driver !== "virtio_net") return [];
  const combined = channels.find(({ name }) => name === "Combined");
  const pairs = combined?.now ?? null;
  const most = combined?.most ?? null;
  if (pairs === null || most === null || pairs + cpus <= most) return [];
  return [
    `${most} queue pair${most === 1 ? "" : "s"} for ${cpus} CPUs: with fewer than one more a CPU, XDP_TX and redirects share queues under a lock`,
  ];
}
