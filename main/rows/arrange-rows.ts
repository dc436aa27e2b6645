/** What threads do with a table: rows that a condition lets through, in order; and the next row with a text. */
import type { RowsSort } from "../../protocol/rows.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import { keyLabel } from "../tables/key-label.ts";
import { eachTextMatch, matchRows, type Span } from "./match-rows.ts";
import type { Condition } from "./parse-filter.ts";
import { keyOf, type RowBytes, type RowViews, valueOf, viewsOf } from "./row-bytes.ts";
import { sortKey } from "./sort-key.ts";
import { sortRows } from "./sort-rows.ts";
import { alwaysWanted, type Wanted } from "./turns.ts";
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
}

/** Which rows of a span the condition lets through. */
export interface MatchTask extends OfTable {
  readonly do: "match";
  readonly labels: LabelSource;
  readonly condition: Condition;
  readonly span: Span;
}

/** Rows of all spans as one, sorted. */
export interface OrderTask extends OfTable {
  readonly do: "order";
  /** row numbers, one span after the other; null: all rows */
  readonly parts: readonly SharedArrayBuffer[] | null;
  readonly sort: RowsSort | null;
}

export interface FindTask extends OfTable {
  readonly do: "find";
  readonly labels: LabelSource;
  readonly text: string;
  /** null: as they were read */
  readonly order: SharedArrayBuffer | null;
  readonly from: number;
  readonly backwards: boolean;
}

/** Row numbers. */
export function matchSpan(
  { rows: bytes, map, labels, condition, span }: MatchTask,
  wanted: Wanted = alwaysWanted,
): SharedArrayBuffer {
  const rows = viewsOf(bytes);
  const told = labelsOf(map, rows, labels);
  const question = {
    map,
    rows,
    span,
    wanted,
    writers: (column: number | null) => cellWriters(map, rows, column, told),
  };
  const truth = matchRows(question, condition);
  let count = 0;
  for (let row = 0; row < truth.length; row++) count += truth[row] ?? 0;
  const found = new Uint32Array(new SharedArrayBuffer(count * 4));
  let at = 0;
  for (let row = 0; row < truth.length; row++) if (truth[row] === 1) found[at++] = span.first + row;
  return found.buffer;
}

/** Row numbers. */
export function orderRows({ rows, map, parts, sort }: OrderTask, wanted: Wanted = alwaysWanted): SharedArrayBuffer {
  const order = parts === null ? everyRow(rows.count) : joined(parts);
  if (sort !== null) {
    const key = sortKey(map, sort.column, viewsOf(rows));
    sortRows(order, key, { descending: sort.descending, wanted });
  }
  return order.buffer;
}

function everyRow(count: number): Uint32Array<SharedArrayBuffer> {
  const order = new Uint32Array(new SharedArrayBuffer(count * 4));
  for (let row = 0; row < count; row++) order[row] = row;
  return order;
}

function joined(parts: readonly SharedArrayBuffer[]): Uint32Array<SharedArrayBuffer> {
  const order = new Uint32Array(new SharedArrayBuffer(parts.reduce((sum, { byteLength }) => sum + byteLength, 0)));
  let at = 0;
  for (const part of parts) {
    order.set(new Uint32Array(part), at);
    at += part.byteLength / 4;
  }
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
  const span = { first: 0, last: shown?.length ?? rows.count };
  const told = labelsOf(map, views, labels);
  const writers = cellWriters(map, views, null, told).map(({ most, holds, write }) => ({
    ...{ most, holds },
    write: (at: number, out: Uint8Array, to: number) => write(shown === null ? at : (shown[at] ?? 0), out, to),
  }));
  let [first, best, last]: (number | null)[] = [null, null, null];
  const tell = (at: number): boolean => {
    first ??= at;
    last = at;
    if (backwards) {
      if (at <= from) best = at;
      return true;
    }
    if (at < from) return true;
    best = at;
    return false;
  };
  eachTextMatch(span, writers, text, tell, alwaysWanted);
  return { row: best ?? (backwards ? last : first) ?? null };
}
