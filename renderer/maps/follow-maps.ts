/** A program that is attached again brings new maps: tabs of the old ones go on with the new ones of the same name. */
import type { Place } from "../../protocol/interfaces.ts";
import { samePlace } from "../interfaces/places.ts";
import type { App } from "../session/app.ts";
import { unwatch, watchMap } from "./open-map.ts";
import { mapTitle } from "./variable-maps.ts";

export function followMaps(
  app: App,
  place: Place,
  maps: readonly { readonly name: string; readonly id: number }[],
): void {
  const { mapTabs, mapViews, rowViews } = app.store.get();
  const views = new Map(mapViews);
  const rows = new Map(rowViews);
  const moved: { readonly from: number; readonly to: number }[] = [];
  const tabs = mapTabs.map((tab) => {
    const next = maps.find((map) => mapTitle(map) === mapTitle(tab));
    if (next === undefined || tab.place === null || !samePlace(tab.place, place) || next.id === tab.id) return tab;
    if (mapTabs.some(({ id }) => id === next.id)) return tab;
    moved.push({ from: tab.id, to: next.id });
    return { ...tab, id: next.id };
  });
  for (const { from } of moved) {
    views.delete(from);
    rows.delete(from);
  }
  app.store.set({ mapTabs: tabs, mapViews: views, rowViews: rows });
  for (const { from, to } of moved) {
    unwatch(app, from);
    void watchMap(app, to);
  }
}
