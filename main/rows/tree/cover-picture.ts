/** A part of the address space in 256 blocks, and how much of each has an entry of its own. */
import { marks, noParent, nodeFrom, type PrefixTree } from "./build-tree.ts";
import { maskWord, type Prefix } from "./prefix-words.ts";

export const blockBits = 8;
export const blocks = 2 ** blockBits;

export interface CoverPicture {
  readonly scope: Prefix;
  /** the longest entry that covers the whole part; -1 where there is none */
  readonly behind: number;
  /** of each block, how much has an entry that is longer than the part: 0 to 1, exactly 1 where it is all */
  readonly shares: readonly number[];
  /** entries in each block, those that cover it or more not among them */
  readonly entries: readonly number[];
}

export function coverPicture(tree: PrefixTree, asked: Prefix | null): CoverPicture {
  return pictureOf(tree, asked ?? usualScope(tree));
}

function pictureOf(tree: PrefixTree, scope: Prefix): CoverPicture {
  const { count, end, length, flags } = tree;
  const shares = new Float64Array(blocks);
  const entries = new Uint32Array(blocks);
  const blockLength = scope.length + blockBits;
  const aside = marks.duplicate | marks.tooLong;
  let behind = -1;
  for (let node = nodeFrom(tree, { words: scope.words, length: scope.length + 1 }); node < count; ) {
    const first = placeIn(tree, node, scope);
    if (first < 0) break;
    if (((flags[node] as number) & aside) !== 0) {
      node += 1;
      continue;
    }
    const bits = length[node] as number;
    if (bits <= blockLength) {
      shares.fill(1, first, first + 2 ** (blockLength - bits));
      node += 1;
      continue;
    }
    entries[first] = (entries[first] as number) + (end[node] as number) - node;
    if ((shares[first] as number) < 1) shares[first] = (shares[first] as number) + 2 ** (blockLength - bits);
    node = end[node] as number;
  }
  for (let bits = scope.length; bits >= 0 && behind < 0; bits--) {
    const words = scope.words.map((word, at) => (word & maskWord(at, bits)) >>> 0);
    const node = nodeFrom(tree, { words, length: bits });
    const isIt = node < count && length[node] === bits && samePlace(tree, node, words);
    if (isIt && ((flags[node] as number) & aside) === 0) behind = node;
  }
  return { scope, behind, shares: [...shares], entries: [...entries] };
}

/** All, or as far in as one block alone has something to show. */
function usualScope(tree: PrefixTree): Prefix {
  const bits = tree.wide * 32;
  let scope: Prefix = { words: Array.from({ length: tree.wide }, () => 0), length: 0 };
  while (scope.length + 2 * blockBits <= bits) {
    const { shares, entries } = pictureOf(tree, scope);
    const used = shares.flatMap((share, block) => (share > 0 ? [block] : []));
    const [only] = used;
    if (only === undefined || used.length > 1 || entries[only] === 0) break;
    scope = blockOf(scope, only);
  }
  return scope;
}

/** A block of a part, as a part of its own. */
export function blockOf({ words, length }: Prefix, block: number): Prefix {
  const end = length + blockBits;
  return {
    length: end,
    words: words.map((word, at) => {
      // bits of the block that are in this word
      const shift = (at + 1) * 32 - end;
      const part = shift >= 32 || shift <= -blockBits ? 0 : shift >= 0 ? block * 2 ** shift : block >>> -shift;
      return (word | (part % 0x1_0000_0000)) >>> 0;
    }),
  };
}

/** The first block of a node; -1 where it is not in the part. */
function placeIn({ wide, words }: PrefixTree, node: number, scope: Prefix): number {
  for (let word = 0; word < wide; word++) {
    const own = words[node * wide + word] as number;
    if ((own & maskWord(word, scope.length)) >>> 0 !== scope.words[word]) return -1;
  }
  let block = 0;
  for (let bit = scope.length; bit < scope.length + blockBits; bit++) {
    const word = words[node * wide + (bit >> 5)] ?? 0;
    block = block * 2 + ((word >>> (31 - (bit & 31))) & 1);
  }
  return block;
}

function samePlace({ wide, words }: PrefixTree, node: number, other: readonly number[]): boolean {
  for (let word = 0; word < wide; word++) if (words[node * wide + word] !== other[word]) return false;
  return true;
}

/** From the top down to a node, without it. */
export function nodesAbove({ parent }: PrefixTree, node: number): readonly number[] {
  const above: number[] = [];
  for (let at = parent[node] as number; at !== noParent; at = parent[at] as number) above.unshift(at);
  return above;
}
