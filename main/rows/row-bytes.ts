/** The entries of a map as bytes side by side, in memory that threads share. */
import type { MapLayout } from "../tables/describe-map.ts";

export interface RowBytes {
  /** count * keySize bytes */
  readonly keys: SharedArrayBuffer;
  /** count * stride bytes: of a per-CPU map the values of all CPUs */
  readonly values: SharedArrayBuffer;
  readonly keySize: number;
  readonly stride: number;
  readonly count: number;
}

/** As views, and what of a row's bytes are its own. */
export interface RowViews {
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  readonly keySize: number;
  readonly stride: number;
  readonly count: number;
}

export function viewsOf({ keys, values, keySize, stride, count }: RowBytes): RowViews {
  return { keys: new Uint8Array(keys), values: new Uint8Array(values), keySize, stride, count };
}

export function keyOf(rows: RowViews, row: number): Uint8Array {
  return rows.keys.subarray(row * rows.keySize, (row + 1) * rows.keySize);
}

export function valueOf(rows: RowViews, row: number): Uint8Array {
  return rows.values.subarray(row * rows.stride, (row + 1) * rows.stride);
}

/** Where a column's bytes are in a row. */
export interface ColumnPlace {
  readonly fromKey: boolean;
  /** index among the columns of the key, or of the value */
  readonly index: number;
}

export function placeOfColumn(map: MapLayout, column: number): ColumnPlace {
  const keys = map.key.columns.length;
  return column < keys ? { fromKey: true, index: column } : { fromKey: false, index: column - keys };
}
