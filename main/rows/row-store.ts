/** One open table: the entries as they were last read, which of them are shown, and in what order. */
import { Failed } from "../../protocol/failures.ts";
import type { GridRow, RowsArranged, RowsFace, RowsRange, RowsSort, RowsState } from "../../protocol/rows.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { formatEntryCells } from "../tables/format-entry.ts";
import { programIn, programNames, sayProgram } from "../maps/entry-program.ts";
import { labelsOf } from "./arrange-rows.ts";
import { type Condition, parseFilter } from "./parse-filter.ts";
import { ratesOf, rowBefore } from "./rates.ts";
import { readRows } from "./read-rows.ts";
import { keyOf, type RowBytes, type RowViews, valueOf, viewsOf } from "./row-bytes.ts";
import { createRowMemory, type RowMemory } from "./row-memory.ts";
import type { RowsThread } from "./rows-thread.ts";
import type { ShapedMap } from "./shaped-map.ts";
import { createTreeGrower, type ShownTree, type TreeSource, type TreeWish } from "./tree/tree-view.ts";

/** While the first reading goes on, what is there already is told that often. */
const tellEvery = 100;
/** Of tables larger than this, in bytes, no older reading is kept to tell rates. */
const mostRemembered = 96 * 1024 * 1024;

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
  place(key: Uint8Array): { readonly row: number | null; readonly there: boolean };
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
  /** whether the filter lets a row through */
  passes(row: number): boolean;
  end(): void;
}

