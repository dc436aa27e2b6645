/** What programs count in a value: it moves under whoever edits the rest of the row, and is no conflict. */
import { bitsOfColumns, counts } from "../../tables/column-bits.ts";
import type { MapLayout } from "../../tables/describe-map.ts";

/** One value as pages carry it; null where every bit is compared. Of values that are counts alone each bit is. */
export function countedBits({ value, copies, stride }: MapLayout): Buffer | null {
  const counted = value.columns.filter(counts);
  if (counted.length === 0 || counted.length === value.columns.length) return null;
  const bits = bitsOfColumns(value, (column) => counted.includes(column));
  const all = Buffer.alloc(copies * stride);
  for (let copy = 0; copy < copies; copy++) all.set(bits, copy * stride);
  return all;
}
