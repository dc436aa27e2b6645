/** Which rows a condition lets through: on raw bytes, and free text on the cells' texts, written a few thousand rows at a time. */
import type { MapLayout } from "../tables/describe-map.ts";
import type { CellWriter } from "./write-cells.ts";
import type { Comparison, Condition } from "./parse-filter.ts";
import type { RowViews } from "./row-bytes.ts";
import { sortKey } from "./sort-key.ts";

/** One bit of truth a row. */
type Truth = Uint8Array;

export interface Texts {
  /** the writers of a column's cells, or of all and the label */
  writers(column: number | null): readonly CellWriter[];
}

export function matchRows(map: MapLayout, rows: RowViews, condition: Condition, texts: Texts): Truth {
  switch (condition.kind) {
    case "all":
    case "any": {
      const [first, ...rest] = condition.of;
      if (first === undefined) return new Uint8Array(rows.count).fill(1);
      const truth = matchRows(map, rows, first, texts);
      for (const one of rest) {
        const other = matchRows(map, rows, one, texts);
        if (condition.kind === "all")
          for (let row = 0; row < truth.length; row++) truth[row] = (truth[row] ?? 0) & (other[row] ?? 0);
        else for (let row = 0; row < truth.length; row++) truth[row] = (truth[row] ?? 0) | (other[row] ?? 0);
      }
      return truth;
    }
    case "not": {
      const truth = matchRows(map, rows, condition.of, texts);
      for (let row = 0; row < truth.length; row++) truth[row] = (truth[row] ?? 0) ^ 1;
      return truth;
    }
    case "has":
      return rowsWithText(rows.count, texts.writers(condition.column), condition.text);
    default:
      return matchColumn(map, rows, condition);
  }
}

type OfColumn = Extract<
  Condition,
  { readonly column: number; readonly kind: "compare" | "oneOf" | "between" | "within" }
>;

function matchColumn(map: MapLayout, rows: RowViews, condition: OfColumn): Truth {
  const key = sortKey(map, condition.column, rows);
  const scratch = new Uint8Array(key.width);
  const truth = new Uint8Array(rows.count);
  const test = testOf(condition, scratch);
  for (let row = 0; row < rows.count; row++) {
    key.write(row, scratch, 0);
    if (test()) truth[row] = 1;
  }
  return truth;
}

function testOf(condition: OfColumn, scratch: Uint8Array): () => boolean {
  switch (condition.kind) {
    case "compare":
      return comparing(condition.is, scratch, condition.bytes);
    case "oneOf":
      return () => condition.values.some((value) => compare(scratch, value) === 0);
    case "between":
      return () => compare(scratch, condition.least) >= 0 && compare(scratch, condition.most) <= 0;
    case "within": {
      const { address, bits } = condition;
      const whole = bits >> 3;
      const mask = (0xff00 >> (bits & 7)) & 0xff;
      const last = (address[whole] ?? 0) & mask;
      // a prefix has its length behind its address
      const lengthAt = scratch.length > address.length ? address.length : -1;
      return () => {
        for (let index = 0; index < whole; index++) if (scratch[index] !== address[index]) return false;
        if (mask !== 0 && ((scratch[whole] ?? 0) & mask) !== last) return false;
        return lengthAt < 0 || (scratch[lengthAt] ?? 0) >= bits;
      };
    }
  }
}

function comparing(is: Comparison, scratch: Uint8Array, wanted: Uint8Array): () => boolean {
  switch (is) {
    case "==":
      return () => compare(scratch, wanted) === 0;
    case "!=":
      return () => compare(scratch, wanted) !== 0;
    case "<":
      return () => compare(scratch, wanted) < 0;
    case "<=":
      return () => compare(scratch, wanted) <= 0;
    case ">":
      return () => compare(scratch, wanted) > 0;
    case ">=":
      return () => compare(scratch, wanted) >= 0;
  }
}

function compare(one: Uint8Array, other: Uint8Array): number {
  for (let index = 0; index < other.length; index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const rowsAtOnce = 4096;
const tab = 9;
const lineFeed = 10;

function rowsWithText(count: number, writers: readonly CellWriter[], text: string): Truth {
  const truth = new Uint8Array(count);
  eachTextMatch(count, writers, text, (row) => {
    truth[row] = 1;
    return true;
  });
  return truth;
}

/** Tells rows that hold the text in one cell, whatever its case, in their order; `tell` ends it with false. */
export function eachTextMatch(
  count: number,
  writers: readonly CellWriter[],
  text: string,
  tell: (row: number) => boolean,
): void {
  const needle = Buffer.from(text.toLowerCase());
  if (needle.length === 0) return;
  let scratch = Buffer.alloc(1 << 20);
  const starts = new Uint32Array(rowsAtOnce + 1);
  const roomFor = writers.reduce((sum, { most }) => sum + most + 1, 1);
  for (let first = 0; first < count; first += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, count - first);
    let at = 0;
    for (let index = 0; index < rows; index++) {
      if (at + roomFor > scratch.length) scratch = Buffer.concat([scratch], Math.max(scratch.length * 2, at + roomFor));
      starts[index] = at;
      for (const writer of writers) {
        at = writer.write(first + index, scratch, at);
        scratch[at++] = tab;
      }
      scratch[at++] = lineFeed;
    }
    starts[rows] = at;
    const end = at;
    let row = 0;
    for (
      let found = scratch.indexOf(needle);
      found >= 0 && found < end;
      found = scratch.indexOf(needle, starts[row] ?? end)
    ) {
      while ((starts[row + 1] ?? end) <= found) row += 1;
      if (found + needle.length > end) break;
      if (!tell(first + row)) return;
      row += 1;
      if (row >= rows) break;
    }
  }
}
