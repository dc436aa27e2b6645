/** The chosen interface as it is listed now: fresher than what its driver said when it was chosen. */
import type { NetworkInterface } from "../../protocol/interfaces.ts";
import type { SessionState } from "../session/state.ts";
import { samePlace } from "./places.ts";

export function chosenInterface({ interfaces, place }: SessionState): NetworkInterface | null {
  if (place === null) return null;
  return interfaces?.interfaces.find((one) => samePlace(one, place)) ?? null;
}
