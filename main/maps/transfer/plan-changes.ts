/** Entries on two sides ─▶ the rows of a change that makes one of the other, in the order in which they are best written. */
import { allocateRows, type ChangeRows, kinds } from "../staged/change-rows.ts";
import type { EntryDiff } from "./compare-entries.ts";
import type { EntryTable } from "./entry-table.ts";
import { pickEntries } from "./last-of-each.ts";
import { sortTrie } from "./sort-trie.ts";

export interface PlannedChanges {
  readonly rows: ChangeRows;
  /** of the file that each row came from; 0 for removals */
  readonly lines: Uint32Array;
}

/** Removals first, for a full map takes nothing new; additions to a trie by address. */
export function planChanges(before: EntryTable, after: EntryTable, diff: EntryDiff, trie: boolean): PlannedChanges {
  const { keySize, valueStride: stride } = after;
  const { removed, changed } = diff;
  const replaced = changed.length / 2;
  const added = additionsOf(after, diff.added, trie);
  const kept = removed.length + replaced;
  const count = kept + added.count;
  if (kept === 0) {
    const all = {
      kinds: Buffer.alloc(count, kinds.add),
      keys: bufferOf(added.keys, count * keySize),
      olds: Buffer.alloc(count * stride),
      news: bufferOf(added.values, count * stride),
    };
    return { rows: { count, keySize, stride, ...all }, lines: added.lines };
  }
  const rows = allocateRows(count, keySize, stride);
  const lines = new Uint32Array(count);
  for (const [at, entry] of removed.entries()) {
    rows.kinds[at] = kinds.remove;
    copy(before.keys, entry, keySize, rows.keys, at);
    copy(before.values, entry, stride, rows.olds, at);
  }
  for (let index = 0; index < replaced; index++) {
    const at = removed.length + index;
    const [was, is] = [changed[index * 2] as number, changed[index * 2 + 1] as number];
    rows.kinds[at] = kinds.replace;
    copy(after.keys, is, keySize, rows.keys, at);
    copy(before.values, was, stride, rows.olds, at);
    copy(after.values, is, stride, rows.news, at);
    lines[at] = after.lines[is] ?? 0;
  }
  rows.kinds.fill(kinds.add, kept);
  rows.keys.set(added.keys.subarray(0, added.count * keySize), kept * keySize);
  rows.news.set(added.values.subarray(0, added.count * stride), kept * stride);
  lines.set(added.lines.subarray(0, added.count), kept);
  return { rows, lines };
}

function additionsOf(after: EntryTable, added: Uint32Array, trie: boolean): EntryTable {
  const some = added.length === after.count ? after : pickEntries(after, added);
  return trie ? pickEntries(some, sortTrie(some)) : some;
}

function bufferOf(bytes: Uint8Array, length: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, length);
}

function copy(from: Uint8Array, entry: number, size: number, to: Buffer, at: number): void {
  to.set(from.subarray(entry * size, (entry + 1) * size), at * size);
}
