/** Rows of a change as columns of bytes, so that a hundred thousand of them are a handful of buffers. */
import type { Change } from "../../../protocol/changes.ts";

/** The numbers of MapHandle.change, helper/native/map-face.ts. */
export const kinds = { add: 0, replace: 1, remove: 2 } as const;
export const outcomes = {
  done: 0,
  already: 1,
  other: 2,
  missing: 3,
  refused: 4,
  overwritten: 5,
  untouched: 6,
  removedAfter: 7,
} as const;

export interface ChangeRows {
  readonly count: number;
  readonly keySize: number;
  /** bytes of one value as pages carry it */
  readonly stride: number;
  readonly kinds: Buffer;
  readonly keys: Buffer;
  /** zeros where the entry is added */
  readonly olds: Buffer;
  /** zeros where the entry is removed */
  readonly news: Buffer;
}

export function allocateRows(count: number, keySize: number, stride: number): ChangeRows {
  return {
    ...{ count, keySize, stride },
    kinds: Buffer.alloc(count),
    keys: Buffer.alloc(count * keySize),
    olds: Buffer.alloc(count * stride),
    news: Buffer.alloc(count * stride),
  };
}

/** @returns null where one of them does not have the map's sizes, or changes nothing into nothing */
export function rowsOf(changes: readonly Change[], keySize: number, stride: number): ChangeRows | null {
  const rows = allocateRows(changes.length, keySize, stride);
  for (const [at, { key, was, value }] of changes.entries()) {
    const bytes = Buffer.from(key, "base64");
    const old = was === null ? null : Buffer.from(was, "base64");
    const next = value === null ? null : Buffer.from(value, "base64");
    if (bytes.length !== keySize || (old === null && next === null)) return null;
    if ((old !== null && old.length !== stride) || (next !== null && next.length !== stride)) return null;
    rows.kinds[at] = old === null ? kinds.add : next === null ? kinds.remove : kinds.replace;
    bytes.copy(rows.keys, at * keySize);
    old?.copy(rows.olds, at * stride);
    next?.copy(rows.news, at * stride);
  }
  return rows;
}

/** What takes the rows back: in the opposite order, so that a full map has room again before it needs it. */
export function inverted(rows: ChangeRows): ChangeRows {
  const { count, keySize, stride } = rows;
  const back = allocateRows(count, keySize, stride);
  for (let at = 0; at < count; at++) {
    const from = count - 1 - at;
    const kind = rows.kinds[from];
    back.kinds[at] = kind === kinds.add ? kinds.remove : kind === kinds.remove ? kinds.add : kinds.replace;
    back.keys.set(keyAt(rows, from), at * keySize);
    back.olds.set(newAt(rows, from), at * stride);
    back.news.set(oldAt(rows, from), at * stride);
  }
  return back;
}

/** Those rows for which `wanted` holds a byte that is not 0. */
export function chosen(rows: ChangeRows, wanted: Uint8Array): ChangeRows {
  const { keySize, stride } = rows;
  const indices = [...wanted.keys()].filter((at) => wanted[at] !== 0);
  const some = allocateRows(indices.length, keySize, stride);
  for (const [at, from] of indices.entries()) {
    some.kinds[at] = rows.kinds[from] ?? 0;
    some.keys.set(keyAt(rows, from), at * keySize);
    some.olds.set(oldAt(rows, from), at * stride);
    some.news.set(newAt(rows, from), at * stride);
  }
  return some;
}

export function sliced(rows: ChangeRows, from: number, to: number): ChangeRows {
  const { keySize, stride } = rows;
  return {
    ...{ count: to - from, keySize, stride },
    kinds: rows.kinds.subarray(from, to),
    keys: rows.keys.subarray(from * keySize, to * keySize),
    olds: rows.olds.subarray(from * stride, to * stride),
    news: rows.news.subarray(from * stride, to * stride),
  };
}

export function changeAt(rows: ChangeRows, at: number): Change {
  const kind = rows.kinds[at];
  return {
    key: keyAt(rows, at).toString("base64"),
    was: kind === kinds.add ? null : oldAt(rows, at).toString("base64"),
    value: kind === kinds.remove ? null : newAt(rows, at).toString("base64"),
  };
}

export function keyAt({ keys, keySize }: ChangeRows, at: number): Buffer {
  return keys.subarray(at * keySize, (at + 1) * keySize);
}

export function oldAt({ olds, stride }: ChangeRows, at: number): Buffer {
  return olds.subarray(at * stride, (at + 1) * stride);
}

export function newAt({ news, stride }: ChangeRows, at: number): Buffer {
  return news.subarray(at * stride, (at + 1) * stride);
}

export function countKinds(rows: ChangeRows): { added: number; replaced: number; removed: number } {
  const counts = [0, 0, 0];
  for (let at = 0; at < rows.count; at++) {
    const kind = rows.kinds[at] as number;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return { added: counts[kinds.add] ?? 0, replaced: counts[kinds.replace] ?? 0, removed: counts[kinds.remove] ?? 0 };
}
