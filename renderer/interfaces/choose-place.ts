/** The interface that Attach means, and what its driver says. */
import type { Place } from "../../protocol/interfaces.ts";
import type { App } from "../session/app.ts";
import { notifyFailure } from "../session/notices.ts";
import { placeKey, placeOf, samePlace } from "./places.ts";

export async function choosePlace(app: App, place: Place): Promise<void> {
  const chosen = placeOf(place);
  const before = app.store.get().place;
  app.store.set({ alsoPlaces: [] });
  if (before !== null && samePlace(before, chosen) && app.store.get().details !== null) return;
  app.store.set({ place: chosen, details: null });
  await describePlace(app, true);
}

/** Asks again of the chosen interface. Quiet where nobody asked for it: the next list shows that it went away. */
export async function describePlace(app: App, tell: boolean): Promise<void> {
  const { place } = app.store.get();
  if (place === null) return;
  try {
    const details = await app.request("interfaces.describe", { place });
    const now = app.store.get().place;
    if (now === null || !samePlace(now, place)) return;
    app.store.set({ details });
  } catch (error) {
    if (tell) notifyFailure(app, `describe ${place.name}`, error);
  }
}

export function showInterface(app: App, place: Place): void {
  app.panels.show({ id: `interface:${placeKey(place)}`, where: "editors", name: place.name });
}
