/** Auto where the kernel decides otherwise than was expected: native is tried, and skb takes its place. */
import { Failed, type Failure } from "../../protocol/failures.ts";
import type { Mode, NetworkInterface, Place, WantedMode } from "../../protocol/interfaces.ts";

/** A place where native was refused, and in which words. */
export interface Settled {
  readonly place: Place;
  readonly why: string;
}

/** What is about the device or its driver; what somebody else does there, or privilege, skb mode would meet too. */
const aboutTheDevice: ReadonlySet<string> = new Set(["EINVAL", "EOPNOTSUPP", "ERANGE", "ENOSPC", "E2BIG", "ENOMEM"]);

/** @param run attaches at all places or at none, in skb mode where that was settled for */
export async function fallingBack<T>(wanted: WantedMode, run: (settled: readonly Settled[]) => Promise<T>): Promise<T> {
  const settled: Settled[] = [];
  for (;;) {
    try {
      return await run(settled);
    } catch (error) {
      const one = wanted === "auto" && error instanceof Failed ? settle(error.failure) : null;
      // refused once more at the same place: it was not the mode
      if (one === null || settled.some(({ place }) => samePlace(place, one.place))) throw error;
      settled.push(one);
    }
  }
}

function settle(failure: Failure): Settled | null {
  if (failure.kind !== "kernel" || failure.refused?.mode !== "native" || !aboutTheDevice.has(failure.code)) return null;
  const { code, extack, means, refused } = failure;
  const said = extack === null ? code : `${code}, "${extack}"`;
  const gap =
    refused.gapNanoseconds === undefined
      ? ""
      : `; what ran there was detached for the try, and nothing ran for ${(Number(refused.gapNanoseconds) / 1e6).toFixed(3)} ms`;
  return {
    place: refused.place,
    why: `the kernel refused native (${said}${means === undefined ? "" : `: ${means}`})${gap}`,
  };
}

export function settledFor(settled: readonly Settled[], place: Place): Settled | null {
  return settled.find((one) => samePlace(one.place, place)) ?? null;
}

/** Why auto came to this mode. */
export function autoWords(device: NetworkInterface, mode: Mode, settled: Settled | null): string {
  if (settled !== null) return settled.why;
  const driver = device.driver ?? "its driver";
  const told = device.features === null ? "by the driver table" : "the kernel reports it";
  if (mode === "native") return `${driver} has native XDP, ${told}`;
  return device.features === null
    ? `${driver} has no native XDP by the driver table`
    : `the kernel reports no native XDP for ${driver}`;
}

function samePlace(one: Place, other: Place): boolean {
  return one.netns === other.netns && one.ifindex === other.ifindex;
}
