/** The tree of one open table as a window looks at it: what is folded away, and the lines in view. */
import type { RowsPicture, TreeLine, TreeMark, TreeState } from "../../../protocol/tree.ts";
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from "../../tables/addresses.ts";
import type { MapLayout } from "../../tables/describe-map.ts";
import type { RowBytes } from "../row-bytes.ts";
import type { RowsThreads } from "../rows-threads.ts";
import { marks, noParent, nodeFrom, nodeOf, prefixOf, type PrefixTree } from "./build-tree.ts";
import { blockBits, blockOf, nodesAbove } from "./cover-picture.ts";
import { usuallyIgnored } from "./find-spare.ts";
import type { PrefixShape } from "./prefix-shape.ts";
import { lengthOfRow, maskWord, type Prefix, prefixBytes, wordAt } from "./prefix-words.ts";
import { lineOfNode } from "./tree-lines.ts";
import type { Grown } from "./tree-tasks.ts";

/** A table that is seen at a glance is unfolded. */
const few = 200;

/** What a window wants of a tree; another object whenever it wants something else. */
export interface TreeWish {
  readonly marked: boolean;
  readonly ignored: readonly string[] | null;
  /** of all that nobody folded or unfolded alone; null: as many are seen at a glance */
  readonly folded: boolean | null;
  /** by prefix */
  readonly others: ReadonlyMap<string, boolean>;
}

/** The entries of one reading that a filter lets through. */
export interface TreeSource {
  readonly rows: RowBytes;
  /** of the reading: buffers are used again */
  readonly reading: number;
  readonly map: MapLayout;
  readonly order: SharedArrayBuffer | null;
  readonly filtered: boolean;
}

export interface ShownTree {
  readonly tree: PrefixTree;
  readonly lines: Uint32Array;
  /** of each line, 1 where it is shown for its own sake */
  readonly own: Uint8Array;
  readonly folded: boolean;
  readonly wish: TreeWish;
  readonly state: TreeState;
}

export const firstWish: TreeWish = { marked: false, ignored: null, folded: null, others: new Map() };

/** Grows trees, and no tree twice. */
export function createTreeGrower(threads: RowsThreads, shape: PrefixShape) {
  let last: {
    readonly reading: number;
    readonly ignored: string;
    readonly map: MapLayout;
    readonly grown: Grown;
  } | null = null;
  return async (source: TreeSource, wish: TreeWish): Promise<ShownTree> => {
    const started = performance.now();
    const { rows, reading, map, order, filtered } = source;
    const ignored = wish.ignored ?? usuallyIgnored(map);
    const key = JSON.stringify(ignored);
    const known = last;
    const isKnown = known !== null && known.reading === reading && known.ignored === key && known.map === map;
    const grown = isKnown ? known.grown : await threads.run({ do: "grow", rows, map, shape, ignored });
    last = { reading, ignored: key, map, grown };
    const { tree, found } = grown;
    const folded = wish.folded ?? (!filtered && !wish.marked && tree.count > few);
    const others = [...wish.others].flatMap(([text, isFolded]) => {
      const prefix = parsePrefix(text);
      const node = prefix === null || isFolded === folded ? -1 : nodeOf(tree, prefix);
      return node < 0 ? [] : [node];
    });
    const { lines, own, passing } = await threads.run({
      ...{ do: "lines", tree, order: filtered ? order : null },
      ...{ marked: wish.marked, folded, others },
    });
    const state: TreeState = {
      ...{ nodes: tree.count, lines: lines.length, passing, marked: wish.marked, ignored: [...ignored], found },
      took: performance.now() - started,
    };
    return { tree, lines, own, folded, wish, state };
  };
}

/** What the tree itself says of a node. */
export function nodeFacts(
  tree: PrefixTree,
  node: number,
): Pick<TreeLine, "prefix" | "depth" | "below" | "marks" | "above"> {
  const above = tree.parent[node] ?? noParent;
  const flag = tree.flags[node] ?? 0;
  return {
    prefix: sayPrefix(prefixOf(tree, node)),
    depth: tree.depth[node] ?? 0,
    below: (tree.end[node] ?? 0) - node - 1,
    marks: (Object.keys(marks) as TreeMark[]).filter((mark) => (flag & marks[mark]) !== 0),
    above: above === noParent ? null : sayPrefix(prefixOf(tree, above)),
  };
}

