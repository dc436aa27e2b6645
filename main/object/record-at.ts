import type { LineRecord } from "./read-btf-ext.ts";

/** Of records in the order of their instructions: the index of the last at `instruction` or before it; -1 where none is. */
export function recordAt(records: readonly LineRecord[], instruction: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((records[middle]?.instruction ?? 0) <= instruction) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
