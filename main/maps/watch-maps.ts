/** Live tables of one window: each watched map is read again twice a second, and only what changed is told. */
import { Failed } from "../../protocol/failures.ts";
import type { Row, Table } from "../../protocol/maps.ts";
import type { Attachments } from "../attach/attachments.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import type { Notify } from "../notify.ts";
import { createTableReader, type TableReader } from "./read-table.ts";

const interval = 500;

export interface Watches {
  /** the whole table now, and from then on changes; a second watch of a map only gives the table again */
  watch(id: number): Promise<Table>;
  unwatch(id: number): void;
  /** read soon: something was written by us */
  poke(id: number): void;
  end(): void;
}

interface Watch {
  readonly reader: TableReader;
  known: ReadonlyMap<string, string>;
  total: number;
  timer: NodeJS.Timeout | null;
  reading: boolean;
}

export function createWatches(helpers: HelperPool, attachments: Attachments, notify: Notify): Watches {
  const watches = new Map<number, Watch>();

  const stop = (id: number): void => {
    const watch = watches.get(id);
    watches.delete(id);
    if (watch?.timer) clearTimeout(watch.timer);
  };

  const schedule = (id: number, watch: Watch, milliseconds: number): void => {
    if (watch.timer) clearTimeout(watch.timer);
    watch.timer = setTimeout(() => void refresh(id, watch), milliseconds);
    // A window that nobody looks at must not keep a process from ending.
    watch.timer.unref();
  };

  const refresh = async (id: number, watch: Watch): Promise<void> => {
    if (watches.get(id) !== watch || watch.reading) return;
    watch.reading = true;
    const start = performance.now();
    try {
      const { rows, total } = await watch.reader.read();
      if (watches.get(id) !== watch) return;
      const now = fingerprints(rows);
      const changed = rows.filter((row) => watch.known.get(row.key) !== now.get(row.key));
      const removed = [...watch.known.keys()].filter((key) => !now.has(key));
      const moved = total !== watch.total;
      watch.known = now;
      watch.total = total;
      if (changed.length > 0 || removed.length > 0 || moved)
        notify("maps.changed", { id, rows: changed, removed, total });
    } catch (error) {
      stop(id);
      notify("maps.gone", { id, why: error instanceof Failed ? error.message : String(error) });
    } finally {
      watch.reading = false;
    }
    // A map that takes long to read is read less often: at most a third of the time goes into it.
    if (watches.get(id) === watch) schedule(id, watch, Math.max(interval, (performance.now() - start) * 2));
  };

  return {
    async watch(id) {
      stop(id);
      const reader = await createTableReader(helpers, attachments, id);
      const { rows, total } = await reader.read();
      const watch: Watch = { reader, known: fingerprints(rows), total, timer: null, reading: false };
      stop(id);
      watches.set(id, watch);
      schedule(id, watch, interval);
      return { ...reader.face, rows: [...rows], total };
    },
    unwatch: stop,
    poke(id) {
      const watch = watches.get(id);
      if (watch) schedule(id, watch, 0);
    },
    end() {
      for (const id of [...watches.keys()]) stop(id);
    },
  };
}

function fingerprints(rows: readonly Row[]): ReadonlyMap<string, string> {
  return new Map(rows.map((row) => [row.key, JSON.stringify([row.cells, row.label, row.cpus])]));
}
