/** Rows in order of a column: least significant 16 bits first, as many rounds as the values need. Rows that are alike stay as they were. */
import type { SortKey } from "./sort-key.ts";
import { alwaysWanted, type Wanted } from "./turns.ts";

/** Below this, counting 65,536 digits costs more than comparing. */
const few = 4096;

/** Keys written between two looks at whether the order is still wanted. */
const atOnce = 65_536;

interface Way {
  readonly descending: boolean;
  readonly wanted?: Wanted;
}

/** `order` holds row numbers, and gets them sorted; as it was where it is given up. */
export function sortRows(
  order: Uint32Array,
  key: Pick<SortKey, "width" | "write">,
  { descending, wanted = alwaysWanted }: Way,
): void {
  const count = order.length;
  const words = Math.ceil(key.width / 2);
  if (count < 2 || words === 0) return;
  if (count <= few) {
    sortFew(order, key, descending);
    return;
  }
  const scratch = new Uint8Array(words * 2);
  const lead = words * 2 - key.width;
  // one column of 16 bits after the other, so that a round reads two bytes a row
  const digits = Array.from({ length: words }, () => new Uint16Array(count));
  const turn = descending ? 0xffff : 0;
  for (let index = 0; index < count; index++) {
    if (index % atOnce === 0) wanted();
    key.write(order[index] ?? 0, scratch, lead);
    for (let word = 0; word < words; word++) {
      (digits[word] as Uint16Array)[index] = (((scratch[word * 2] ?? 0) << 8) | (scratch[word * 2 + 1] ?? 0)) ^ turn;
    }
  }
  let places = new Uint32Array(count);
  for (let index = 0; index < count; index++) places[index] = index;
  let next = new Uint32Array(count);
  const starts = new Uint32Array(0x10000);
  for (let word = words - 1; word >= 0; word--) {
    wanted();
    const column = digits[word] as Uint16Array;
    starts.fill(0);
    for (let index = 0; index < count; index++)
      starts[column[index] as number] = (starts[column[index] as number] as number) + 1;
    // all alike: nothing to do
    if (starts[column[0] as number] === count) continue;
    let sum = 0;
    for (let digit = 0; digit < 0x10000; digit++) {
      const here = starts[digit] as number;
      starts[digit] = sum;
      sum += here;
    }
    for (let index = 0; index < count; index++) {
      const place = places[index] as number;
      const digit = column[place] as number;
      const to = starts[digit] as number;
      starts[digit] = to + 1;
      next[to] = place;
    }
    [places, next] = [next, places];
  }
  for (let index = 0; index < count; index++) next[index] = order[places[index] as number] as number;
  order.set(next);
}

function sortFew(order: Uint32Array, key: Pick<SortKey, "width" | "write">, descending: boolean): void {
  const keys = Array.from(order, (row) => {
    const bytes = Buffer.alloc(key.width);
    key.write(row, bytes, 0);
    return { row, bytes };
  });
  keys.sort((one, other) => (descending ? other.bytes.compare(one.bytes) : one.bytes.compare(other.bytes)));
  for (const [index, { row }] of keys.entries()) order[index] = row;
}
