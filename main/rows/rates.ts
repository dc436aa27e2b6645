/** How fast counters grew between two readings, as the table says it. */
import type { RowsColumn } from "../../protocol/rows.ts";
import { keyOf, type RowViews } from "./row-bytes.ts";

/** Rows seldom move far: arrays never, hashes within their bucket. */
const nearby = 256;

/** The row of that key in an older reading; -1 where it is not near. */
export function rowBefore(rows: RowViews, row: number, before: RowViews): number {
  for (let distance = 0; distance <= nearby; distance++) {
    if (sameKey(rows, row, before, row - distance)) return row - distance;
    if (distance > 0 && sameKey(rows, row, before, row + distance)) return row + distance;
  }
  return -1;
}

function sameKey(rows: RowViews, row: number, before: RowViews, other: number): boolean {
  if (other < 0 || other >= before.count) return false;
  return Buffer.compare(keyOf(rows, row), keyOf(before, other)) === 0;
}

/** A second; "" for columns that do not count, and for those that went down. */
export function ratesOf(
  columns: readonly RowsColumn[],
  now: readonly string[],
  before: readonly string[],
  seconds: number,
): readonly string[] {
  return columns.map(({ counts }, index) => {
    if (!counts || seconds <= 0) return "";
    const [newer, older] = [now[index] ?? "", before[index] ?? ""];
    if (!/^\d+$/.test(newer) || !/^\d+$/.test(older)) return "";
    const grown = BigInt(newer) - BigInt(older);
    if (grown < 0n) return "";
    const rate = Number(grown) / seconds;
    return rate > 0 && rate < 10 ? rate.toFixed(1) : Math.round(rate).toString();
  });
}
