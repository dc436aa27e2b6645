/** Opens a map's table of any length, and says what of it is wanted. */
import type { ColumnFormat, RowsSort } from "../../protocol/rows.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import { readPrefs } from "./grid-prefs.ts";
import { type RowsView, withState } from "./rows-view.ts";

export function setRows(app: App, id: number, change: (view: RowsView) => RowsView): void {
  const { rowViews } = app.store.get();
  const view = rowViews.get(id);
  if (view === undefined) return;
  const next = change(view);
  if (next !== view) app.store.set({ rowViews: new Map(rowViews).set(id, next) });
}

/** @throws whatever main says against it */
export async function watchRows(app: App, id: number, name: string): Promise<void> {
  const { every } = readPrefs(name);
  const { face, state } = await app.request("rows.open", { id, every });
  const before = app.store.get().rowViews.get(id);
  const { sort, filter } = before ?? { sort: null, filter: "" };
  const view: RowsView = { face, state, sort, filter, wrong: null, arranging: false, every, gone: null };
  app.store.set({ rowViews: new Map(app.store.get().rowViews).set(id, view) });
  if (sort !== null || filter !== "") await arrangeRows(app, id, { sort, filter });
}

export async function arrangeRows(
  app: App,
  id: number,
  wanted: { readonly sort?: RowsSort | null; readonly filter?: string },
): Promise<void> {
  setRows(app, id, (view) => ({ ...view, ...wanted, arranging: true }));
  const view = app.store.get().rowViews.get(id);
  if (view === undefined) return;
  const { sort, filter } = view;
  try {
    const { state, wrong } = await app.request("rows.arrange", { id, sort, filter });
    setRows(app, id, (now) =>
      // another was asked for meanwhile
      now.sort !== sort || now.filter !== filter ? now : { ...withState(now, state), wrong, arranging: false },
    );
  } catch (error) {
    setRows(app, id, (now) => ({ ...now, arranging: false, gone: now.gone ?? wordsOf(error)?.title ?? "cancelled" }));
  }
}

export async function setFormat(
  app: App,
  id: number,
  { from, path }: { readonly from: "key" | "value"; readonly path: string },
  format: ColumnFormat,
): Promise<void> {
  const { face, state } = await app.request("rows.shape", { id, formats: [{ from, path, format }] });
  setRows(app, id, (view) => ({ ...withState(view, state), face }));
}

/** How keys or values are laid out, as C; null forgets it. @throws whatever main and clang say against it */
export async function setLayout(app: App, id: number, of: "key" | "value", text: string | null): Promise<void> {
  const { face, state } = await app.request("rows.layout", { id, of, text });
  // its columns are others: a sort order or filter of the old ones means nothing
  setRows(app, id, (view) => ({ ...withState(view, state), face, sort: null }));
  await arrangeRows(app, id, { sort: null });
}

/** null: when asked only */
export async function setEvery(app: App, id: number, every: number | null): Promise<void> {
  const state = await app.request("rows.read", { id, every });
  setRows(app, id, (view) => ({ ...withState(view, state), every }));
}

export async function readRowsNow(app: App, id: number): Promise<void> {
  // A failure shows itself in the watch, which reads the same map.
  const state = await app.request("rows.read", { id }).catch(() => null);
  if (state !== null) setRows(app, id, (view) => withState(view, state));
}
