/** What the worker thread does with a tree of prefixes. */
import type { MapLayout } from "../../tables/describe-map.ts";
import type { RowBytes } from "../row-bytes.ts";
import { buildTree, type PrefixTree } from "./build-tree.ts";
import { type CoverPicture, coverPicture } from "./cover-picture.ts";
import { type Findings, findSpare } from "./find-spare.ts";
import type { PrefixShape } from "./prefix-shape.ts";
import type { Prefix } from "./prefix-words.ts";
import { type LinesWanted, type TreeLines, treeLines } from "./tree-lines.ts";

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

export type TreeTask = GrowTask | LinesTask | PictureTask;
export type TreeAnswer = { readonly grown: Grown } | { readonly lines: TreeLines } | { readonly picture: CoverPicture };

export function runTreeTask(task: TreeTask): TreeAnswer {
  switch (task.do) {
    case "grow": {
      const tree = buildTree(task.rows, task.shape);
      return { grown: { tree, found: findSpare(tree, task.rows, task.map, task.ignored) } };
    }
    case "lines":
      return { lines: treeLines(task.tree, task) };
    case "picture":
      return { picture: coverPicture(task.tree, task.scope) };
  }
}
