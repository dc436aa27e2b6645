/** Asks main for the tree of a table, and keeps what it says of it. */
import type { RowsState } from "../../protocol/rows.ts";
import { withState } from "../maps/rows-view.ts";
import { setRows } from "../maps/watch-rows.ts";
import type { App } from "../session/app.ts";
import { notifyFailure } from "../session/notices.ts";

export interface TreeWanted {
  readonly marked: boolean;
  readonly ignored: readonly string[] | null;
}

export async function openTree(app: App, id: number, { marked, ignored }: TreeWanted): Promise<void> {
  const params = { id, open: true, marked, ignored: ignored === null ? null : [...ignored] };
  await keep(app, id, "show the prefix tree", app.request("rows.tree", params));
}

export async function closeTree(app: App, id: number): Promise<void> {
  await keep(
    app,
    id,
    "close the prefix tree",
    app.request("rows.tree", { id, open: false, marked: false, ignored: null }),
  );
}

/** key null: all */
export async function fold(app: App, id: number, key: string | null, folded: boolean): Promise<void> {
  await keep(app, id, folded ? "fold" : "unfold", app.request("rows.fold", { id, key, folded }));
}

/** The line of an entry, or of the first one in a prefix, with what is above it unfolded; null where there is none. */
export async function reveal(
  app: App,
  id: number,
  of: { readonly key: string } | { readonly prefix: string },
): Promise<number | null> {
  try {
    const { line, state } = await app.request("rows.reveal", { id, of });
    setRows(app, id, (view) => withState(view, state));
    return line;
  } catch (error) {
    notifyFailure(app, "go to the entry", error);
    return null;
  }
}

async function keep(app: App, id: number, doing: string, asked: Promise<RowsState>): Promise<void> {
  try {
    const state = await asked;
    setRows(app, id, (view) => withState(view, state));
  } catch (error) {
    notifyFailure(app, doing, error);
  }
}
