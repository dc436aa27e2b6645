/** Which rows a condition lets through: on raw bytes, and free text on the cells' texts, written a few thousand rows at a time. */
import type { MapLayout } from "../tables/describe-map.ts";
import type { CellWriter } from "./write-cells.ts";
import type { Comparison, Condition } from "./parse-filter.ts";
import type { RowViews } from "./row-bytes.ts";
import { type SortKey, sortKey } from "./sort-key.ts";

/** One bit of truth a row. */
type Truth = Uint8Array;

export interface Texts {
  /** the writers of a column's cells, or of all and the label */
  writers(column: number | null): readonly CellWriter[];
}

/** @param among rows that are asked about; of the others anything may be said */
export function matchRows(
  map: MapLayout,
  rows: RowViews,
  condition: Condition,
  texts: Texts,
  among: Truth | null = null,
): Truth {
  switch (condition.kind) {
    case "all":
    case "any": {
      const [first, ...rest] = condition.of;
      if (first === undefined) return new Uint8Array(rows.count).fill(1);
      const truth = matchRows(map, rows, first, texts, among);
      for (const one of rest) {
        const other = matchRows(map, rows, one, texts, condition.kind === "all" ? truth : among);
        if (condition.kind === "all")
          for (let row = 0; row < truth.length; row++) truth[row] = (truth[row] ?? 0) & (other[row] ?? 0);
        else for (let row = 0; row < truth.length; row++) truth[row] = (truth[row] ?? 0) | (other[row] ?? 0);
      }
      return truth;
    }
    case "not": {
      const truth = matchRows(map, rows, condition.of, texts, among);
      for (let row = 0; row < truth.length; row++) truth[row] = (truth[row] ?? 0) ^ 1;
      return truth;
    }
    case "has":
      return rowsWithText(rows.count, texts.writers(condition.column), condition.text);
    default:
      return matchColumn(map, rows, condition, among);
  }
}

type OfColumn = Extract<
  Condition,
  { readonly column: number; readonly kind: "compare" | "oneOf" | "between" | "within" }
>;

function matchColumn(map: MapLayout, rows: RowViews, condition: OfColumn, among: Truth | null): Truth {
  const test = testOf(sortKey(map, condition.column, rows), condition);
  const truth = new Uint8Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    if ((among === null || among[row] !== 0) && test(row)) truth[row] = 1;
  }
  return truth;
}

function testOf(key: SortKey, condition: OfColumn): (row: number) => boolean {
  switch (condition.kind) {
    case "compare":
      return comparing(condition.is, orderTo(key, condition.bytes));
    case "oneOf": {
      const orders = condition.values.map((value) => orderTo(key, value));
      return (row) => orders.some((order) => order(row) === 0);
    }
    case "between": {
      const [least, most] = [orderTo(key, condition.least), orderTo(key, condition.most)];
      return (row) => least(row) >= 0 && most(row) <= 0;
    }
    case "within":
      return within(key, condition.address, condition.bits);
  }
}

/** Whether the rows' address is in a prefix, and theirs is as long at least where they are prefixes themselves. */
function within({ width, write, head }: SortKey, address: Uint8Array, bits: number): (row: number) => boolean {
  const scratch = new Uint8Array(width);
  const whole = bits >> 3;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  const last = (address[whole] ?? 0) & mask;
  // a prefix has its length behind its address
  const lengthAt = width > address.length ? address.length : -1;
  const test = (row: number): boolean => {
    write(row, scratch, 0);
    for (let index = 0; index < whole; index++) if (scratch[index] !== address[index]) return false;
    if (mask !== 0 && ((scratch[whole] ?? 0) & mask) !== last) return false;
    return lengthAt < 0 || (scratch[lengthAt] ?? 0) >= bits;
  };
  if (head === null || address.length < 4) return test;
  const headMask = bits >= 32 ? 0xffffffff : ~(0xffffffff >>> bits) >>> 0;
  const network = (wordAt(address, 0) & headMask) >>> 0;
  return (row) => (head(row) & headMask) >>> 0 === network && test(row);
}

function comparing(is: Comparison, order: (row: number) => number): (row: number) => boolean {
  switch (is) {
    case "==":
      return (row) => order(row) === 0;
    case "!=":
      return (row) => order(row) !== 0;
    case "<":
      return (row) => order(row) < 0;
    case "<=":
      return (row) => order(row) <= 0;
    case ">":
      return (row) => order(row) > 0;
    case ">=":
      return (row) => order(row) >= 0;
  }
}

/** Below 0 where the row's key comes before `wanted`, 0 where it is the same, above where it comes after. */
function orderTo({ width, write, head, next }: SortKey, wanted: Uint8Array): (row: number) => number {
  const scratch = new Uint8Array(width);
  const whole = (row: number): number => {
    write(row, scratch, 0);
    for (let index = 0; index < wanted.length; index++) {
      const difference = (scratch[index] ?? 0) - (wanted[index] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  if (head === null || wanted.length !== width) return whole;
  const first = wordAt(wanted, 0);
  if (width === 4) return (row) => head(row) - first;
  if (next === null || width !== 8) return (row) => head(row) - first || whole(row);
  const second = wordAt(wanted, 4);
  return (row) => head(row) - first || next(row) - second;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
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
