/** Places that were asked for, with the mode for each and what is there now. */
import type { AttachTarget } from "../../protocol/guard.ts";
import type { AttachedProgram, InterfaceListing, Place, WantedMode } from "../../protocol/interfaces.ts";
import { findPlace, sayNetns } from "../interfaces/find-interface.ts";
import type { Attachments } from "./attachments.ts";
import { checkForeign } from "./check-foreign.ts";
import { chooseMode } from "./choose-mode.ts";
import { autoWords, type Settled, settledFor } from "./fall-back.ts";

export interface ChosenTarget extends AttachTarget {
  readonly current: AttachedProgram | null;
  /** of auto: why it came to this mode */
  readonly modeWhy?: string;
}

/**
 * @param replace ids of foreign programs that may go
 * @param settled where auto comes to skb, since the kernel refused native
 * @throws Failed `not-found`, `unsupported`, `foreign-program`, `ambiguous`
 */
export function chooseTargets(
  listing: InterfaceListing,
  attachments: Attachments,
  places: readonly Place[],
  wanted: WantedMode,
  replace: readonly number[],
  settled: readonly Settled[] = [],
): readonly ChosenTarget[] {
  return withoutTwins(places).map((place) => {
    const device = findPlace(listing, place);
    const here = settledFor(settled, place);
    const mode = here === null ? chooseMode(device, wanted) : "skb";
    const named = replace.find((id) => device.attached.some((program) => program.id === id)) ?? null;
    const current = checkForeign(device, attachments, named, { replaceIn: mode });
    const why = wanted === "auto" ? { modeWhy: autoWords(device, mode, here) } : {};
    return { place, mode, expected: current === null ? null : { mode: current.mode, id: current.id }, current, ...why };
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
