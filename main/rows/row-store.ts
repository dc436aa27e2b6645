/** One open table: the entries as they were last read, which of them are shown, and in what order. */
import { Failed } from "../../protocol/failures.ts";
import type { GridRow, RowsArranged, RowsFace, RowsRange, RowsSort, RowsState } from "../../protocol/rows.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { programNames } from "../maps/entry-program.ts";
import type { KeyPlace } from "./find-key.ts";
import { gridRow, type ProgramNames } from "./grid-row.ts";
import { type Condition, parseFilter } from "./parse-filter.ts";
import { readRows } from "./read-rows.ts";
import { type RowBytes, viewsOf } from "./row-bytes.ts";
import { createRowMemory, type RowMemory } from "./row-memory.ts";
import type { RowsThreads } from "./rows-threads.ts";
import type { ShapedMap } from "./shaped-map.ts";
import { createTreeGrower, type ShownTree, type TreeSource, type TreeWish } from "./tree/tree-view.ts";
import { createTurns, GivenUp } from "./turns.ts";

/** While the first reading goes on, what is there already is told that often. */
const tellEvery = 100;
/** Of tables larger than this, in bytes, no older reading is kept to tell rates. */
const mostRemembered = 96 * 1024 * 1024;

/** more rows than are asked for at once */
const mostRated = 2000;

/** No two states of any table have the same: a table that is opened again is not taken for what was shown before. */
let lastVersion = Math.floor(Math.random() * 2 ** 30);

function nextVersion(): number {
  lastVersion += 1;
  return lastVersion;
}

export interface RowStore {
  readonly face: RowsFace;
  readonly shaped: ShapedMap;
  state(): RowsState;
  range(start: number, count: number): RowsRange;
  arrange(sort: RowsSort | null, filter: string): Promise<RowsArranged>;
  find(text: string, from: number, backwards: boolean): Promise<number | null>;
  /** the place of a key in the order shown */
  place(key: Uint8Array): Promise<KeyPlace>;
  /** bytes as they were last read */
  rows(): RowBytes;
  row(index: number): GridRow;
  /** done when it is read, and what is shown arranged */
  read(): Promise<void>;
  setEvery(milliseconds: number | null): void;
  reshape(shaped: ShapedMap): Promise<void>;
  /** null where no window looks at one */
  tree(): ShownTree | null;
  /** as a window wants it from now on, done when it is shown; null: not at all */
  growTree(change: (wish: TreeWish | null) => TreeWish | null): Promise<void>;
  end(): void;
}

export interface RowStoreOptions {
  readonly peer: ElevatedPeer;
  readonly threads: RowsThreads;
  readonly changed: (state: RowsState) => void;
  readonly gone: (why: string) => void;
}

interface Snapshot {
  readonly memory: RowMemory;
  readonly at: number;
}

interface Arrangement {
  readonly sort: RowsSort | null;
  readonly filter: string;
  readonly condition: Condition | null;
}

