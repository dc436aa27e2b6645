/** auto, resolved by us: mode flags that reach the kernel are never 0. */
import { fail } from "../../protocol/failures.ts";
import type { Mode, NetworkInterface, WantedMode } from "../../protocol/interfaces.ts";
import { sayNetns } from "../interfaces/find-interface.ts";

/** @throws Failed `unsupported` where the interface is known not to have the mode */
export function chooseMode(device: NetworkInterface, wanted: WantedMode): Mode {
  if (wanted === "auto") return device.modes.includes("native") ? "native" : "skb";
  // Without the kernel's own answer (before 6.3) the list is a hint: the driver decides.
  if (device.features === null || device.modes.includes(wanted)) return wanted;
  return fail({
    kind: "unsupported",
    feature: `${wanted} mode`,
    since: null,
    message: `interface ${device.name} in ${sayNetns(device.netns)}: the kernel reports no XDP ${wanted} mode for driver ${device.driver ?? "(none)"}; use ${device.modes.join(" or ")}`,
  });
}
