/** A thread that prints, parses, checks and compares the entries of files. */
import { parentPort } from "node:worker_threads";
import { Failed } from "../../../../protocol/failures.ts";
import { giveWay } from "../../../threads/give-way.ts";
import { movedOf, runFileTask } from "./file-tasks.ts";
import type { FileJob, FileResult } from "./file-threads.ts";

giveWay();

parentPort?.on("message", ({ job, task }: FileJob) => {
  let result: FileResult;
  try {
    const answer = runFileTask(task);
    result = { job, answer };
    parentPort?.postMessage(result, movedOf(answer));
    return;
  } catch (error) {
    result =
      error instanceof Failed
        ? { job, failure: error.failure }
        : { job, broke: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(result);
});
