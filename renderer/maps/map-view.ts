/** A map as it is shown: its table, and which cells changed a moment ago. */
import type { Place } from "../../protocol/interfaces.ts";
import type { Row, Table, TableChange } from "../../protocol/maps.ts";

export interface MapTab {
  /** of the panel; it stays when a new map takes the place of an old one */
  readonly tab: string;
  readonly id: number;
  readonly name: string;
  /** where the program runs whose map it is: a devmap's entries are looked up in that namespace */
  readonly place: Place | null;
  /** of an inner map: from whose entry it was opened */
  readonly outer?: OuterMap;
}

export interface OuterMap {
  readonly id: number;
  readonly name: string;
  readonly key: string;
}

export interface MapView {
  readonly table: Table | null;
  readonly index: ReadonlyMap<string, number>;
  /** cells of a row that changed, and when (ms, any epoch) */
  readonly changed: ReadonlyMap<string, ChangedCells>;
  /** why it is shown no more, or cannot be */
  readonly gone: string | null;
}

export interface ChangedCells {
  readonly at: number;
  readonly cells: ReadonlySet<number>;
}

export const emptyView: MapView = { table: null, index: new Map(), changed: new Map(), gone: null };

export const changedMilliseconds = 1500;

export function viewOf(table: Table): MapView {
  return { table, index: indexOf(table.rows), changed: new Map(), gone: null };
}

function indexOf(rows: readonly Row[]): ReadonlyMap<string, number> {
  return new Map(rows.map(({ key }, index) => [key, index]));
}

/** Rows keep their places; new ones come last. */
export function mergeChange(view: MapView, change: TableChange, now: number): MapView {
  const { table } = view;
  if (table === null) return view;
  const removed = new Set(change.removed);
  const kept = removed.size === 0 ? [...table.rows] : table.rows.filter(({ key }) => !removed.has(key));
  const index = new Map(removed.size === 0 ? view.index : indexOf(kept));
  const changed = new Map(
    [...view.changed].filter(([key, { at }]) => !removed.has(key) && now - at < changedMilliseconds),
  );
  for (const row of change.rows) {
    const at = index.get(row.key);
    const before = at === undefined ? undefined : kept[at];
    if (at === undefined) {
      index.set(row.key, kept.length);
      kept.push(row);
    } else kept[at] = row;
    const cells = changedCells(before, row);
    if (cells.size > 0) changed.set(row.key, { at: now, cells });
  }
  return { ...view, table: { ...table, rows: kept, total: change.total }, index, changed };
}

function changedCells(before: Row | undefined, after: Row): ReadonlySet<number> {
  const cells = new Set<number>();
  for (const [index, cell] of after.cells.entries()) if (before?.cells[index] !== cell) cells.add(index);
  return cells;
}

/** Forgets marks that have been there long enough. Gives the same view where there are none. */
export function fadeChanges(view: MapView, now: number): MapView {
  const left = [...view.changed].filter(([, { at }]) => now - at < changedMilliseconds);
  return left.length === view.changed.size ? view : { ...view, changed: new Map(left) };
}
