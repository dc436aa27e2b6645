/** What a device can do with XDP: the kernel's answer where it has one, else a table of drivers. */
import { release } from "node:os";
import driverTable from "../../data/xdp-drivers.json" with { type: "json" };
import type { Mode, ModeSupport } from "../../protocol/interfaces.ts";

/** enum netdev_xdp_act, bit by bit (include/uapi/linux/netdev.h) */
const featureNames = ["basic", "redirect", "ndo-xmit", "xsk-zerocopy", "hw-offload", "rx-sg", "ndo-xmit-sg"] as const;

export function namesOfFeatures(bits: bigint): string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 64; bit += 1) {
    if (((bits >> BigInt(bit)) & 1n) === 1n) names.push(featureNames[bit] ?? `bit-${bit}`);
  }
  return names;
}

export interface DriverHint {
  readonly driver: string;
  readonly label: string;
  /** first Linux with native mode */
  readonly native: string | null;
  readonly offload: boolean;
  /** largest MTU without fragment support */
  readonly max_mtu: number | null;
}

export function hintFor(driver: string | null): DriverHint | null {
  const hints: readonly DriverHint[] = driverTable.drivers;
  return hints.find((one) => one.driver === driver) ?? null;
}

/** Each mode with where the answer comes from. */
export function modeSupport(
  features: readonly string[] | null,
  driver: string | null,
  kernel: string = release(),
): ModeSupport[] {
  const skb: ModeSupport = { mode: "skb", supported: true, why: "generic XDP works on every driver since Linux 4.12" };
  if (features !== null) {
    const native = features.includes("basic");
    const offload = features.includes("hw-offload");
    return [
      answer(
        "native",
        native,
        native ? "the kernel reports it for this driver" : "the kernel reports no XDP features for this driver",
      ),
      skb,
      answer(
        "hw",
        offload,
        offload ? "the kernel reports offload for this driver" : "the kernel reports no offload for this driver",
      ),
    ];
  }
  const old = `Linux ${kernel} cannot be asked (it can since 6.3)`;
  const hint = hintFor(driver);
  if (hint === null) {
    const why = `${old}, and the driver ${driver ?? "is not known and"} is not in the table`;
    return [{ mode: "native", supported: null, why }, skb, { mode: "hw", supported: null, why }];
  }
  const native = hint.native !== null && !olderThan(kernel, hint.native);
  return [
    answer("native", native, `${old}; by the table ${driver} has native XDP since Linux ${hint.native ?? "never"}`),
    skb,
    answer("hw", hint.offload, `${old}; by the table ${driver} ${hint.offload ? "offloads" : "does not offload"}`),
  ];
}

/** What may be offered: a mode that nobody can say anything about may be tried. */
export function offeredModes(support: readonly ModeSupport[]): Mode[] {
  return support
    .filter(({ mode, supported }) => supported === true || (supported === null && mode === "native"))
    .map(({ mode }) => mode);
}

export function olderThan(kernel: string, since: string): boolean {
  const [major = 0, minor = 0] = kernel.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const [sinceMajor = 0, sinceMinor = 0] = since.split(".").map((part) => Number.parseInt(part, 10) || 0);
  return major < sinceMajor || (major === sinceMajor && minor < sinceMinor);
}

function answer(mode: Mode, supported: boolean, why: string): ModeSupport {
  return { mode, supported, why };
}
