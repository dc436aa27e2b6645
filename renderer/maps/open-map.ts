/** Opens a map in a tab and follows it from then on. */
import type { Place } from "../../protocol/interfaces.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import { mapTitle, variableSection } from "./variable-maps.ts";
import { setRows, watchRows } from "./watch-rows.ts";
import { emptyView, fadeChanges, type MapTab, type MapView, type OuterMap, viewOf } from "./map-view.ts";

export interface MapToOpen {
  readonly id: number;
  readonly name: string;
  readonly place: Place | null;
  readonly outer?: OuterMap;
}

export async function openMap(app: App, { id, name, place, outer }: MapToOpen): Promise<void> {
  const open = app.store.get().mapTabs.find((tab) => tab.id === id);
  if (open !== undefined) {
    if (outer !== undefined) {
      app.store.set({ mapTabs: app.store.get().mapTabs.map((tab) => (tab === open ? { ...tab, outer } : tab)) });
    }
    app.panels.show({ id: open.tab, where: "panels", name: mapTitle({ name }) });
    return;
  }
  const tab: MapTab = { tab: `map:${id}`, id, name, place, ...(outer === undefined ? {} : { outer }) };
  app.store.set({ mapTabs: [...app.store.get().mapTabs, tab] });
  app.panels.show({ id: tab.tab, where: "panels", name: mapTitle({ name }) });
  await watchMap(app, id);
}

export async function watchMap(app: App, id: number): Promise<void> {
  try {
    const name = app.store.get().mapTabs.find((tab) => tab.id === id)?.name ?? "";
    if (variableSection(name) === null) await watchRows(app, id, name);
    else setView(app, id, viewOf(await app.request("maps.watch", { id })));
  } catch (error) {
    const words = wordsOf(error);
    const gone = words === null ? "cancelled" : [words.title, words.detail].filter(Boolean).join(". ");
    if (app.store.get().rowViews.has(id)) setRows(app, id, (view) => ({ ...view, gone }));
    else setView(app, id, { ...(app.store.get().mapViews.get(id) ?? emptyView), gone });
  }
}

export function closeMap(app: App, tab: string): void {
  const { mapTabs, mapViews, rowViews } = app.store.get();
  const closed = mapTabs.find((open) => open.tab === tab);
  app.panels.close(tab);
  if (closed === undefined) return;
  const views = new Map(mapViews);
  const rows = new Map(rowViews);
  views.delete(closed.id);
  rows.delete(closed.id);
  app.store.set({ mapTabs: mapTabs.filter((open) => open !== closed), mapViews: views, rowViews: rows });
  unwatch(app, closed.id);
}

/** The watch ends with the connection anyway: a failure here needs no telling. */
export function unwatch(app: App, id: number): void {
  app.request("maps.unwatch", { id }).catch(() => undefined);
  app.request("rows.close", { id }).catch(() => undefined);
}

export function setView(app: App, id: number, view: MapView): void {
  const views = new Map(app.store.get().mapViews);
  views.set(id, view);
  app.store.set({ mapViews: views });
}

/** Takes the marks away from cells that changed a while ago. */
export function fadeMarks(app: App): void {
  const { mapViews } = app.store.get();
  const now = performance.now();
  let same = true;
  const views = new Map<number, MapView>();
  for (const [id, view] of mapViews) {
    const faded = fadeChanges(view, now);
    if (faded !== view) same = false;
    views.set(id, faded);
  }
  if (!same) app.store.set({ mapViews: views });
}
