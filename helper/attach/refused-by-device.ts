/** The no of a device that a program or its maps were to be loaded for; the host's verifier has said nothing by then. */
import type { Failure } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { asFailure } from "../failures.ts";
import type { KernelError } from "../native/kernel-error.ts";
import { mapTrouble } from "../verify.ts";

const otherModes = "or choose native or skb mode";

/** null where it was the verifier that refused, or something that has nothing to do with the device */
export function refusedByDevice(error: KernelError, program: string, place: Place): Failure | null {
  const doing = `load ${program} for the hardware of ${place.name}`;
  if (error.code === "EPERM" || error.code === "ECANCELED") return null;
  if (error.operation === "BPF_MAP_CREATE") {
    const next = `devices take hashes and arrays only, with as many entries as they have room for: change the map, ${otherModes}`;
    return asFailure(error, { doing: `${doing}: ${mapTrouble(error)}`, next });
  }
  if (error.operation !== "BPF_PROG_LOAD" || wasJudged(error.log ?? "")) return null;
  const next = `its driver does not offload XDP, or takes no program now: see dmesg, ${otherModes}`;
  return asFailure(error, { doing, next });
}

/** A device is asked before the verifier looks at the first instruction. */
function wasJudged(log: string): boolean {
  return /^\d+: /m.test(log);
}
