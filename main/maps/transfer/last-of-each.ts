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

/** A table of its own with some of the entries. */
export function pickEntries(entries: EntryTable, numbers: readonly number[]): EntryTable {
  const { keySize, valueStride } = entries;
  const pick = (bytes: Uint8Array, size: number): Uint8Array => {
    const picked = new Uint8Array(numbers.length * size);
    for (const [index, entry] of numbers.entries()) {
      picked.set(bytes.subarray(entry * size, (entry + 1) * size), index * size);
    }
    return picked;
  };
  return {
    ...{ keySize, valueStride, count: numbers.length },
    keys: pick(entries.keys, keySize),
    values: pick(entries.values, valueStride),
    lines: Uint32Array.from(numbers, (entry) => entries.lines[entry] ?? 0),
  };
}
