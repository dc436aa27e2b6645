/**
 * Prefixes as a tree, more specific under less specific, in arrays: a node is its place in the order of addresses, shorter
 * prefixes first, so that whatever is below a node follows it.
 */
import type { RowBytes, RowViews } from "../row-bytes.ts";
import { viewsOf } from "../row-bytes.ts";
import { sortRows } from "../sort-rows.ts";
import type { PrefixShape } from "./prefix-shape.ts";
import { lengthOfRow, maskWord, type Prefix, wordAt } from "./prefix-words.ts";

/** Memory that threads share; one element a node, of `words` as many as an address has. */
export interface PrefixTree {
  readonly count: number;
  /** 32-bit words of an address */
  readonly wide: 1 | 4;
  readonly words: Uint32Array<SharedArrayBuffer>;
  readonly length: Uint8Array<SharedArrayBuffer>;
  readonly row: Uint32Array<SharedArrayBuffer>;
  /** noParent for those that nothing covers */
  readonly parent: Uint32Array<SharedArrayBuffer>;
  /** the first node that is not below this one */
  readonly end: Uint32Array<SharedArrayBuffer>;
  readonly depth: Uint8Array<SharedArrayBuffer>;
  /** of `marks` */
  readonly flags: Uint8Array<SharedArrayBuffer>;
}

export const noParent = 0xffff_ffff;

export const marks = {
  /** more specific entries cover every address of it */
  never: 1,
  /** it says what the next less specific entry says */
  same: 2,
  /** all that are marked so may go together, and no address gets another answer */
  spare: 4,
  /** the same prefix as another key: in hashes only, where keys are told apart by all their bits */
  duplicate: 8,
  /** bits beyond the length are set */
  hostBits: 16,
  /** longer than an address: in hashes only */
  tooLong: 32,
} as const;

export function buildTree(rows: RowBytes, shape: PrefixShape): PrefixTree {
  const views = viewsOf(rows);
  const { count } = rows;
  const bits = shape.addressSize * 8;
  const wide = shape.addressSize === 4 ? 1 : 4;
  const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(Math.max(1, count) * bytes);
  const row = new Uint32Array(shared(4), 0, count);
  for (let at = 0; at < count; at++) row[at] = at;
  sortRows(row, { width: shape.addressSize + 2, write: keyWriter(views, shape, bits) }, { descending: false });

  const tree: PrefixTree = {
    ...{ count, wide, row },
    words: new Uint32Array(shared(4 * wide), 0, count * wide),
    length: new Uint8Array(shared(1), 0, count),
    parent: new Uint32Array(shared(4), 0, count),
    end: new Uint32Array(shared(4), 0, count),
    depth: new Uint8Array(shared(1), 0, count),
    flags: new Uint8Array(shared(1), 0, count),
  };
  readPrefixes(tree, views, shape, bits);
  linkNodes(tree);
  return tree;
}

/** Address without what is beyond the length, length, and of equal ones the plain one first. */
function keyWriter(views: RowViews, shape: PrefixShape, bits: number) {
  const { keys, keySize } = views;
  return (at: number, out: Uint8Array, to: number): void => {
    const length = Math.min(bits, lengthOfRow(views, shape, at));
    const from = at * keySize + shape.addressAt;
    const { addressSize } = shape;
    let beyond = 0;
    for (let index = 0; index < addressSize; index++) {
      const left = length - index * 8;
      const mask = left >= 8 ? 0xff : left <= 0 ? 0 : (0xff00 >> left) & 0xff;
      const byte = keys[from + index] as number;
      out[to + index] = byte & mask;
      if ((byte & ~mask) !== 0) beyond = 1;
    }
    out[to + addressSize] = length;
    out[to + addressSize + 1] = beyond + (lengthOfRow(views, shape, at) > bits ? 2 : 0);
  };
}

function readPrefixes(tree: PrefixTree, views: RowViews, shape: PrefixShape, bits: number): void {
  const { count, wide, words, row, length, flags } = tree;
  for (let node = 0; node < count; node++) {
    const of = row[node] as number;
    const given = lengthOfRow(views, shape, of);
    const own = Math.min(given, bits);
    const at = of * views.keySize + shape.addressAt;
    let flag = given > bits ? marks.tooLong : 0;
    for (let word = 0; word < wide; word++) {
      const whole = wordAt(views.keys, at + word * 4);
      const kept = (whole & maskWord(word, own)) >>> 0;
      words[node * wide + word] = kept;
      if (kept !== whole) flag |= marks.hostBits;
    }
    length[node] = own;
    flags[node] = flag;
  }
}

function linkNodes(tree: PrefixTree): void {
  const { count, length, parent, end, depth, flags } = tree;
  // no deeper than an address has bits, and one more for a duplicate
  const open = new Uint32Array(140);
  let top = -1;
  for (let node = 0; node < count; node++) {
    while (top >= 0 && !isBelow(tree, node, open[top] as number)) {
      end[open[top] as number] = node;
      top -= 1;
    }
    const above = top < 0 ? noParent : (open[top] as number);
    const isLong = ((flags[node] as number) & marks.tooLong) !== 0;
    if (above !== noParent && length[above] === length[node] && !isLong) {
      flags[node] = (flags[node] as number) | marks.duplicate;
    }
    parent[node] = above;
    top += 1;
    depth[node] = top;
    open[top] = node;
  }
  for (; top >= 0; top--) end[open[top] as number] = count;
}

/** A duplicate is below the first of its prefix, and nothing is below it. */
function isBelow({ flags, length, wide, words }: PrefixTree, node: number, above: number): boolean {
  if (((flags[above] as number) & (marks.duplicate | marks.tooLong)) !== 0) return false;
  const bits = length[above] as number;
  if (bits > (length[node] as number)) return false;
  for (let word = 0; word < wide; word++) {
    const mask = maskWord(word, bits);
    if (mask === 0) return true;
    if (((words[node * wide + word] as number) & mask) >>> 0 !== words[above * wide + word]) return false;
  }
  return true;
}

/** The first node that is not before this prefix; the tree's length where there is none. */
export function nodeFrom(tree: PrefixTree, { words, length }: Prefix): number {
  let [low, high] = [0, tree.count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(tree, middle, words, length) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The node of exactly this prefix; -1 where there is none. */
export function nodeOf(tree: PrefixTree, prefix: Prefix): number {
  const node = nodeFrom(tree, prefix);
  return node < tree.count && compare(tree, node, prefix.words, prefix.length) === 0 ? node : -1;
}

function compare(
  { wide, words: all, length: lengths }: PrefixTree,
  node: number,
  words: readonly number[],
  length: number,
): number {
  for (let word = 0; word < wide; word++) {
    const difference = (all[node * wide + word] as number) - (words[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return (lengths[node] as number) - length;
}

export function prefixOf({ wide, words, length }: PrefixTree, node: number): Prefix {
  return { words: [...words.subarray(node * wide, (node + 1) * wide)], length: length[node] as number };
}
