/** The driver's own counters (ethtool -S), those of XDP first. */
import type { Answer, Statistic } from "../../../protocol/interface-details.ts";
import type { NativeFace } from "../../native/face.ts";
import { notSupported, refused } from "./messages.ts";

const ofXdp = /xdp|xsk|redirect/i;

export function readStatistics(native: NativeFace, ifindex: number): Answer<Statistic[]> {
  try {
    const counters = native.driverStatistics(ifindex);
    if (counters === null) return notSupported("not supported by this driver (ethtool -S)");
    return { is: "known", value: xdpFirst(counters) };
  } catch (error) {
    return refused(error, "ethtool -S");
  }
}

/** Each group in the driver's own order. */
export function xdpFirst(counters: readonly { readonly name: string; readonly value: bigint }[]): Statistic[] {
  const all = counters.map(({ name, value }) => ({
    name: name.trim(),
    value: value.toString(),
    xdp: ofXdp.test(name),
  }));
  return [...all.filter(({ xdp }) => xdp), ...all.filter(({ xdp }) => !xdp)];
}