export function createRowStore(first: ShapedMap, { peer, threads, changed, gone }: RowStoreOptions): RowStore {
  let shaped = first;
  const { description } = first;
  const { keySize } = description.map;
  const stride = description.valueStride;
  const newMemory = (expected: number): RowMemory => createRowMemory(keySize, stride, expected);

  let now: Snapshot = { memory: newMemory(0), at: 0 };
  let before: Snapshot | null = null;
  /** of the rows that were asked for last: while a reading goes on, the one before `now` is not there any more */
  const rates = new Map<number, GridRow["rates"]>();
  let arrangement: Arrangement = { sort: null, filter: "", condition: null };
  let order: Uint32Array | null = null;
  let version = nextVersion();
  let reading: Promise<void> | null = null;
  let again = false;
  let progress: number | null = null;
  let took = { read: 0, arrange: 0 };
  let whole = true;
  let every: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let lastTold = 0;
  let moved = false;
  /** of arrangements: another one is wanted, and whoever works on the last gives up */
  const turns = createTurns();
  /** the newest filter or sort order that somebody waits for */
  let waitedFor: Promise<unknown> | null = null;
  let programs: ProgramNames | null = null;
  const { prefixes } = first;
  const grow = prefixes === null ? null : createTreeGrower(threads, prefixes);
  let wish: TreeWish | null = null;
  let tree: ShownTree | null = null;

  const state = (): RowsState => ({
    id: description.map.id,
    version,
    total: now.memory.count,
    shown: order?.length ?? now.memory.count,
    reading: progress,
    took,
    cut: whole ? null : now.memory.count,
    tree: tree?.state ?? null,
  });
  const treeOf = async ({ memory, at }: Snapshot, shown: Uint32Array | null): Promise<ShownTree | null> => {
    if (wish === null || grow === null || at === 0) return null;
    const source: TreeSource = {
      ...{ rows: memory.bytes(), reading: at, map: shaped.layout, filtered: arrangement.condition !== null },
      order: shown === null ? null : (shown.buffer as SharedArrayBuffer),
    };
    return grow(source, wish);
  };
  /** Once nothing that it rests on has changed meanwhile. */
  const settleTree = async (): Promise<void> => {
    for (;;) {
      const [read, shown, wanted] = [now, order, wish] as const;
      const next = await treeOf(read, shown);
      // whoever wanted something else meanwhile sees to it
      if (wanted !== wish || ended) return;
      if (read !== now || shown !== order) continue;
      tree = next;
      version = nextVersion();
      return;
    }
  };
  const tell = (): void => {
    version = nextVersion();
    lastTold = performance.now();
    if (!ended) changed(state());
  };

  /** Null where another arrangement is wanted meanwhile. */
  const orderOf = async (
    memory: RowMemory,
    { sort, condition }: Arrangement,
    urgent: boolean,
  ): Promise<{ readonly rows: Uint32Array | null } | null> => {
    if (sort === null && condition === null) return { rows: null };
    const started = performance.now();
    const of = { rows: memory.bytes(), map: shaped.layout, labels: shaped.labels, sort, condition };
    try {
      const rows = await threads.arrange(of, { urgent, turn: turns.now() });
      took = { ...took, arrange: performance.now() - started };
      return { rows: rows === null ? null : new Uint32Array(rows) };
    } catch (error) {
      if (error instanceof GivenUp) return null;
      throw error;
    }
  };
  const show = async (wanted: Arrangement): Promise<void> => {
    const { memory } = now;
    const arranged = await orderOf(memory, wanted, true);
    // newer rows are there meanwhile, arranged like this, or another one is wanted
    if (arranged === null || memory !== now.memory || arrangement !== wanted || ended) return;
    order = arranged.rows;
    version = nextVersion();
    if (wish !== null) await settleTree();
  };
  /** what is shown is what was asked for last */
  const settled = async (): Promise<void> => {
    for (let newest = waitedFor; newest !== null; newest = waitedFor) await newest.catch(() => undefined);
  };
  const isSame = async (read: RowMemory): Promise<boolean> => {
    const { memory } = now;
    if (read.count !== memory.count) return false;
    return threads.run({ do: "same", one: read.bytes(), other: memory.bytes() }, { urgent: false, turn: null });
  };

  /** Memory of the reading before: it is written to again, since what is left to the collector may be long in going. */
  const freed = (): RowMemory | null => {
    const memory = before?.memory ?? null;
    before = null;
    return memory;
  };

  const readOnce = async (): Promise<void> => {
    const started = performance.now();
    const initial = now.at === 0;
    const memory = initial ? newMemory(description.map.maxEntries) : (freed() ?? newMemory(now.memory.count));
    if (initial) {
      progress = 0;
      now = { memory, at: 0 };
    }
    const end = await readRows(peer, description, {
      memory,
      // whoever waits for a filter goes before a reading that nobody waits for
      ...(initial ? {} : { hold: () => waitedFor }),
      progress: (count) => {
        if (!initial) return;
        progress = count;
        if (performance.now() - lastTold > tellEvery) tell();
      },
    });
    if (shaped.programColumn >= 0) programs = await programNames(peer);
    if (ended) return;
    const read: Snapshot = { memory, at: performance.now() };
    took = { ...took, read: read.at - started };
    const same = !initial && (await isSame(memory));
    if (ended) return;
    const older = now;
    let next = order;
    let grown = tree;
    let done: Arrangement | null = same ? arrangement : null;
    let wanted = same ? wish : undefined;
    while (done !== arrangement || wanted !== wish) {
      if (done !== arrangement) {
        done = arrangement;
        const arranged = await orderOf(memory, done, initial);
        if (ended) return;
        if (arranged === null) continue;
        next = arranged.rows;
      }
      wanted = wish;
      grown = await treeOf(read, next);
    }
    if (!initial) {
      before = read.memory.count * (keySize + stride) > mostRemembered ? null : older;
    }
    now = read;
    rates.clear();
    order = next;
    tree = grown;
    whole = end.whole;
    progress = null;
    // rates fall back to nothing once more after the last change
    if (initial || !same || moved) tell();
    moved = !same && !initial;
  };

  const schedule = (): void => {
    clearTimeout(timer);
    if (every === null || ended) return;
    // A map that takes long to read is read less often: at most a third of the time goes into it.
    timer = setTimeout(() => void store.read(), Math.max(every, took.read * 2));
    timer.unref();
  };

  const store: RowStore = {
    get face() {
      return shaped.face;
    },
    get shaped() {
      return shaped;
    },
    state,
    range(start, count) {
      const { memory } = now;
      const shown = order?.length ?? memory.count;
      const rows: GridRow[] = [];
      if (before !== null) rates.clear();
      for (let at = start; at < Math.min(shown, start + count); at++) rows.push(store.row(order?.[at] ?? at));
      return { version, start, rows };
    },
    row(index) {
      const views = viewsOf(now.memory.bytes());
      const older = before === null ? null : viewsOf(before.memory.bytes());
      const seconds = before === null ? 0 : (now.at - before.at) / 1000;
      const row = gridRow(shaped, views, index, { older, seconds, programs });
      if (older === null) return { ...row, rates: rates.get(index) ?? null };
      if (rates.size >= mostRated) rates.clear();
      rates.set(index, row.rates);
      return row;
    },
    async arrange(sort, filter) {
      const parsed = parseFilter(shaped.layout, filter);
      if (!parsed.ok) {
        await settled();
        return { state: state(), wrong: parsed.wrong };
      }
      const wanted: Arrangement = { sort, filter, condition: parsed.condition };
      arrangement = wanted;
      turns.next();
      const shown = show(wanted);
      waitedFor = shown;
      await shown.finally(() => {
        if (waitedFor === shown) waitedFor = null;
      });
      await settled();
      return { state: state(), wrong: null };
    },
    async find(text, from, backwards) {
      const { memory } = now;
      const { row } = await threads.run({
        ...{ do: "find", rows: memory.bytes(), map: shaped.layout, labels: shaped.labels },
        ...{ text, from, backwards, order: order === null ? null : (order.buffer as SharedArrayBuffer) },
      });
      return row;
    },
    place: (key) =>
      threads.run({
        ...{ do: "place", rows: now.memory.bytes(), key },
        order: order === null ? null : (order.buffer as SharedArrayBuffer),
      }),
    rows: () => now.memory.bytes(),
    tree: () => tree,
    async growTree(change) {
      wish = change(wish);
      await settleTree();
    },
    read() {
      if (reading !== null) {
        again = true;
        return reading.then(() => reading ?? undefined);
      }
      if (ended || !shaped.readable) return Promise.resolve();
      clearTimeout(timer);
      reading = readOnce()
        .catch((error: unknown) => {
          progress = null;
          if (ended) return;
          every = null;
          gone(error instanceof Failed ? error.message : String(error));
        })
        .finally(() => {
          reading = null;
          if (again && !ended) {
            again = false;
            void store.read();
          } else schedule();
        });
      return reading;
    },
    setEvery(milliseconds) {
      every = milliseconds;
      if (reading === null) schedule();
    },
    async reshape(next) {
      shaped = next;
      const parsed = parseFilter(shaped.layout, arrangement.filter);
      arrangement = { ...arrangement, condition: parsed.ok ? parsed.condition : null };
      turns.next();
      const { memory } = now;
      const arranged = await orderOf(memory, arrangement, true);
      if (arranged !== null && memory === now.memory) order = arranged.rows;
      if (wish !== null) await settleTree();
      tell();
    },
    end() {
      ended = true;
      turns.next();
      clearTimeout(timer);
    },
  };
  return store;
}
