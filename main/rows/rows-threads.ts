/**
 * The threads that tables are sorted and searched on, shared by all tables of a process: started when there is something
 * to do, ended when nobody needed them for a while. What a user waits for goes before what a reading brings with it.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { programRoot } from "../paths.ts";
import { arrangeInParts, type Arranging } from "./arrange-in-parts.ts";
import type { RowsAnswers, RowsTask } from "./rows-tasks.ts";
import { GivenUp, isOver, type Turn } from "./turns.ts";

const idleAfter = 60_000;
const mostThreads = 2;
/** what is large is no JavaScript object */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };
/** of a filter, a thread: whoever was busy with something else, or is slower, takes fewer */
const partsAThread = 2;
/** Fewer rows are looked at sooner than they are handed round. */
const worthAPart = 32_768;

export interface RowsJob {
  readonly job: number;
  readonly task: RowsTask;
  readonly turn: Turn | null;
}
export type RowsResult = { readonly job: number } & (
  | { readonly answer: RowsAnswers[RowsTask["do"]] }
  | { readonly givenUp: true }
  | { readonly failed: string }
);

export interface How {
  /** somebody waits for it: before whatever was asked for without */
  readonly urgent: boolean;
  /** given up once this is over */
  readonly turn: Turn | null;
}

export interface RowsThreads {
  /** @throws GivenUp */
  run<T extends RowsTask>(task: T, how?: How): Promise<RowsAnswers[T["do"]]>;
  /** row numbers; null where all are shown as they were read @throws GivenUp */
  arrange(arranging: Arranging, how: How): Promise<SharedArrayBuffer | null>;
  /** there will be something to do */
  start(): void;
  close(): void;
}

/** What is used of a thread. */
export interface RowsThread {
  on(event: "message", listener: (result: RowsResult) => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
  postMessage(job: RowsJob): void;
  unref(): void;
  terminate(): Promise<unknown>;
}

interface Waiting extends RowsJob {
  readonly resolve: (answer: RowsAnswers[RowsTask["do"]]) => void;
  readonly reject: (error: Error) => void;
}

const soon: How = { urgent: true, turn: null };

/** @param makeWorker stands for the thread in tests */
export function createRowsThreads(
  count = Math.min(mostThreads, availableParallelism()),
  makeWorker = (): RowsThread => new Worker(join(programRoot(), "dist/main/rows-worker.js"), { resourceLimits }),
): RowsThreads {
  /** what each works on */
  const workers = new Map<RowsThread, Waiting | null>();
  const urgent: Waiting[] = [];
  const others: Waiting[] = [];
  let idle: NodeJS.Timeout | undefined;
  let last = 0;

  const startOne = (): RowsThread => {
    const worker = makeWorker();
    worker.unref();
    workers.set(worker, null);
    worker.on("message", (result: RowsResult) => {
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
    for (let next = urgent[0] ?? others[0]; next !== undefined; next = urgent[0] ?? others[0]) {
      const isStale = next.turn !== null && isOver(next.turn);
      const free = isStale ? undefined : ([...workers].find(([, job]) => job === null)?.[0] ?? more());
      if (!isStale && free === undefined) return;
      (urgent.length > 0 ? urgent : others).shift();
      if (free === undefined) next.reject(new GivenUp("a newer one is asked for"));
      else {
        workers.set(free, next);
        const { job, task, turn } = next;
        free.postMessage({ job, task, turn } satisfies RowsJob);
      }
    }
    clearTimeout(idle);
    if ([...workers.values()].every((job) => job === null)) idle = setTimeout(close, idleAfter).unref();
  };
  const more = (): RowsThread | undefined => (workers.size < count ? startOne() : undefined);
  const close = (): void => {
    clearTimeout(idle);
    const ending = [...workers];
    workers.clear();
    const why = new Error("the threads that sort tables were ended");
    for (const { reject } of [...urgent.splice(0), ...others.splice(0)]) reject(why);
    for (const [worker, job] of ending) {
      job?.reject(why);
      void worker.terminate();
    }
  };
  const run = async <T extends RowsTask>(
    task: T,
    { urgent: first, turn }: How = soon,
  ): Promise<RowsAnswers[T["do"]]> => {
    last += 1;
    const job = last;
    const answered = new Promise<RowsAnswers[RowsTask["do"]]>((resolve, reject) => {
      (first ? urgent : others).push({ job, task, turn, resolve, reject });
    });
    handOut();
    // runRowsTask answers each task with what belongs to it
    return (await answered) as RowsAnswers[T["do"]];
  };
  return {
    run,
    arrange(arranging, how) {
      const parts = Math.min(count * partsAThread, Math.ceil(arranging.rows.count / worthAPart));
      return arrangeInParts(arranging, parts, (task) => run(task, how));
    },
    start() {
      while (workers.size < count) startOne();
      handOut();
    },
    close,
  };
}

function settle({ resolve, reject }: Waiting, result: RowsResult): void {
  if ("answer" in result) resolve(result.answer);
  else if ("givenUp" in result) reject(new GivenUp("a newer one is asked for"));
  else reject(new Error(`sort and filter rows: ${result.failed}`));
}
