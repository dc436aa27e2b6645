/** Who works when: threads that answer when they are told to. */
import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { createRowsThreads, type How, type RowsJob, type RowsThread } from "../../../main/rows/rows-threads.ts";
import { createTurns, GivenUp } from "../../../main/rows/turns.ts";
import { integer, layoutOf, mapOf, rowsOf } from "./rows-of.ts";

class FakeThread extends EventEmitter implements RowsThread {
  readonly jobs: RowsJob[] = [];
  ended = false;
  postMessage(job: RowsJob): void {
    this.jobs.push(job);
  }
  answer(): void {
    const { job } = this.jobs.at(-1) ?? { job: 0 };
    this.emit("message", { job, answer: job });
  }
  unref(): void {
    // a fake keeps no process alive
  }
  async terminate(): Promise<void> {
    this.ended = true;
  }
}

const map = mapOf(layoutOf([["key", integer(4)]]), layoutOf([["value", integer(4)]]));
const rows = rowsOf(map, []);
const task = (name: string) => ({ do: "place" as const, rows, key: Buffer.from(name), order: null });
const urgent: How = { urgent: true, turn: null };
const background: How = { urgent: false, turn: null };

function threads(count: number) {
  const made: FakeThread[] = [];
  const pool = createRowsThreads(count, () => {
    const thread = new FakeThread();
    made.push(thread);
    return thread;
  });
  const names = () =>
    made.map(({ jobs }) => jobs.map((job) => (job.task.do === "place" ? String(job.task.key) : job.task.do)));
  return { pool, made, names };
}

describe("threads for rows", () => {
  it("do first what somebody waits for, and start as there is something to do", async () => {
    const { pool, made, names } = threads(2);
    const asked = [
      pool.run(task("reading 1"), background),
      pool.run(task("reading 2"), background),
      pool.run(task("reading 3"), background),
      pool.run(task("filter 1"), urgent),
      pool.run(task("filter 2"), urgent),
    ];
    expect(names()).toEqual([["reading 1"], ["reading 2"]]);
    made[1]?.answer();
    expect(names()).toEqual([["reading 1"], ["reading 2", "filter 1"]]);
    made[0]?.answer();
    made[0]?.answer();
    expect(names()).toEqual([
      ["reading 1", "filter 2", "reading 3"],
      ["reading 2", "filter 1"],
    ]);
    for (const thread of made) thread.answer();
    expect(await Promise.all(asked)).toEqual([1, 2, 3, 4, 5]);
    pool.close();
    expect(made.map(({ ended }) => ended)).toEqual([true, true]);
  });

  it("never begin what nobody wants any more", async () => {
    const { pool, made, names } = threads(1);
    const turns = createTurns();
    const asked = ["0", "00", "00:"].map((text) => pool.run(task(text), { urgent: true, turn: turns.next() }));
    const ends = Promise.allSettled(asked);
    // the first has begun, and says itself that it gave up
    made[0]?.emit("message", { job: 1, givenUp: true });
    expect(names()).toEqual([["0", "00:"]]);
    made[0]?.answer();
    expect((await ends).map((end) => (end.status === "fulfilled" ? end.value : end.reason instanceof GivenUp))).toEqual(
      [true, true, 3],
    );
    pool.close();
  });

  it("one that breaks fails its own task, and the next begins on another", async () => {
    const { pool, made, names } = threads(1);
    const asked = [pool.run(task("one")), pool.run(task("two")), pool.run(task("three"))];
    const ends = Promise.allSettled(asked);
    made[0]?.emit("error", new Error("out of memory"));
    made[1]?.answer();
    expect(names()).toEqual([["one"], ["two", "three"]]);
    pool.close();
    expect((await ends).map((end) => (end.status === "fulfilled" ? end.value : String(end.reason)))).toEqual([
      "Error: out of memory",
      2,
      "Error: the threads that sort tables were ended",
    ]);
  });
});
