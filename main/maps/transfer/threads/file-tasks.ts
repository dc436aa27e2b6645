/** What threads are asked about files, and what each answers with. */
import type { DescribedMap } from "../../describe-entries.ts";
import { findTwins, type Twins } from "../check-entries.ts";
import { compareEntries, type EntryDiff } from "../compare-entries.ts";
import type { EntryTable } from "../entry-table.ts";
import type { Format } from "../formats.ts";
import type { Keys } from "../key-index.ts";
import { planChanges, type PlannedChanges } from "../plan-changes.ts";
import { type PrintedPage, type PrintTask, printPage } from "../print-page.ts";
import { createProblems, type Problems } from "../problems.ts";
import { readHeader, readRows } from "../read-csv.ts";
import { type ReadEntries, readAs } from "../read-as.ts";

/** Rows of a CSV file: its header is that of `head`. */
interface RowsTask {
  readonly do: "rows";
  readonly described: DescribedMap;
  readonly head: Uint8Array;
  readonly text: Uint8Array;
}

interface WholeTask {
  readonly do: "whole";
  readonly described: DescribedMap;
  readonly format: Format;
  readonly text: Uint8Array;
}

interface TwinsTask {
  readonly do: "twins";
  readonly keys: Keys;
  readonly trie: boolean;
}

interface CompareTask {
  readonly do: "compare";
  readonly before: EntryTable;
  readonly after: EntryTable;
  readonly trie: boolean;
}

interface ChangesTask extends Omit<CompareTask, "do"> {
  readonly do: "changes";
  readonly diff: EntryDiff;
}

export type FileTask = PrintTask | RowsTask | WholeTask | TwinsTask | CompareTask | ChangesTask;

type Found = Pick<Problems, "list" | "count">;

export interface FileAnswers {
  readonly print: PrintedPage;
  /** lines from 0 */
  readonly rows: { readonly entries: EntryTable; readonly lines: number; readonly problems: Found };
  readonly whole: ReadEntries & { readonly problems: Found };
  readonly twins: Twins;
  readonly compare: EntryDiff;
  readonly changes: PlannedChanges;
}

export function runFileTask(task: FileTask): FileAnswers[FileTask["do"]] {
  switch (task.do) {
    case "print":
      return printPage(task);
    case "rows": {
      const { layout, description } = task.described;
      const problems = createProblems();
      const header = readHeader(layout, task.head, createProblems());
      if (header === null) throw new Error("the header of the file was right a moment ago");
      const { entries, lines } = readRows(layout, description.valueStride, header, task.text, 0, problems);
      return { entries, lines, problems: found(problems) };
    }
    case "whole": {
      const problems = createProblems();
      return { ...readAs(task.format, task.text, task.described, problems), problems: found(problems) };
    }
    case "twins":
      return findTwins(task.keys, task.trie);
    case "compare":
      return compareEntries(task.before, task.after, task.trie);
    case "changes":
      return planChanges(task.before, task.after, task.diff, task.trie);
  }
}

/** Buffers of an answer that are not needed here any more. */
export function movedOf(answer: FileAnswers[FileTask["do"]]): ArrayBuffer[] {
  const inside = "entries" in answer ? answer.entries : "rows" in answer ? answer.rows : {};
  const moved = [...Object.values(answer), ...Object.values(inside)].flatMap((part: unknown) =>
    ArrayBuffer.isView(part) && part.buffer instanceof ArrayBuffer && part.byteLength > 0 ? [part.buffer] : [],
  );
  return [...new Set(moved)];
}

/** As plain data. */
function found({ list, count }: Problems): Found {
  return { list: [...list], count };
}
