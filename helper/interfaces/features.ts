/** Which modes a device can do, with the evidence: the kernel's answer where it has one, else a table of drivers. */
import { release } from "node:os";
import driverTable from "../../data/xdp-drivers.json" with { type: "json" };
import type { DriverHint } from "../../protocol/interface-details.ts";
import type { Mode, ModeSupport } from "../../protocol/interfaces.ts";

export interface Evidence {
  /** null where the kernel cannot be asked (before 6.3) */
  readonly features: readonly string[] | null;
  readonly driver: string | null;
}

export function hintFor(driver: string | null): DriverHint | null {
  const found = driverTable.drivers.find((one) => one.driver === driver);
  if (found === undefined) return null;
  return {
    driver: found.driver,
    label: found.label,
    native: found.native,
    offload: found.offload,
    fragments: found.fragments,
    zeroCopy: found.af_xdp_zero_copy,
    maximumMtu: found.max_mtu,
    sources: driverTable.sources,
  };
}

/** Each mode with where the answer comes from. What it would take is another question: see needs.ts. */
export function modeSupport({ features, driver }: Evidence, kernel: string = release()): ModeSupport[] {
  const skb = answer("skb", true, "generic XDP works on every driver since Linux 4.12");
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
    return [answer("native", null, why), skb, answer("hw", null, why)];
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

function answer(mode: Mode, supported: boolean | null, why: string): ModeSupport {
  return { mode, supported, why, needs: [] };
}
