/** The thread that sorts, filters and searches: the process that talks to windows and helpers never waits for it. */
import { parentPort } from "node:worker_threads";
import { arrangeRows, findText } from "./arrange-rows.ts";
import type { RowsAnswer, RowsTask } from "./rows-thread.ts";
import { runTreeTask } from "./tree/tree-tasks.ts";

parentPort?.on("message", ({ job, task }: { readonly job: number; readonly task: RowsTask }) => {
  let answer: RowsAnswer;
  try {
    answer = task.do === "arrange" ? arrangeRows(task) : task.do === "find" ? findText(task) : runTreeTask(task);
  } catch (error) {
    answer = { failed: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage({ job, answer });
});
