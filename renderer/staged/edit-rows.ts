/** What keys do to rows of a table: each is staged, and what is refused is told. */
import type { GridRow } from "../../protocol/rows.ts";
import type { GridColumn } from "../maps/grid-columns.ts";
import type { MapTab } from "../maps/map-view.ts";
import type { RowsView } from "../maps/rows-view.ts";
import type { App } from "../session/app.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { inTurn, stagedOf } from "./change-staged.ts";
import { stageEdits, stagePaste, stageRemovals } from "./stage-edits.ts";

/** A change set holds at most so many (protocol/changes.ts). */
const mostRows = 100_000;
const atOnce = 1000;

/** Places in the order shown, both inclusive. */
export interface Places {
  readonly first: number;
  readonly last: number;
}

export function removeRows(app: App, tab: MapTab, places: Places): Promise<void> {
  return inTurn(app, () => removeNow(app, tab, places));
}

async function removeNow(app: App, tab: MapTab, places: Places): Promise<void> {
  const rows = await readRows(app, tab, places, "remove");
  if (rows === null) return;
  const refused = await stageRemovals(
    app,
    tab,
    rows.map(({ key }) => key),
  );
  tell(
    app,
    `stage the removal of ${rows.length === 1 ? "an entry" : `${rows.length} entries`} of ${tab.name}`,
    refused?.wrong.map(({ message }) => message) ?? [],
  );
}

/** The value cells of the first row go into those below it, as Ctrl+D does in a spreadsheet. */
export function fillDown(
  app: App,
  tab: MapTab,
  view: RowsView,
  places: Places,
  filled: readonly GridColumn[],
): Promise<void> {
  return inTurn(app, () => fillNow(app, tab, view, places, filled));
}

async function fillNow(
  app: App,
  tab: MapTab,
  { face }: RowsView,
  places: Places,
  filled: readonly GridColumn[],
): Promise<void> {
  const cells = new Set(
    filled.flatMap(({ column, from, cell }) => (column && from === "value" && cell !== null ? [cell] : [])),
  );
  if (cells.size === 0 || places.first === places.last) return;
  const rows = await readRows(app, tab, places, "fill");
  const [top, ...below] = rows ?? [];
  if (top === undefined) return;
  const planned = stagedOf(app, tab.id).changes.get(top.key)?.after;
  const texts = face.columns.map((_, index) =>
    cells.has(index) ? (planned?.[index] ?? top.cells[index] ?? null) : null,
  );
  const refused = await stageEdits(
    app,
    tab,
    below.map(({ key }) => ({ do: "replace", key, cells: texts })),
  );
  tell(app, `fill rows of ${tab.name}`, refused?.wrong.map(({ edit, message }) => `row ${edit + 2}: ${message}`) ?? []);
}

interface PasteAt {
  readonly row: number;
  readonly column: GridColumn | null;
}

/** From the cell with the focus on, over the columns as they are shown. */
export async function pasteRows(
  app: App,
  tab: MapTab,
  view: RowsView,
  columns: readonly GridColumn[],
  at: PasteAt,
  text: string,
): Promise<void> {
  if (text.trim() !== "") await inTurn(app, () => pasteNow(app, tab, view, columns, at, text));
}

async function pasteNow(
  app: App,
  tab: MapTab,
  view: RowsView,
  columns: readonly GridColumn[],
  at: PasteAt,
  text: string,
): Promise<void> {
  const shown = columns.flatMap(({ cell, column }) => (cell === null || column === null ? [] : [cell]));
  const from = Math.max(0, shown.indexOf(at.column?.cell ?? -1));
  const lines = text.replace(/\n+$/, "").split("\n").length;
  const places = { first: at.row, last: Math.min(at.row + lines, view.state.shown) - 1 };
  const over = places.last < places.first ? [] : await readRows(app, tab, places, "paste over");
  if (over === null) return;
  const keys = over.map(({ key }) => key);
  const told = await stagePaste(app, tab, { all: view.face.columns, shown, from }, text, keys);
  tell(app, `paste ${told.length === lines ? "" : "all of it "}into ${tab.name}`, told);
}

async function readRows(app: App, tab: MapTab, { first, last }: Places, doing: string): Promise<GridRow[] | null> {
  if (last - first >= mostRows) {
    notify(app, {
      kind: "error",
      title: `Could not ${doing} ${(last - first + 1).toLocaleString("en")} rows of ${tab.name}`,
      detail: `At most ${mostRows.toLocaleString("en")} rows are changed at once: filter, or select fewer.`,
    });
    return null;
  }
  const rows: GridRow[] = [];
  try {
    while (rows.length <= last - first) {
      const start = first + rows.length;
      const range = await app.request("rows.range", { id: tab.id, start, count: Math.min(atOnce, last - start + 1) });
      if (range.rows.length === 0) break;
      rows.push(...range.rows);
    }
    return rows;
  } catch (error) {
    notifyFailure(app, `read rows of ${tab.name}`, error);
    return null;
  }
}

const mostTold = 6;

function tell(app: App, doing: string, wrong: readonly string[]): void {
  if (wrong.length === 0) return;
  const more = wrong.length > mostTold ? [`and ${wrong.length - mostTold} more`] : [];
  notify(app, {
    kind: "error",
    title: `Could not ${doing}`,
    detail: [...wrong.slice(0, mostTold), ...more].join("\n"),
  });
}
