/** One thread for all tables of a process: started when it is first needed, ended when nobody needed it for a while. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { programRoot } from "../paths.ts";
import type { ArrangeTask, FindTask } from "./arrange-rows.ts";
import type { CoverPicture } from "./tree/cover-picture.ts";
import type { TreeLines } from "./tree/tree-lines.ts";
import type { Grown, GrowTask, LinesTask, PictureTask, TreeAnswer, TreeTask } from "./tree/tree-tasks.ts";

const idleAfter = 60_000;

export type RowsTask = ArrangeTask | FindTask | TreeTask;
export type RowsAnswer =
  | { readonly order: SharedArrayBuffer | null }
  | { readonly row: number | null }
  | TreeAnswer
  | { readonly failed: string };

export interface RowsThread {
  arrange(task: ArrangeTask): Promise<{ readonly order: SharedArrayBuffer | null }>;
  find(task: FindTask): Promise<{ readonly row: number | null }>;
  grow(task: GrowTask): Promise<Grown>;
  lines(task: LinesTask): Promise<TreeLines>;
  picture(task: PictureTask): Promise<CoverPicture>;
  close(): void;
}

export function createRowsThread(): RowsThread {
  let worker: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;
  const waiting = new Map<
    number,
    { readonly resolve: (answer: RowsAnswer) => void; readonly reject: (error: Error) => void }
  >();

  const end = (why: Error): void => {
    worker = null;
    for (const { reject } of waiting.values()) reject(why);
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(join(programRoot(), "dist/main/rows-worker.js"));
    started.unref();
    started.on("message", ({ job, answer }: { readonly job: number; readonly answer: RowsAnswer }) => {
      waiting.get(job)?.resolve(answer);
      waiting.delete(job);
      if (waiting.size === 0) idle = setTimeout(close, idleAfter).unref();
    });
    started.on("error", (error) => {
      if (worker === started) end(error instanceof Error ? error : new Error(String(error)));
    });
    return started;
  };
  const close = (): void => {
    const ending = worker;
    end(new Error("the thread that sorts tables was ended"));
    void ending?.terminate();
  };
  const run = async (task: RowsTask): Promise<RowsAnswer> => {
    clearTimeout(idle);
    worker ??= start();
    last += 1;
    const job = last;
    const answered = new Promise<RowsAnswer>((resolve, reject) => waiting.set(job, { resolve, reject }));
    worker.postMessage({ job, task });
    const answer = await answered;
    if ("failed" in answer) throw new Error(`sort and filter rows: ${answer.failed}`);
    return answer;
  };
  return {
    async arrange(task) {
      const answer = await run(task);
      return "order" in answer ? answer : { order: null };
    },
    async find(task) {
      const answer = await run(task);
      return "row" in answer ? answer : { row: null };
    },
    async grow(task) {
      const answer = await run(task);
      return "grown" in answer ? answer.grown : wrong(task);
    },
    async lines(task) {
      const answer = await run(task);
      return "lines" in answer ? answer.lines : wrong(task);
    },
    async picture(task) {
      const answer = await run(task);
      return "picture" in answer ? answer.picture : wrong(task);
    },
    close,
  };
}

function wrong(task: RowsTask): never {
  throw new Error(`the thread that sorts tables gave no answer to ${task.do}`);
}
