/** A thread that sorts, filters and searches: the process that talks to windows and helpers never waits for it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort } from "node:worker_threads";
import { giveWay } from "../threads/give-way.ts";
import { runRowsTask } from "./rows-tasks.ts";
import type { RowsJob, RowsResult } from "./rows-threads.ts";
import { alwaysWanted, GivenUp, wantedWhile } from "./turns.ts";

giveWay();

/**
 * A task leaves megabytes behind in arrays, and so few objects that the collector sees no reason to come by. Only what is
 * young is collected: a whole collection throws compiled code away as well, and the next filter takes three times as long.
 */
setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("typeof gc === 'function' ? gc : null");

parentPort?.on("message", ({ job, task, turn }: RowsJob) => {
  let result: RowsResult;
  try {
    result = { job, answer: runRowsTask(task, turn === null ? alwaysWanted : wantedWhile(turn)) };
  } catch (error) {
    result =
      error instanceof GivenUp
        ? { job, givenUp: true }
        : { job, failed: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(result);
  if (typeof collect === "function") collect({ type: "minor" });
});
