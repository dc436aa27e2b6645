/** What threads are asked about trees of prefixes. */
import type { MapLayout } from "../../tables/describe-map.ts";
import type { RowBytes } from "../row-bytes.ts";
import { buildTree, type PrefixTree } from "./build-tree.ts";
import { type Findings, findSpare } from "./find-spare.ts";
import type { PrefixShape } from "./prefix-shape.ts";
import type { Prefix } from "./prefix-words.ts";
import type { LinesWanted } from "./tree-lines.ts";

export interface GrowTask {
  readonly do: "grow";
  readonly rows: RowBytes;
  readonly map: MapLayout;
  readonly shape: PrefixShape;
  readonly ignored: readonly string[];
}
export interface LinesTask extends LinesWanted {
  readonly do: "lines";
  readonly tree: PrefixTree;
}
export interface PictureTask {
  readonly do: "picture";
  readonly tree: PrefixTree;
  readonly scope: Prefix | null;
}
export interface Grown {
  readonly tree: PrefixTree;
  readonly found: Findings;
}

export function growTree({ rows, map, shape, ignored }: GrowTask): Grown {
  const tree = buildTree(rows, shape);
  return { tree, found: findSpare(tree, rows, map, ignored) };
}
