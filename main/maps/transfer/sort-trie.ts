/** The order in which an LPM trie is filled quickest: by address, so that neighbours are written one after the other. */
import type { EntryTable } from "./entry-table.ts";

/** a trie's nodes are no further apart than this anyway */
const sortedBytes = 16;

/** Entry numbers; the sort is stable. */
export function sortTrie({ keys, keySize, count }: EntryTable): Uint32Array {
  let order = new Uint32Array(count);
  for (let entry = 0; entry < count; entry++) order[entry] = entry;
  let next = new Uint32Array(count);
  const data = Math.min(keySize - 4, sortedBytes);
  const starts = new Uint32Array(65_537);
  // Least significant digits first, 16 bits a digit; the last byte alone where they are odd.
  for (let column = data - (data % 2 === 0 ? 2 : 1); column >= 0; column -= 2) {
    const high = 4 + column;
    const wide = column + 1 < data;
    starts.fill(0);
    for (let entry = 0; entry < count; entry++) {
      const at = entry * keySize + high;
      const digit = wide ? ((keys[at] as number) << 8) | (keys[at + 1] as number) : (keys[at] as number);
      starts[digit + 1] = (starts[digit + 1] as number) + 1;
    }
    for (let digit = 0; digit < 65_536; digit++) {
      starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number);
    }
    for (let index = 0; index < count; index++) {
      const entry = order[index] as number;
      const at = entry * keySize + high;
      const digit = wide ? ((keys[at] as number) << 8) | (keys[at + 1] as number) : (keys[at] as number);
      const place = starts[digit] as number;
      starts[digit] = place + 1;
      next[place] = entry;
    }
    [order, next] = [next, order];
  }
  return order;
}
