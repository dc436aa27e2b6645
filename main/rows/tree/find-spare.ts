/**
 * Entries that answer for nobody, and such as say what would be answered anyway. Both are meant of look-ups of whole
 * addresses, longest prefix first.
 */
import type { MapLayout } from "../../tables/describe-map.ts";
import { bitsOfColumns, counts } from "../../tables/column-bits.ts";
import type { RowBytes } from "../row-bytes.ts";
import { marks, noParent, type PrefixTree } from "./build-tree.ts";
import { stepBeyond } from "./prefix-words.ts";

/** How many of each are in a tree. */
export interface Findings {
  readonly never: number;
  readonly same: number;
  readonly spare: number;
  readonly duplicate: number;
  readonly hostBits: number;
  readonly tooLong: number;
}

/** Columns of the value that count, and so say nothing of where packets go. */
export function usuallyIgnored({ value }: MapLayout): readonly string[] {
  return value.columns.filter(counts).map(({ path }) => path);
}

/** Marks the nodes. Values are compared in the columns that are not named. */
export function findSpare(tree: PrefixTree, rows: RowBytes, map: MapLayout, ignored: readonly string[]): Findings {
  const { count, flags, parent, row } = tree;
  const known = marks.duplicate | marks.hostBits | marks.tooLong;
  for (let node = 0; node < count; node++) flags[node] = (flags[node] as number) & known;
  const isAlike = sameValues(rows, map, ignored);
  const aside = marks.duplicate | marks.tooLong;
  for (let node = 0; node < count; node++) {
    const above = nearest(tree, node);
    if (((flags[node] as number) & aside) !== 0 || above === noParent) continue;
    if (isAlike(row[node] as number, row[above] as number)) {
      flags[node] = (flags[node] as number) | marks.same | marks.spare;
    }
  }
  eachCovered(tree, aside, (node) => (flags[node] = (flags[node] as number) | marks.never));
  // Once those that say the same are gone, others may answer again: what may go with them is what is covered even then.
  const spare: number[] = [];
  eachCovered(tree, aside | marks.same, (node) => spare.push(node));
  for (const node of spare) flags[node] = (flags[node] as number) | marks.spare;
  return countMarks(tree);

  function nearest({ flags: of }: PrefixTree, node: number): number {
    let above = parent[node] as number;
    while (above !== noParent && ((of[above] as number) & aside) !== 0) above = parent[above] as number;
    return above;
  }
}

function countMarks({ count, flags }: PrefixTree): Findings {
  const found = { never: 0, same: 0, spare: 0, duplicate: 0, hostBits: 0, tooLong: 0 };
  for (let node = 0; node < count; node++) {
    const flag = flags[node] as number;
    if (flag === 0) continue;
    if ((flag & marks.never) !== 0) found.never += 1;
    if ((flag & marks.same) !== 0) found.same += 1;
    if ((flag & marks.spare) !== 0) found.spare += 1;
    if ((flag & marks.duplicate) !== 0) found.duplicate += 1;
    if ((flag & marks.hostBits) !== 0) found.hostBits += 1;
    if ((flag & marks.tooLong) !== 0) found.tooLong += 1;
  }
  return found;
}

/** Whether two rows have the same in the columns that count; of per-CPU maps on every CPU. Padding is not looked at. */
function sameValues(
  { values, stride }: RowBytes,
  { value, copies, stride: perCopy }: MapLayout,
  ignored: readonly string[],
): (one: number, other: number) => boolean {
  const bits = bitsOfColumns(value, ({ path }) => !ignored.includes(path));
  const places: number[] = [];
  for (let copy = 0; copy < copies; copy++)
    for (let at = 0; at < value.size; at++) if (bits[at] !== 0) places.push(copy * perCopy + at);
  const masks = places.map((place) => bits[place % perCopy] ?? 0);
  const bytes = new Uint8Array(values);
  return (one, other) => {
    const [left, right] = [one * stride, other * stride];
    for (let index = 0; index < places.length; index++) {
      const place = places[index] as number;
      if ((((bytes[left + place] as number) ^ (bytes[right + place] as number)) & (masks[index] as number)) !== 0)
        return false;
    }
    return true;
  };
}

/** Nodes all of whose addresses are below them; those marked so are taken as not there. */
function eachCovered(tree: PrefixTree, without: number, found: (node: number) => void): void {
  const { count, wide, words, length, end, flags } = tree;
  const open = new Uint32Array(140);
  // the first address that nothing below has covered so far; and whether there is a gap before it, or nothing at all
  const reached = new Uint32Array(140 * wide);
  const state = new Uint8Array(140);
  const [empty, filling, gap] = [0, 1, 2];
  const next = new Uint32Array(wide);
  let top = -1;
  const close = (): void => {
    const node = open[top] as number;
    if (state[top] === filling) {
      next.set(words.subarray(node * wide, (node + 1) * wide));
      stepBeyond(next, 0, length[node] as number);
      if (same(next, 0, reached, top * wide, wide)) found(node);
    }
    top -= 1;
  };
  for (let node = 0; node < count; node++) {
    if (((flags[node] as number) & without) !== 0) continue;
    while (top >= 0 && (end[open[top] as number] as number) <= node) close();
    if (top >= 0 && state[top] !== gap) {
      if (same(reached, top * wide, words, node * wide, wide)) {
        stepBeyond(reached, top * wide, length[node] as number);
        state[top] = filling;
      } else state[top] = gap;
    }
    top += 1;
    open[top] = node;
    state[top] = empty;
    for (let word = 0; word < wide; word++) reached[top * wide + word] = words[node * wide + word] as number;
  }
  while (top >= 0) close();
}

function same(one: Uint32Array, at: number, other: Uint32Array, from: number, wide: number): boolean {
  for (let word = 0; word < wide; word++) if (one[at + word] !== other[from + word]) return false;
  return true;
}
