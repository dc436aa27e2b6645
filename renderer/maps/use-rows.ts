/** The rows that are in view, and some around them: asked for as they come, and again when main says that they changed. */
import { useEffect, useRef, useState } from "react";
import type { GridRow } from "../../protocol/rows.ts";
import type { App } from "../session/app.ts";
import { changedMilliseconds } from "./map-view.ts";
import type { RowsView } from "./rows-view.ts";

const around = 60;
const most = 1000;

interface Cache {
  readonly version: number;
  readonly start: number;
  readonly rows: readonly GridRow[];
  /** of sort order and filter: rows of another one are not compared */
  readonly arrangement: string;
}

export interface ShownRows {
  rowAt(row: number): GridRow | null;
  readonly rows: readonly GridRow[];
  /** cells of a key that changed a moment ago */
  readonly changed: ReadonlyMap<string, ReadonlySet<number>>;
}

const nothing: Cache = { version: 0, start: 0, rows: [], arrangement: "" };

/** @param held while true, what is there stays: somebody is typing into it */
export function useRows(app: App, view: RowsView, first: number, last: number, held: boolean): ShownRows {
  const { id, version, shown } = view.state;
  const arrangement = JSON.stringify([view.sort, view.filter]);
  const [cache, setCache] = useState<Cache>(nothing);
  const [changed, setChanged] = useState<ReadonlyMap<string, ReadonlySet<number>>>(new Map());
  const wanted = useRef({ version, first, last, arrangement });
  const asking = useRef(false);
  const now = useRef(cache);

  useEffect(() => {
    wanted.current = { version, first, last, arrangement };
    if (held || shown === 0) return;
    const ask = async (): Promise<void> => {
      asking.current = true;
      try {
        for (;;) {
          const want = wanted.current;
          const { start: from, rows: have, version: of } = now.current;
          if (of === want.version && want.first >= from && want.last <= from + have.length) return;
          const start = Math.max(0, want.first - around);
          const count = Math.min(most, want.last - start + around);
          const range = await app.request("rows.range", { id, start, count: Math.max(1, count) });
          const next: Cache = { version: range.version, start, rows: range.rows, arrangement: want.arrangement };
          const marks = changedCells(now.current, next);
          now.current = next;
          setCache(next);
          if (marks.size > 0) {
            setChanged((before) => new Map([...before, ...marks]));
            setTimeout(() => setChanged((before) => without(before, marks)), changedMilliseconds);
          }
          // fewer than asked for: the table became shorter, and main will say so
          if (range.rows.length === 0 || wanted.current === want) return;
        }
      } catch {
        // a table that is gone says so itself
      } finally {
        asking.current = false;
      }
    };
    if (!asking.current) void ask();
  }, [app, id, version, first, last, arrangement, held, shown]);

  return { rowAt: (row) => cache.rows[row - cache.start] ?? null, rows: cache.rows, changed };
}

/** Of the same table in the same order, read at two times. */
function changedCells(before: Cache, after: Cache): ReadonlyMap<string, ReadonlySet<number>> {
  const marks = new Map<string, ReadonlySet<number>>();
  if (before.version === 0 || before.version === after.version || before.arrangement !== after.arrangement)
    return marks;
  const old = new Map(before.rows.map((row) => [row.key, row]));
  const covers = before.start <= after.start && before.rows.length >= after.rows.length - 1;
  for (const { key, cells } of after.rows) {
    const was = old.get(key);
    if (was === undefined && !covers) continue;
    const here = new Set(cells.flatMap((cell, index) => (was?.cells[index] === cell ? [] : [index])));
    if (here.size > 0) marks.set(key, here);
  }
  return marks;
}

function without(
  marks: ReadonlyMap<string, ReadonlySet<number>>,
  gone: ReadonlyMap<string, ReadonlySet<number>>,
): ReadonlyMap<string, ReadonlySet<number>> {
  return new Map([...marks].filter(([key, cells]) => gone.get(key) !== cells));
}
