import { readBits } from "./field-bits.ts";
import type { MapLayout } from "./describe-map.ts";
import { formatCells, formatJson, type Json } from "./format-value.ts";
import type { LayoutColumn } from "./layout.ts";

export interface EntryCells {
  /** One a column of the map: key's, then value's. Integers of a per-CPU map are summed over the CPUs. */
  readonly cells: readonly string[];
  /** The value's cells of each CPU; null for maps that are not per-CPU. */
  readonly cpus: readonly (readonly string[])[] | null;
}

/** What a cell shows where the CPUs have different values of something that cannot be summed. */
export const differs = "differs by CPU";

/** An entry as a row of texts. `value` is as the kernel gives it: the values of all CPUs, `stride` bytes apart. */
export function formatEntryCells(map: MapLayout, key: Uint8Array, value: Uint8Array): EntryCells {
  const keyCells = formatCells(map.key, key);
  if (!map.perCpu) {
    return { cells: [...keyCells, ...formatCells(map.value, value)], cpus: null };
  }
  const copies = splitCopies(map, value);
  const cpus = copies.map((copy) => formatCells(map.value, copy));
  const cells = map.value.columns.map((column, index) => {
    const sum = sumOf(map, column, copies);
    if (sum !== null) return sum.toString();
    const first = cpus[0]?.[index] ?? "";
    return cpus.every((each) => each[index] === first) ? first : differs;
  });
  return { cells: [...keyCells, ...cells], cpus };
}

/** An entry as `xdpw map dump` prints it: see formatJson; the value of a per-CPU map is an array, one item a CPU. */
export function formatEntryJson(
  map: MapLayout,
  key: Uint8Array,
  value: Uint8Array,
): { readonly key: Json; readonly value: Json } {
  return {
    key: formatJson(map.key, key),
    value: map.perCpu
      ? splitCopies(map, value).map((copy) => formatJson(map.value, copy))
      : formatJson(map.value, value),
  };
}

/** The value of each CPU, as views. */
export function splitCopies(map: MapLayout, value: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: map.copies }, (_, cpu) =>
    value.subarray(cpu * map.stride, cpu * map.stride + map.value.size),
  );
}

/** Whether the cells of a per-CPU map show a sum in this column. */
export function isSummed({ node }: LayoutColumn): boolean {
  return node.kind === "field" && node.form.as === "integer" && !node.form.network && !node.form.hex;
}

function sumOf(map: MapLayout, column: LayoutColumn, copies: readonly Uint8Array[]): bigint | null {
  const { node } = column;
  if (!isSummed(column) || node.kind !== "field" || node.form.as !== "integer") return null;
  let sum = 0n;
  for (const copy of copies) {
    if (copy.length !== map.value.size) return null;
    const bits = readBits(node, copy, column.offset, map.value.littleEndian);
    sum += node.form.signed ? BigInt.asIntN(node.bitSize, bits) : bits;
  }
  return sum;
}
