/** Where a key or prefix is among rows, and whether two readings are the same: whoever asks so looks at every byte. */
import { entryOfPrefix, longestThatMatches } from "../maps/match-entry.ts";
import { type RowBytes, type RowViews, viewsOf } from "./row-bytes.ts";

export interface PlaceTask {
  readonly do: "place";
  readonly rows: RowBytes;
  readonly key: Uint8Array;
  /** null: as they were read */
  readonly order: SharedArrayBuffer | null;
}

export interface KeyPlace {
  /** in the order shown; null where it is not there or the filter hides it */
  readonly row: number | null;
  /** whether the map had it when it was read */
  readonly there: boolean;
}

/** Of an LPM trie. */
export interface PrefixTask {
  readonly do: "entry" | "longest";
  readonly rows: RowBytes;
  /** as a key */
  readonly prefix: Uint8Array;
}

export interface SameTask {
  readonly do: "same";
  readonly one: RowBytes;
  readonly other: RowBytes;
}

export function placeOfKey({ rows, key, order }: PlaceTask): KeyPlace {
  const index = rowOfKey(viewsOf(rows), key);
  if (index < 0) return { row: null, there: false };
  const row = order === null ? index : new Uint32Array(order).indexOf(index);
  return { row: row < 0 ? null : row, there: true };
}

/** Where the key was read; -1 where it was not. */
export function rowOfKey(rows: RowViews, key: Uint8Array): number {
  const all = Buffer.from(rows.keys.buffer, rows.keys.byteOffset, rows.count * rows.keySize);
  if (key.length !== rows.keySize) return -1;
  for (let at = all.indexOf(key); at >= 0; at = all.indexOf(key, at + 1))
    if (at % rows.keySize === 0) return at / rows.keySize;
  return -1;
}

/** "entry": the row of that very prefix, -1 where there is none; "longest": how long the longest entry is that has it. */
export function findPrefix({ do: what, rows, prefix }: PrefixTask): number {
  return (what === "entry" ? entryOfPrefix : longestThatMatches)(viewsOf(rows), prefix);
}

export function sameRows({ one, other }: SameTask): boolean {
  if (one.count !== other.count) return false;
  const same = (left: SharedArrayBuffer, right: SharedArrayBuffer, size: number): boolean =>
    Buffer.compare(Buffer.from(left, 0, size), Buffer.from(right, 0, size)) === 0;
  return same(one.keys, other.keys, one.count * one.keySize) && same(one.values, other.values, one.count * one.stride);
}
