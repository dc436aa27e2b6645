/** Whether anything arrives here, and what is lost with it. */
import type { PlaceFacts } from "../../../protocol/place-facts.ts";
import type { PreflightLine } from "../../../protocol/preflight.ts";
import { placeOf, runnable } from "./fix-words.ts";

export function networkLines({ interface: device, facts, peer, carries }: PlaceFacts): PreflightLine[] {
  const lines: PreflightLine[] = [];
  const base = { about: "link-state", evidence: "the kernel's answer (rtnetlink)", expectation: false } as const;
  if (!device.up) {
    const text = `${device.name} is down: nothing arrives here until it is up.`;
    const fixes = [runnable(`set ${device.name} up`, { do: "set-up", place: placeOf(device) })];
    lines.push({ ...base, weight: "costs", text, fixes });
  } else if (facts.carrier === false) {
    const down = peer !== null && !peer.up;
    const text = `${device.name} has no link: nothing arrives here${down ? ` until its other end ${peer.name} is up` : ""}.`;
    const fixes = down ? [runnable(`set ${peer.name} up`, { do: "set-up", place: placeOf(peer) })] : [];
    lines.push({ ...base, weight: "costs", text, fixes });
  }
  if (carries.length > 0) {
    lines.push({
      about: "own-network",
      weight: "costs",
      text: `${device.name} carries ${carries.join(" and ")}: a program that drops too much cuts you off. Attach with a deadline, so that it goes by itself unless you confirm.`,
      evidence: "routes and established TCP connections of the workbench's own namespace",
      expectation: false,
      fixes: [],
    });
  }
  return lines;
}
