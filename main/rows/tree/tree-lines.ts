/** Which nodes of a tree are lines: what is folded away is not, nor what a filter leaves out unless something below passes. */
import { marks, noParent, type PrefixTree } from "./build-tree.ts";

export interface LinesWanted {
  /** rows that the filter lets through; null: all */
  readonly order: SharedArrayBuffer | null;
  /** entries with something to say alone */
  readonly marked: boolean;
  /** whether nodes are folded that are not among `others` */
  readonly folded: boolean;
  /** nodes that are the other way round */
  readonly others: readonly number[];
}

export interface TreeLines {
  /** nodes, in order */
  readonly lines: Uint32Array<SharedArrayBuffer>;
  /** of each line, 1 where it is shown for its own sake and not for what is below it */
  readonly own: Uint8Array<SharedArrayBuffer>;
  /** nodes that pass, folded away or not */
  readonly passing: number;
}

export const told = marks.never | marks.same | marks.duplicate | marks.tooLong;

export function treeLines(tree: PrefixTree, { order, marked, folded, others }: LinesWanted): TreeLines {
  const { count, end } = tree;
  const shown = order === null && !marked ? null : shownNodes(tree, order, marked);
  const closed = new Uint8Array(count).fill(folded ? 1 : 0);
  for (const node of others) closed[node] = folded ? 0 : 1;
  const lines = new Uint32Array(count);
  let at = 0;
  for (let node = 0; node < count; ) {
    // what is above a node that passes is shown, too: so below what is not shown nothing is
    if (shown !== null && shown[node] === 0) {
      node = end[node] as number;
      continue;
    }
    lines[at++] = node;
    node = closed[node] === 1 ? (end[node] as number) : node + 1;
  }
  const shared = new Uint32Array(new SharedArrayBuffer(at * 4));
  shared.set(lines.subarray(0, at));
  const own = new Uint8Array(new SharedArrayBuffer(at)).fill(1);
  if (shown !== null) for (let line = 0; line < at; line++) if (shown[lines[line] as number] !== 2) own[line] = 0;
  return {
    lines: shared,
    own,
    passing: shown === null ? count : shown.reduce((sum, one) => sum + (one === 2 ? 1 : 0), 0),
  };
}

/** 2: passes, 1: something below does */
function shownNodes(
  { count, row, parent, flags }: PrefixTree,
  order: SharedArrayBuffer | null,
  marked: boolean,
): Uint8Array {
  const passes = new Uint8Array(count).fill(order === null ? 1 : 0);
  if (order !== null) for (const one of new Uint32Array(order)) passes[one] = 1;
  const shown = new Uint8Array(count);
  for (let node = count - 1; node >= 0; node--) {
    const own = passes[row[node] as number] === 1 && (!marked || ((flags[node] as number) & told) !== 0);
    if (own) shown[node] = 2;
    const above = parent[node] as number;
    if (shown[node] !== 0 && above !== noParent && shown[above] === 0) shown[above] = 1;
  }
  return shown;
}

/** Where a node is among the lines; -1 where it is none. */
export function lineOfNode(lines: Uint32Array, node: number): number {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle] as number) < node) low = middle + 1;
    else high = middle;
  }
  return lines[low] === node ? low : -1;
}
