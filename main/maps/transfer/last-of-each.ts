/** Commands are meant one after the other: of a key that several of them write, the last value counts. */
import type { EntryTable } from "./entry-table.ts";
import { createKeyIndex } from "./key-index.ts";

export function lastOfEach(entries: EntryTable, trie: boolean): EntryTable {
  const { keys, keySize, count } = entries;
  const index = createKeyIndex(entries, count, trie);
  const kept: number[] = [];
  for (let entry = count - 1; entry >= 0; entry--) if (index.put(keys, entry * keySize, entry) < 0) kept.push(entry);
  if (kept.length === count) return entries;
  return pickEntries(entries, kept.reverse());
}

/** A table of its own with some of the entries, in the order of the numbers. */
export function pickEntries(entries: EntryTable, numbers: Uint32Array | readonly number[]): EntryTable {
  const { keySize, valueStride } = entries;
  const count = numbers.length;
  const pick = (bytes: Uint8Array, size: number): Uint8Array => {
    const picked = new Uint8Array(count * size);
    // whole words where there are only such: four times as fast
    const words = size % 4 === 0 && bytes.byteOffset % 4 === 0;
    if (words)
      gather(
        new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2),
        new Uint32Array(picked.buffer),
        size / 4,
        numbers,
      );
    else gather(bytes, picked, size, numbers);
    return picked;
  };
  const lines = new Uint32Array(count);
  for (let index = 0; index < count; index++) lines[index] = entries.lines[numbers[index] as number] as number;
  return {
    ...{ keySize, valueStride, count, lines },
    keys: pick(entries.keys, keySize),
    values: pick(entries.values, valueStride),
  };
}

function gather(
  from: Uint8Array | Uint32Array,
  to: Uint8Array | Uint32Array,
  size: number,
  numbers: Uint32Array | readonly number[],
): void {
  for (let index = 0, at = 0; index < numbers.length; index++) {
    const start = (numbers[index] as number) * size;
    for (let each = 0; each < size; each++) to[at++] = from[start + each] as number;
  }
}
