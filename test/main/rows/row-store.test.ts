/** One open table while filters are typed: the newest is shown, whatever comes back first. */
import { describe, expect, it } from "vitest";
import { arrangeInParts } from "../../../main/rows/arrange-in-parts.ts";
import { createRowStore, type RowStore } from "../../../main/rows/row-store.ts";
import { runRowsTask, type RowsTask } from "../../../main/rows/rows-tasks.ts";
import type { RowsThreads } from "../../../main/rows/rows-threads.ts";
import type { ShapedMap } from "../../../main/rows/shaped-map.ts";
import { wantedWhile } from "../../../main/rows/turns.ts";
import type { ElevatedPeer } from "../../../main/helpers/helper-pool.ts";
import { integer, layoutOf, mapOf } from "./rows-of.ts";

const entries = 50_000;
const layout = { ...mapOf(layoutOf([["key", integer(4)]]), layoutOf([["packets", integer(4)]])), maxEntries: entries };
const summary = {
  ...{ id: 7, name: "flows", type: "hash", keySize: 4, valueSize: 4, maxEntries: entries },
  ...{ flags: 0, btfId: 0, btfKeyTypeId: 0, btfValueTypeId: 0 },
};
const shaped = {
  ...{ layout, map: summary, readable: true, programColumn: -1, prefixes: null },
  description: { map: summary, valueStride: 4, possibleCpus: 1, btf: null, frozen: false },
  labels: { usedByXdp: false, names: null },
  face: { columns: [] },
} as unknown as ShapedMap;

/** Keys 0 to 49,999, each with its own number ten times over. */
function peerOf() {
  let at = 0;
  const asked: string[] = [];
  const peer = {
    async request(method: string, params: { count?: number }) {
      asked.push(method);
      if (method === "maps.walk") {
        at = 0;
        count = params.count ?? 0;
        return { walk: 1 };
      }
      if (method !== "maps.next") return {};
      const from = at;
      at = Math.min(entries, from + count);
      const keys = new Uint32Array(at - from).map((_, index) => from + index);
      const values = keys.map((key) => key * 10);
      return {
        keys: new Uint8Array(keys.buffer),
        values: new Uint8Array(values.buffer),
        ...{ count: at - from, last: at === entries },
      };
    },
  };
  let count = 0;
  return { peer: peer as unknown as ElevatedPeer, asked };
}

/** Tasks in this process, each at a go of its own; `hold` keeps those of a filter back. */
function slowThreads() {
  const held: (() => void)[] = [];
  let holding = false;
  const run = async (task: RowsTask, how?: Parameters<RowsThreads["run"]>[1]): Promise<unknown> => {
    if (holding && task.do === "match") await new Promise<void>((resolve) => held.push(resolve));
    return runRowsTask(task, how?.turn ? wantedWhile(how.turn) : () => undefined);
  };
  const threads: RowsThreads = {
    run: run as RowsThreads["run"],
    arrange: (arranging, how) => arrangeInParts(arranging, 2, (task) => threads.run(task, how)),
    start: () => undefined,
    close: () => undefined,
  };
  return {
    threads,
    held,
    hold: () => (holding = true),
    release() {
      holding = false;
      for (const go of held.splice(0)) go();
    },
  };
}

async function openStore() {
  const slow = slowThreads();
  const { peer, asked } = peerOf();
  const store = createRowStore(shaped, {
    ...{ peer, threads: slow.threads },
    changed: () => undefined,
    gone: (why) => expect.unreachable(why),
  });
  await store.read();
  return { store, asked, ...slow };
}

const cells = (store: RowStore): readonly string[] => store.range(0, 3).rows.map(({ cells: [key = ""] }) => key);

describe("a table while a filter is typed", () => {
  it("shows what the newest one lets through, and the others give up", async () => {
    const { store, hold, release, held } = await openStore();
    hold();
    const typed = ["4", "49", "499", "4999"].map((filter) => store.arrange(null, filter));
    // two parts of each are on their way
    expect(held).toHaveLength(8);
    release();
    const states = await Promise.all(typed);
    expect(cells(store)).toEqual(["4999", "14999", "24999"]);
    // the others are answered with what is shown, and not with what was
    for (const { state, wrong } of states) {
      expect(wrong).toBeNull();
      expect(state).toMatchObject({ shown: store.state().shown, version: store.state().version });
    }
    await store.arrange(null, "");
    expect(store.state().shown).toBe(entries);
  });

  it("leaves the rows to the last one that was right", async () => {
    const { store, hold, release } = await openStore();
    hold();
    const right = store.arrange(null, "packets == 70");
    const wrong = store.arrange(null, "packets == 70 and");
    release();
    expect((await wrong).wrong?.message).toContain("a condition is missing");
    expect((await wrong).state).toMatchObject({ shown: 1, version: (await right).state.version });
    expect(cells(store)).toEqual(["7"]);
  });

  it("is read on once the filter is there", async () => {
    const { store, asked, hold, release, held } = await openStore();
    asked.length = 0;
    const reading = store.read();
    hold();
    const filter = store.arrange(null, "packets == 70");
    await expect.poll(() => held.length).toBe(2);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    // the pages that were on their way, and no others
    expect(asked.filter((method) => method === "maps.next")).toHaveLength(3);
    release();
    await filter;
    expect(cells(store)).toEqual(["7"]);
    await reading;
    expect(asked.filter((method) => method === "maps.next").length).toBeGreaterThan(3);
    expect(cells(store)).toEqual(["7"]);
    store.end();
  });
});

describe("a table that is read again", () => {
  it("goes on saying the rates of rows that are in view", async () => {
    const { store } = await openStore();
    await store.read();
    const rate = (row: number) => store.range(row, 1).rows[0]?.rates;
    expect(rate(7)).not.toBeNull();
    const reading = store.read();
    expect([rate(7), rate(700)]).toEqual([[], null]);
    await reading;
    expect(rate(700)).toEqual([]);
    store.end();
  });
});
