import type { MapLayout } from "./describe-map.ts";
import { formatEntryCells } from "./format-entry.ts";

/** The entries of a map at one moment: key to value, both in hex without "0x". */
export type RowSnapshot = ReadonlyMap<string, string>;

export interface RowDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ChangedRow[];
}

export interface ChangedRow {
  readonly key: string;
  /** Indices of the map's columns whose cells read differently; empty where only padding or single CPUs changed. */
  readonly columns: readonly number[];
}

/** What changed between two snapshots, down to the cells. */
export function diffRows(map: MapLayout, before: RowSnapshot, after: RowSnapshot): RowDiff {
  const added: string[] = [];
  const changed: ChangedRow[] = [];
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old === undefined) added.push(key);
    else if (old !== value) changed.push({ key, columns: changedColumns(map, key, old, value) });
  }
  return { added, removed: [...before.keys()].filter((key) => !after.has(key)), changed };
}

function changedColumns(map: MapLayout, key: string, before: string, after: string): readonly number[] {
  const keyBytes = bytesOf(key);
  const old = formatEntryCells(map, keyBytes, bytesOf(before)).cells;
  const now = formatEntryCells(map, keyBytes, bytesOf(after)).cells;
  return now.flatMap((cell, index) => (cell === old[index] ? [] : [index]));
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length >> 1 }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}
