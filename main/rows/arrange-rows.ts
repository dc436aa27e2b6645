/** What the worker thread does with a table: rows that a condition lets through, in order; and the next row with a text. */
import type { RowsSort } from "../../protocol/rows.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import { keyLabel } from "../tables/key-label.ts";
import { eachTextMatch, matchRows } from "./match-rows.ts";
import type { Condition } from "./parse-filter.ts";
import { keyOf, type RowBytes, type RowViews, valueOf, viewsOf } from "./row-bytes.ts";
import { sortKey } from "./sort-key.ts";
import { sortRows } from "./sort-rows.ts";
import { cellWriters, type Labels } from "./write-cells.ts";

/** What labels are made of; plain data. */
export interface LabelSource {
  readonly usedByXdp: boolean;
  /** devmaps: names by ifindex */
  readonly names: ReadonlyMap<number, string> | null;
}

interface OfTable {
  readonly rows: RowBytes;
  readonly map: MapLayout;
  readonly labels: LabelSource;
}

export interface ArrangeTask extends OfTable {
  readonly do: "arrange";
  readonly sort: RowsSort | null;
  readonly condition: Condition | null;
}

export interface FindTask extends OfTable {
  readonly do: "find";
  readonly text: string;
  /** null: as they were read */
  readonly order: SharedArrayBuffer | null;
  readonly from: number;
  readonly backwards: boolean;
}

export function arrangeRows({ rows, map, labels, sort, condition }: ArrangeTask): {
  readonly order: SharedArrayBuffer | null;
} {
  if (sort === null && condition === null) return { order: null };
  const views = viewsOf(rows);
  const order = condition === null ? everyRow(rows.count) : rowsThrough(map, views, condition, labels);
  if (sort !== null) sortRows(order, sortKey(map, sort.column, views), sort.descending);
  return { order: order.buffer };
}

function everyRow(count: number): Uint32Array<SharedArrayBuffer> {
  const order = new Uint32Array(new SharedArrayBuffer(count * 4));
  for (let row = 0; row < count; row++) order[row] = row;
  return order;
}

function rowsThrough(
  map: MapLayout,
  rows: RowViews,
  condition: Condition,
  labels: LabelSource,
): Uint32Array<SharedArrayBuffer> {
  const told = labelsOf(map, rows, labels);
  const truth = matchRows(map, rows, condition, { writers: (column) => cellWriters(map, rows, column, told) });
  let count = 0;
  for (let row = 0; row < truth.length; row++) count += truth[row] ?? 0;
  const order = new Uint32Array(new SharedArrayBuffer(count * 4));
  let at = 0;
  for (let row = 0; row < truth.length; row++) if (truth[row] === 1) order[at++] = row;
  return order;
}

export function labelsOf(map: MapLayout, rows: RowViews, { usedByXdp, names }: LabelSource): Labels | null {
  if (names === null && keyLabel(map, new Uint8Array(map.key.size), usedByXdp) === null) return null;
  return (row) => {
    const value = valueOf(rows, row);
    const ifindex = value.length >= 4 ? new DataView(value.buffer, value.byteOffset, 4).getUint32(0, true) : 0;
    return names?.get(ifindex) ?? keyLabel(map, keyOf(rows, row), usedByXdp);
  };
}

/** Places are those of the order shown; the search goes round once. */
export function findText({ rows, map, labels, text, order, from, backwards }: FindTask): {
  readonly row: number | null;
} {
  const views = viewsOf(rows);
  const shown = order === null ? null : new Uint32Array(order);
  const count = shown?.length ?? rows.count;
  const told = labelsOf(map, views, labels);
  const writers = cellWriters(map, views, null, told).map(({ most, write }) => ({
    most,
    write: (at: number, out: Uint8Array, to: number) => write(shown === null ? at : (shown[at] ?? 0), out, to),
  }));
  let [first, best, last]: (number | null)[] = [null, null, null];
  eachTextMatch(count, writers, text, (at) => {
    first ??= at;
    last = at;
    if (backwards) {
      if (at <= from) best = at;
      return true;
    }
    if (at < from) return true;
    best = at;
    return false;
  });
  return { row: best ?? (backwards ? last : first) ?? null };
}
