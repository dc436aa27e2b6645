/** Reads a map again at once after it was written, so that the user sees what the kernel has now. */
import type { App } from "../session/app.ts";
import { mergeChange } from "./map-view.ts";
import { setView } from "./open-map.ts";

export async function rereadMap(app: App, id: number): Promise<void> {
  // A failure shows itself in the watch, which reads the same map.
  const table = await app.request("maps.table", { id }).catch(() => null);
  const view = app.store.get().mapViews.get(id);
  if (table === null || view?.table === null || view?.table === undefined) return;
  const old = view.table;
  const there = new Set(table.rows.map(({ key }) => key));
  const rows = table.rows.filter((row) => {
    const at = view.index.get(row.key);
    const before = at === undefined ? undefined : old.rows[at];
    return before === undefined || JSON.stringify(before) !== JSON.stringify(row);
  });
  const removed = old.rows.filter(({ key }) => !there.has(key)).map(({ key }) => key);
  setView(app, id, mergeChange(view, { id, rows, removed, total: table.total }, performance.now()));
}
