/**
 * The threads that files of maps are read and written on, shared by all of a process: started when there is something large,
 * ended when nobody needed them for a while. Whoever talks to windows and helpers never waits for a file.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Failed, type Failure } from "../../../../protocol/failures.ts";
import { programRoot } from "../../../paths.ts";
import type { FileAnswers, FileTask } from "./file-tasks.ts";

const idleAfter = 30_000;
const mostThreads = 4;

export interface FileJob {
  readonly job: number;
  readonly task: FileTask;
}
export type FileResult = { readonly job: number } & (
  | { readonly answer: FileAnswers[FileTask["do"]] }
  | { readonly failure: Failure }
  | { readonly broke: string }
);

export interface FileThreads {
  /** how many work at once */
  readonly count: number;
  /** `moved`: buffers of the task that are the thread's from now on. @throws Failed whatever the task throws */
  run<T extends FileTask>(task: T, moved?: readonly ArrayBuffer[]): Promise<FileAnswers[T["do"]]>;
  /** there will be something to do */
  start(): void;
  close(): void;
}

interface Waiting extends FileJob {
  readonly moved: readonly ArrayBuffer[];
  readonly resolve: (answer: FileAnswers[FileTask["do"]]) => void;
  readonly reject: (error: Error) => void;
}

export function createFileThreads(count = Math.min(mostThreads, availableParallelism())): FileThreads {
  /** what each works on */
  const workers = new Map<Worker, Waiting | null>();
  const queue: Waiting[] = [];
  let idle: NodeJS.Timeout | undefined;
  let last = 0;

  const startOne = (): Worker => {
    const worker = new Worker(join(programRoot(), "dist/main/file-worker.js"));
    worker.unref();
    workers.set(worker, null);
    worker.on("message", (result: FileResult) => {
      const done = workers.get(worker);
      workers.set(worker, null);
      if (done?.job === result.job) settle(done, result);
      handOut();
    });
    worker.on("error", (error) => {
      workers.get(worker)?.reject(error instanceof Error ? error : new Error(String(error)));
      workers.delete(worker);
      handOut();
    });
    return worker;
  };
  const handOut = (): void => {
    clearTimeout(idle);
    while (queue.length > 0) {
      const free = [...workers].find(([, job]) => job === null)?.[0] ?? (workers.size < count ? startOne() : null);
      if (free === null) return;
      const next = queue.shift() as Waiting;
      try {
        free.postMessage({ job: next.job, task: next.task } satisfies FileJob, next.moved);
      } catch (error) {
        next.reject(error instanceof Error ? error : new Error(String(error)));
        continue;
      }
      workers.set(free, next);
      free.ref();
    }
    for (const [worker, job] of workers) if (job === null) worker.unref();
    if ([...workers.values()].every((job) => job === null)) idle = setTimeout(close, idleAfter).unref();
  };
  const close = (): void => {
    clearTimeout(idle);
    const ending = [...workers];
    workers.clear();
    const why = new Error("the threads that read and write files of maps were ended");
    for (const { reject } of queue.splice(0)) reject(why);
    for (const [worker, job] of ending) {
      job?.reject(why);
      void worker.terminate();
    }
  };
  return {
    count,
    async run<T extends FileTask>(task: T, moved: readonly ArrayBuffer[] = []) {
      last += 1;
      const job = last;
      const answered = new Promise<FileAnswers[FileTask["do"]]>((resolve, reject) => {
        queue.push({ job, task, moved, resolve, reject });
      });
      handOut();
      // runFileTask answers each task with what belongs to it
      return (await answered) as FileAnswers[T["do"]];
    },
    start() {
      while (workers.size < count) startOne();
      handOut();
    },
    close,
  };
}

function settle({ resolve, reject }: Waiting, result: FileResult): void {
  if ("answer" in result) resolve(result.answer);
  else if ("failure" in result) reject(new Failed(result.failure));
  else reject(new Error(`a file of a map: ${result.broke}`));
}
