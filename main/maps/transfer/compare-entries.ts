/** What would become of the entries on one side to have those of the other. */
import type { EntryTable } from "./entry-table.ts";
import { createKeyIndex } from "./key-index.ts";

export interface EntryDiff {
  /** numbers of entries of `after` that `before` lacks */
  readonly added: Uint32Array;
  /** pairs: the entry of `before`, the entry of `after` with the same key and another value */
  readonly changed: Uint32Array;
  /** numbers of entries of `before` that `after` lacks */
  readonly removed: Uint32Array;
  readonly same: number;
}

/** Both sides have each key once. */
export function compareEntries(before: EntryTable, after: EntryTable, trie: boolean): EntryDiff {
  const index = createKeyIndex(before, before.count, trie);
  for (let entry = 0; entry < before.count; entry++) index.put(before.keys, entry * before.keySize, entry);
  const seen = new Uint8Array(before.count);
  const added = new Uint32Array(after.count);
  const changed = new Uint32Array(2 * Math.min(before.count, after.count));
  let [news, changes, same] = [0, 0, 0];
  for (let entry = 0; entry < after.count; entry++) {
    const known = before.count === 0 ? -1 : index.find(after.keys, entry * after.keySize);
    if (known < 0) {
      added[news++] = entry;
      continue;
    }
    seen[known] = 1;
    if (sameValue(before, known, after, entry)) {
      same += 1;
      continue;
    }
    changed[changes++] = known;
    changed[changes++] = entry;
  }
  const removed = new Uint32Array(before.count);
  let gone = 0;
  for (let entry = 0; entry < before.count; entry++) if (seen[entry] === 0) removed[gone++] = entry;
  return {
    added: added.subarray(0, news),
    changed: changed.subarray(0, changes),
    removed: removed.subarray(0, gone),
    same,
  };
}

function sameValue(before: EntryTable, one: number, after: EntryTable, other: number): boolean {
  const size = before.valueStride;
  const from = one * size;
  const to = other * size;
  for (let each = 0; each < size; each++) if (before.values[from + each] !== after.values[to + each]) return false;
  return true;
}

export function keyOf({ keys, keySize }: EntryTable, entry: number): Uint8Array {
  return keys.subarray(entry * keySize, (entry + 1) * keySize);
}

export function valueOf({ values, valueStride }: EntryTable, entry: number): Uint8Array {
  return values.subarray(entry * valueStride, (entry + 1) * valueStride);
}
