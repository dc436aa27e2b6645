/** Which rows a condition lets through: on raw bytes, and free text on the cells' texts, written a few thousand rows at a time. */
import type { MapLayout } from "../tables/describe-map.ts";
import type { CellWriter } from "./write-cells.ts";
import type { Comparison, Condition } from "./parse-filter.ts";
import type { RowViews } from "./row-bytes.ts";
import { type SortKey, sortKey } from "./sort-key.ts";
import type { Wanted } from "./turns.ts";

/** One bit of truth a row of the span. */
type Truth = Uint8Array;

/** What is asked, and of which rows. */
export interface Question {
  readonly map: MapLayout;
  readonly rows: RowViews;
  readonly span: Span;
  /** the writers of a column's cells, or of all and the label */
  readonly writers: (column: number | null) => readonly CellWriter[];
  readonly wanted: Wanted;
}

/** @param among rows that are asked about; of the others anything may be said */
export function matchRows(question: Question, condition: Condition, among: Truth | null = null): Truth {
  const { first, last } = question.span;
  switch (condition.kind) {
    case "all":
    case "any": {
      const [one, ...rest] = condition.of;
      if (one === undefined) return new Uint8Array(last - first).fill(1);
      const truth = matchRows(question, one, among);
      for (const next of rest) {
        const other = matchRows(question, next, condition.kind === "all" ? truth : among);
        if (condition.kind === "all")
          for (let row = 0; row < truth.length; row++) truth[row] = (truth[row] ?? 0) & (other[row] ?? 0);
        else for (let row = 0; row < truth.length; row++) truth[row] = (truth[row] ?? 0) | (other[row] ?? 0);
      }
      return truth;
    }
    case "not": {
      const truth = matchRows(question, condition.of, among);
      for (let row = 0; row < truth.length; row++) truth[row] = (truth[row] ?? 0) ^ 1;
      return truth;
    }
    case "has": {
      const truth = new Uint8Array(last - first);
      const tell = (row: number): boolean => {
        truth[row - first] = 1;
        return true;
      };
      eachTextMatch(question.span, question.writers(condition.column), condition.text, tell, question.wanted);
      return truth;
    }
    default:
      return matchColumn(question, condition, among);
  }
}

type OfColumn = Extract<
  Condition,
  { readonly column: number; readonly kind: "compare" | "oneOf" | "between" | "within" }
>;

/** Between two looks at whether the answer is still wanted. */
const testedAtOnce = 4096;

function matchColumn({ map, rows, span, wanted }: Question, condition: OfColumn, among: Truth | null): Truth {
  const test = testOf(sortKey(map, condition.column, rows), condition);
  const count = span.last - span.first;
  const truth = new Uint8Array(count);
  for (let from = 0; from < count; from += testedAtOnce) {
    wanted();
    testSome(truth, among, test, { first: from, last: Math.min(count, from + testedAtOnce) }, span.first);
  }
  return truth;
}

/** A function of its own: called often, it is compiled while the first of a million rows are looked at. */
function testSome(
  truth: Truth,
  among: Truth | null,
  test: (row: number) => boolean,
  { first, last }: Span,
  start: number,
): void {
  for (let row = first; row < last; row++) {
    if ((among === null || among[row] !== 0) && test(start + row)) truth[row] = 1;
  }
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

/** Rows from `first` to before `last`, in the order in which they are written. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/**
 * Tells rows that hold the text in one cell, whatever its case, in their order; `tell` ends it with false.
 * @param wanted asked every few thousand rows
 */
export function eachTextMatch(
  { first: from, last: to }: Span,
  every: readonly CellWriter[],
  text: string,
  tell: (row: number) => boolean,
  wanted: Wanted,
): void {
  const low = text.toLowerCase();
  const needle = Buffer.from(low);
  const writers = every.filter(({ holds }) => holds(low));
  if (needle.length === 0 || writers.length === 0) return;
  const next = searchFor(needle);
  let scratch = Buffer.alloc(1 << 20);
  const starts = new Uint32Array(rowsAtOnce + 1);
  const roomFor = writers.reduce((sum, { most }) => sum + most + 1, 1);
  for (let first = from; first < to; first += rowsAtOnce) {
    wanted();
    const rows = Math.min(rowsAtOnce, to - first);
    let at = 0;
    for (let index = 0; index < rows; index++) {
      if (at + roomFor > scratch.length) scratch = Buffer.concat([scratch], Math.max(scratch.length * 2, at + roomFor));
      starts[index] = at;
      for (let column = 0; column < writers.length; column++) {
        at = (writers[column] as CellWriter).write(first + index, scratch, at);
        scratch[at++] = tab;
      }
      scratch[at++] = lineFeed;
    }
    starts[rows] = at;
    for (let row = 0, found = next(scratch, 0, at); found >= 0; found = next(scratch, starts[row] as number, at)) {
      while ((starts[row + 1] as number) <= found) row += 1;
      if (!tell(first + row)) return;
      row += 1;
      if (row >= rows) break;
    }
  }
}

/**
 * Where a needle is next, from a place on; -1 where it is not before the end. Horspool's search: a native one is called
 * for each row that has it, and looks at each "0" where a needle begins with one.
 */
function searchFor(needle: Uint8Array): (bytes: Uint8Array, from: number, end: number) => number {
  const size = needle.length;
  const final = needle[size - 1] as number;
  const skips = new Uint8Array(256).fill(Math.min(size, 255));
  for (let at = 0; at < size - 1; at++) skips[needle[at] as number] = Math.min(size - 1 - at, 255);
  return (bytes, from, end) => {
    for (let at = from + size - 1; at < end; at += skips[bytes[at] as number] as number) {
      if (bytes[at] !== final) continue;
      const start = at - size + 1;
      let same = 0;
      while (same < size - 1 && bytes[start + same] === needle[same]) same += 1;
      if (same === size - 1) return start;
    }
    return -1;
  };
}
