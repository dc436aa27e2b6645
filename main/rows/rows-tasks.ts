/** What threads are asked about tables, and what each answers with. */
import { type FindTask, findText, type MatchTask, matchSpan, type OrderTask, orderRows } from "./arrange-rows.ts";
import {
  findPrefix,
  type KeyPlace,
  type PlaceTask,
  placeOfKey,
  type PrefixTask,
  type SameTask,
  sameRows,
} from "./find-key.ts";
import { type CoverPicture, coverPicture } from "./tree/cover-picture.ts";
import { type TreeLines, treeLines } from "./tree/tree-lines.ts";
import { type Grown, type GrowTask, growTree, type LinesTask, type PictureTask } from "./tree/tree-tasks.ts";
import type { Wanted } from "./turns.ts";

export type RowsTask =
  | MatchTask
  | OrderTask
  | FindTask
  | PlaceTask
  | PrefixTask
  | SameTask
  | GrowTask
  | LinesTask
  | PictureTask;

export interface RowsAnswers {
  readonly match: SharedArrayBuffer;
  readonly order: SharedArrayBuffer;
  readonly find: { readonly row: number | null };
  readonly place: KeyPlace;
  readonly entry: number;
  readonly longest: number;
  readonly same: boolean;
  readonly grow: Grown;
  readonly lines: TreeLines;
  readonly picture: CoverPicture;
}

/** @throws GivenUp where `wanted` does */
export function runRowsTask(task: RowsTask, wanted: Wanted): RowsAnswers[RowsTask["do"]] {
  switch (task.do) {
    case "match":
      return matchSpan(task, wanted);
    case "order":
      return orderRows(task, wanted);
    case "find":
      return findText(task);
    case "place":
      return placeOfKey(task);
    case "entry":
    case "longest":
      return findPrefix(task);
    case "same":
      return sameRows(task);
    case "grow":
      return growTree(task);
    case "lines":
      return treeLines(task.tree, task);
    case "picture":
      return coverPicture(task.tree, task.scope);
  }
}
