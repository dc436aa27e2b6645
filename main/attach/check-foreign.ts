/** Ours is replaced and detached without a question; foreign only when the user names it. */
import { fail } from "../../protocol/failures.ts";
import type { AttachedProgram, NetworkInterface } from "../../protocol/interfaces.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import type { Attachments } from "./attachments.ts";

/**
 * What is attached now, null for nothing.
 * @throws Failed `foreign-program` unless it is ours or `replace` names it; `ambiguous` where modes are mixed (xdpmulti)
 */
export function checkForeign(
  device: NetworkInterface,
  attachments: Attachments,
  replace: number | null,
  verb: "replace" | "detach",
): AttachedProgram | null {
  const current = onlyAttached(device, verb);
  if (current === null) return null;
  const place = `${device.name} in ${sayNetns(device.netns)}`;
  if (replace === current.id || attachments.isOurs(current)) return current;
  return fail({
    kind: "foreign-program",
    netns: device.netns,
    ifindex: device.ifindex,
    mode: current.mode,
    program: current.id,
    name: current.name,
    message: `${verb} on ${place}: it runs ${current.name || "a program"} (id ${current.id}, ${current.mode}), which the workbench did not attach; say --replace ${current.id} to ${verb} it all the same`,
  });
}

/** In whichever mode; null for nothing. @throws Failed `ambiguous` where modes are mixed (xdpmulti) */
export function onlyAttached(device: NetworkInterface, verb: "replace" | "detach"): AttachedProgram | null {
  const [current, ...others] = device.attached;
  if (others.length === 0) return current ?? null;
  const modes = device.attached.map((program) => `${program.mode} ${program.id}`).join(", ");
  return fail({
    kind: "ambiguous",
    name: device.name,
    ids: device.attached.map((program) => program.id),
    message: `${verb} on ${device.name} in ${sayNetns(device.netns)}: programs in several modes at once (${modes}): take all but one off with ip link first`,
  });
}
