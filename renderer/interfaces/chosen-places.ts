/** The interfaces that Attach means: the chosen one, and those that were chosen beside it. */
import type { Place } from "../../protocol/interfaces.ts";
import type { App } from "../session/app.ts";
import type { SessionState } from "../session/state.ts";
import { choosePlace } from "./choose-place.ts";
import { placeKey, placeOf, samePlace } from "./places.ts";

export function chosenPlaces({ place, alsoPlaces }: Pick<SessionState, "place" | "alsoPlaces">): readonly Place[] {
  return place === null ? [] : [place, ...alsoPlaces];
}

/** The first of them stays the one whose page and maps are meant. Empty leaves the last one. */
export async function choosePlaces(app: App, keys: readonly string[]): Promise<void> {
  const before = chosenPlaces(app.store.get());
  const listed = app.store.get().interfaces?.interfaces ?? [];
  const kept = before.filter((place) => keys.includes(placeKey(place)));
  const added = listed.filter((one) => keys.includes(placeKey(one)) && !before.some((place) => samePlace(place, one)));
  const [first, ...others] = [...kept, ...added.map(placeOf)];
  if (first === undefined) return;
  const choosing = choosePlace(app, first);
  app.store.set({ alsoPlaces: others });
  await choosing;
}
