/** Places that were asked for, with the mode for each and what is there now. */
import type { AttachTarget } from "../../protocol/guard.ts";
import type { AttachedProgram, InterfaceListing, Place, WantedMode } from "../../protocol/interfaces.ts";
import { findPlace, sayNetns } from "../interfaces/find-interface.ts";
import type { Attachments } from "./attachments.ts";
import { checkForeign } from "./check-foreign.ts";
import { chooseMode } from "./choose-mode.ts";

export interface ChosenTarget extends AttachTarget {
  readonly current: AttachedProgram | null;
}

/**
 * @param replace ids of foreign programs that may go
 * @throws Failed `not-found`, `unsupported`, `foreign-program`, `ambiguous`
 */
export function chooseTargets(
  listing: InterfaceListing,
  attachments: Attachments,
  places: readonly Place[],
  wanted: WantedMode,
  replace: readonly number[],
): readonly ChosenTarget[] {
  return withoutTwins(places).map((place) => {
    const device = findPlace(listing, place);
    const mode = chooseMode(device, wanted);
    const named = replace.find((id) => device.attached.some((program) => program.id === id)) ?? null;
    const current = checkForeign(device, attachments, named, { replaceIn: mode });
    return { place, mode, expected: current === null ? null : { mode: current.mode, id: current.id }, current };
  });
}

function withoutTwins(places: readonly Place[]): readonly Place[] {
  return places.filter((place, index) => index === places.findIndex((one) => samePlace(one, place)));
}

function samePlace(one: Place, other: Place): boolean {
  return one.netns === other.netns && one.ifindex === other.ifindex;
}

/** Programs that run nowhere once the targets run another. */
export function programsThatEnd(
  { interfaces }: InterfaceListing,
  targets: readonly ChosenTarget[],
): readonly AttachedProgram[] {
  return targets.flatMap(({ current }) => {
    if (current === null) return [];
    const elsewhere = interfaces.some(
      (device) =>
        device.attached.some(({ id }) => id === current.id) &&
        !targets.some((target) => target.current?.id === current.id && samePlace(target.place, device)),
    );
    return elsewhere ? [] : [current];
  });
}

export function placesInWords(places: readonly Place[]): string {
  const [first, ...others] = places;
  if (first === undefined) return "nothing";
  const where = `${first.name} in ${sayNetns(first.netns)}`;
  return others.length === 0 ? where : `${where} and ${others.length} more`;
}
