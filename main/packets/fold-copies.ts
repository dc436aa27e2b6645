/** A per-CPU value as one: a test runs on some CPU, and must not depend on which. */
import type { MapLayout } from "../tables/describe-map.ts";
import { readBits, writeBits } from "../tables/field-bits.ts";
import { isSummed, splitCopies } from "../tables/format-entry.ts";

/** The layout of what {@link foldCopies} gives; of other maps their own. */
export function foldedLayout(map: MapLayout): MapLayout {
  return map.perCpu ? { ...map, perCpu: false, copies: 1, stride: map.value.size } : map;
}

/** Numbers are summed over the CPUs, as tables show them; the rest is the first CPU's. */
export function foldCopies(map: MapLayout, value: Uint8Array): Uint8Array {
  if (!map.perCpu) return value;
  const [first, ...others] = splitCopies(map, value);
  const folded = Uint8Array.from(first ?? []);
  for (const column of map.value.columns) {
    const { node, offset } = column;
    if (node.kind !== "field" || !isSummed(column)) continue;
    const { littleEndian } = map.value;
    const sum = others.reduce(
      (total, copy) => total + readBits(node, copy, offset, littleEndian),
      readBits(node, folded, offset, littleEndian),
    );
    writeBits(node, folded, offset, littleEndian, sum);
  }
  return folded;
}