/** @param format key and value cells of a row */
export function treeLine(
  { tree, lines, own, folded, wish }: ShownTree,
  line: number,
  format: (row: number) => Pick<TreeLine, "key" | "cells" | "label" | "cpus">,
): TreeLine {
  const node = lines[line] ?? 0;
  const facts = nodeFacts(tree, node);
  const row = tree.row[node] ?? 0;
  const { key, cells, label, cpus } = format(row);
  return {
    ...{ key, cells, label, cpus },
    ...facts,
    folded: facts.below === 0 ? null : (wish.others.get(facts.prefix) ?? folded),
    aside: own[line] !== 1,
  };
}

/** As asked for, with everything above a node unfolded. */
export function unfolded(wish: TreeWish, tree: PrefixTree, node: number): TreeWish {
  const others = new Map(wish.others);
  for (const above of nodesAbove(tree, node)) others.set(sayPrefix(prefixOf(tree, above)), false);
  return { ...wish, others };
}

export function withFold(wish: TreeWish, prefix: Prefix | null, folded: boolean): TreeWish {
  if (prefix === null) return { ...wish, folded, others: new Map() };
  return { ...wish, others: new Map(wish.others).set(sayPrefix(prefix), folded) };
}

/** The first node in a prefix; -1 where none is. */
export function firstNodeIn(tree: PrefixTree, prefix: Prefix): number {
  const node = nodeFrom(tree, prefix);
  if (node >= tree.count) return -1;
  const { words } = prefixOf(tree, node);
  const isIn = words.every((word, at) => (word & maskWord(at, prefix.length)) >>> 0 === prefix.words[at]);
  return isIn ? node : -1;
}

export function lineOf({ lines }: ShownTree, node: number): number | null {
  const line = lineOfNode(lines, node);
  return line < 0 ? null : line;
}

export async function drawPicture(
  threads: RowsThreads,
  { tree }: ShownTree,
  asked: Prefix | null,
): Promise<RowsPicture> {
  const { scope, behind, shares, entries } = await threads.run({ do: "picture", tree, scope: asked });
  const up = Math.max(0, scope.length - blockBits);
  return {
    scope: sayPrefix(scope),
    up: scope.length === 0 ? null : sayPrefix(masked(scope.words, up)),
    behind: behind < 0 ? null : sayPrefix(prefixOf(tree, behind)),
    blocks: shares.map((share, block) => ({
      prefix: sayPrefix(blockOf(scope, block)),
      share: Math.min(1, share),
      entries: entries[block] ?? 0,
    })),
  };
}

/** A part of the address space that can be cut in 256. */
export function parseScope(text: string, { wide }: PrefixTree): Prefix | null {
  const prefix = parsePrefix(text);
  return prefix === null || prefix.words.length !== wide || prefix.length + blockBits > wide * 32 ? null : prefix;
}

export function sayPrefix(prefix: Prefix): string {
  const bytes = prefixBytes(prefix);
  return `${bytes.length === 4 ? formatIpv4(bytes) : formatIpv6(bytes)}/${prefix.length}`;
}

export function parsePrefix(text: string): Prefix | null {
  const [before = "", after = "", ...rest] = text.split("/");
  const bytes = parseIpv4(before) ?? parseIpv6(before);
  const length = /^\d{1,3}$/.test(after) ? Number(after) : Number.NaN;
  if (bytes === null || rest.length > 0 || !(length <= bytes.length * 8)) return null;
  return masked(
    Array.from({ length: bytes.length / 4 }, (_, word) => wordAt(bytes, word * 4)),
    length,
  );
}

/** The prefix that a key is. */
export function prefixOfKey(key: Uint8Array, shape: PrefixShape): Prefix {
  const rows = { keys: key, values: key, keySize: key.length, stride: 0, count: 1 };
  const length = Math.min(shape.addressSize * 8, lengthOfRow(rows, shape, 0));
  const words = Array.from({ length: shape.addressSize / 4 }, (_, word) => wordAt(key, shape.addressAt + word * 4));
  return masked(words, length);
}

function masked(words: readonly number[], length: number): Prefix {
  return { length, words: words.map((word, at) => (word & maskWord(at, length)) >>> 0) };
}