export interface RowStoreOptions {
  readonly peer: ElevatedPeer;
  readonly thread: RowsThread;
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

export function createRowStore(first: ShapedMap, { peer, thread, changed, gone }: RowStoreOptions): RowStore {
  let shaped = first;
  const { description } = first;
  const { keySize } = description.map;
  const stride = description.valueStride;
  const newMemory = (expected: number): RowMemory => createRowMemory(keySize, stride, expected);

  let now: Snapshot = { memory: newMemory(0), at: 0 };
  let before: Snapshot | null = null;
  let spare: RowMemory | null = null;
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
  let arranging = 0;
  let programs: ProgramNames | null = null;
  const { prefixes } = first;
  const grow = prefixes === null ? null : createTreeGrower(thread, prefixes);
  let wish: TreeWish | null = null;
  let tree: ShownTree | null = null;
  let passing: { readonly of: Uint32Array; readonly rows: Uint8Array } | null = null;

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

  const orderOf = async (memory: RowMemory, { sort, condition }: Arrangement): Promise<Uint32Array | null> => {
    if (sort === null && condition === null) return null;
    const started = performance.now();
    const rows = memory.bytes();
    const answer = await thread.arrange({
      do: "arrange",
      rows,
      map: shaped.layout,
      labels: shaped.labels,
      sort,
      condition,
    });
    took = { ...took, arrange: performance.now() - started };
    return answer.order === null ? null : new Uint32Array(answer.order);
  };

  const readOnce = async (): Promise<void> => {
    const started = performance.now();
    const initial = now.at === 0;
    const memory = initial ? newMemory(description.map.maxEntries) : (spare ?? newMemory(now.memory.count));
    spare = null;
    if (initial) {
      progress = 0;
      now = { memory, at: 0 };
    }
    const end = await readRows(peer, description, {
      memory,
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
    const same = !initial && sameBytes(read.memory, now.memory);
    const older = now;
    let next = order;
    let grown = tree;
    let done: Arrangement | null = same ? arrangement : null;
    let wanted = same ? wish : undefined;
    while (done !== arrangement || wanted !== wish) {
      if (done !== arrangement) {
        done = arrangement;
        next = await orderOf(memory, done);
      }
      wanted = wish;
      grown = await treeOf(read, next);
    }
    if (!initial) {
      spare = before?.memory ?? null;
      before = read.memory.count * (keySize + stride) > mostRemembered ? null : older;
    }
    now = read;
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
      for (let at = start; at < Math.min(shown, start + count); at++) rows.push(store.row(order?.[at] ?? at));
      return { version, start, rows };
    },
    row(index) {
      const views = viewsOf(now.memory.bytes());
      const older = before === null ? null : viewsOf(before.memory.bytes());
      const seconds = before === null ? 0 : (now.at - before.at) / 1000;
      return gridRow(shaped, views, index, { older, seconds, programs });
    },
    async arrange(sort, filter) {
      const parsed = parseFilter(shaped.layout, filter);
      if (!parsed.ok) return { state: state(), wrong: parsed.wrong };
      const wanted: Arrangement = { sort, filter, condition: parsed.condition };
      arranging += 1;
      const mine = arranging;
      arrangement = wanted;
      for (;;) {
        const { memory } = now;
        const next = await orderOf(memory, wanted);
        // a newer one, or newer rows that were arranged like this already
        if (mine !== arranging || ended) break;
        if (memory !== now.memory) continue;
        order = next;
        version = nextVersion();
        if (wish !== null) await settleTree();
        break;
      }
      return { state: state(), wrong: null };
    },
    async find(text, from, backwards) {
      const { memory } = now;
      const { row } = await thread.find({
        ...{ do: "find", rows: memory.bytes(), map: shaped.layout, labels: shaped.labels },
        ...{ text, from, backwards, order: order === null ? null : (order.buffer as SharedArrayBuffer) },
      });
      return row;
    },
    place(key) {
      const views = viewsOf(now.memory.bytes());
      const index = rowOfKey(views, key);
      if (index < 0) return { row: null, there: false };
      const row = order === null ? index : order.indexOf(index);
      return { row: row < 0 ? null : row, there: true };
    },
    rows: () => now.memory.bytes(),
    tree: () => tree,
    async growTree(change) {
      wish = change(wish);
      await settleTree();
    },
    passes(row) {
      if (order === null) return true;
      if (passing?.of !== order) {
        const rows = new Uint8Array(now.memory.count);
        for (const one of order) rows[one] = 1;
        passing = { of: order, rows };
      }
      return passing.rows[row] === 1;
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
      order = await orderOf(now.memory, arrangement);
      if (wish !== null) await settleTree();
      tell();
    },
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
  return store;
}

function sameBytes(one: RowMemory, other: RowMemory): boolean {
  if (one.count !== other.count) return false;
  const [left, right] = [one.bytes(), other.bytes()];
  const same = (a: SharedArrayBuffer, b: SharedArrayBuffer, size: number): boolean =>
    Buffer.compare(Buffer.from(a, 0, size), Buffer.from(b, 0, size)) === 0;
  return (
    same(left.keys, right.keys, left.count * left.keySize) && same(left.values, right.values, left.count * left.stride)
  );
}

/** Where the key was read; -1 where it was not. */
export function rowOfKey(rows: RowViews, key: Uint8Array): number {
  const all = Buffer.from(rows.keys.buffer, rows.keys.byteOffset, rows.count * rows.keySize);
  if (key.length !== rows.keySize) return -1;
  for (let at = all.indexOf(key); at >= 0; at = all.indexOf(key, at + 1))
    if (at % rows.keySize === 0) return at / rows.keySize;
  return -1;
}

type ProgramNames = Awaited<ReturnType<typeof programNames>>;

interface Beside {
  readonly older: RowViews | null;
  /** since the older reading */
  readonly seconds: number;
  readonly programs: ProgramNames | null;
}

function gridRow(
  { layout, labels, face, programColumn }: ShapedMap,
  rows: RowViews,
  index: number,
  { older, seconds, programs }: Beside,
): GridRow {
  const key = keyOf(rows, index);
  const entry = formatEntryCells(layout, key, valueOf(rows, index));
  const cells = [...entry.cells];
  if (programs !== null)
    cells[programColumn] = sayProgram(programIn(layout, Buffer.from(valueOf(rows, index))), programs);
  const before = older === null ? -1 : rowBefore(rows, index, older);
  const was =
    older === null || before < 0 ? null : formatEntryCells(layout, keyOf(older, before), valueOf(older, before)).cells;
  return {
    key: Buffer.from(key).toString("base64"),
    cells,
    label: labelsOf(layout, rows, labels)?.(index) ?? null,
    cpus: entry.cpus?.map((cpu) => [...cpu]) ?? null,
    rates: was === null ? null : [...ratesOf(face.columns, cells, was, seconds)],
  };
}
