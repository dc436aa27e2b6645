/** Ours is replaced and detached without a question; foreign only when the user names it. */
import { fail } from "../../protocol/failures.ts";
import { type AttachedProgram, type Mode, type NetworkInterface, sharesPlace } from "../../protocol/interfaces.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import type { Attachments } from "./attachments.ts";

/** What is to make room: what is in the way of `mode`, or what is there at all */
type Verb = { readonly replaceIn: Mode } | "detach";

/**
 * What is attached now, null for nothing.
 * @param replace the id of a program that may be foreign; of several it names the one that is meant
 * @throws Failed `foreign-program` unless it is ours or `replace` names it; `ambiguous` where modes are mixed (xdpmulti)
 */
export function checkForeign(
  device: NetworkInterface,
  attachments: Attachments,
  replace: number | null,
  what: Verb,
): AttachedProgram | null {
  const current = what === "detach" ? onlyAttached(device, replace) : inTheWay(device, what.replaceIn);
  if (current === null) return null;
  const verb = what === "detach" ? "detach" : "replace";
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

/** null for nothing: what a device runs itself and what its host runs go on beside each other */
export function inTheWay({ attached }: NetworkInterface, mode: Mode): AttachedProgram | null {
  return attached.find((program) => sharesPlace(program.mode, mode)) ?? null;
}

function onlyAttached(device: NetworkInterface, chosen: number | null): AttachedProgram | null {
  const [current, ...others] = device.attached;
  if (others.length === 0) return current ?? null;
  const named = device.attached.find(({ id }) => id === chosen);
  if (named !== undefined) return named;
  const modes = device.attached.map(({ name, id, mode }) => `${name} (id ${id}, ${mode})`).join(" and ");
  return fail({
    kind: "ambiguous",
    name: device.name,
    ids: device.attached.map((program) => program.id),
    message: `detach on ${device.name} in ${sayNetns(device.netns)}: programs in several modes at once, ${modes}; say --replace ID to name the one to detach`,
  });
}
