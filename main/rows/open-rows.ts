/** The tables that one window has open. */
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { Handlers } from "../../protocol/peer.ts";
import type { Attachments } from "../attach/attachments.ts";
import { openMapTwin, type Twin } from "../commands/twins.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { keepLayout } from "../layouts/keep-layout.ts";
import { parseCells } from "../tables/parse-value.ts";
import type { Notify } from "../notify.ts";
import { columnChoices } from "./column-choices.ts";
import type { MapShapes } from "./map-shapes.ts";
import { createRowStore, type RowStore } from "./row-store.ts";
import type { RowsThreads } from "./rows-threads.ts";
import { shapeMap } from "./shaped-map.ts";
import { treeHandlers } from "./tree/tree-handlers.ts";

/** A small table is there whole with the first answer. */
const patience = 60;
/** Threads are up before the first filter of a table as long as this. */
const long = 100_000;

type RowsMethods = {
  [M in keyof typeof workbench as M extends `rows.${string}` ? M : never]: (typeof workbench)[M];
};

export interface OpenRows {
  readonly handlers: Handlers<RowsMethods>;
  /** read soon: something was written by us */
  poke(id: number): void;
  end(): void;
}

export interface OpenRowsOptions {
  readonly helpers: HelperPool;
  readonly attachments: Attachments;
  readonly notify: Notify;
  readonly shapes: MapShapes;
  readonly threads: RowsThreads;
  readonly opened: (twin: Twin) => void;
}

export function openRows({ helpers, attachments, notify, shapes, threads, opened }: OpenRowsOptions): OpenRows {
  const stores = new Map<number, RowStore>();
  const storeOf = (id: number): RowStore =>
    stores.get(id) ??
    fail({
      kind: "not-found",
      what: "table",
      name: `id ${id}`,
      message: `map id ${id}: its table is not open: open it again`,
    });
  const close = (id: number): void => {
    stores.get(id)?.end();
    stores.delete(id);
  };

  return {
    handlers: {
      "rows.open": async ({ id, every }) => {
        const peer = await helpers.elevated(`read map ${id}`);
        const shaped = await shapeMap(peer, attachments, id, shapes);
        close(id);
        const store = createRowStore(shaped, {
          ...{ peer, threads },
          changed: (state) => notify("rows.changed", state),
          gone: (why) => notify("maps.gone", { id, why }),
        });
        stores.set(id, store);
        if (shaped.map.maxEntries > long) threads.start();
        store.setEvery(every);
        await Promise.race([store.read(), new Promise((resolve) => setTimeout(resolve, patience))]);
        opened(openMapTwin(id, shaped.map.name));
        return { face: store.face, state: store.state() };
      },
      "rows.close": async ({ id }) => {
        close(id);
        return {};
      },
      "rows.range": async ({ id, start, count }) => storeOf(id).range(start, count),
      "rows.arrange": ({ id, sort, filter }) => storeOf(id).arrange(sort, filter),
      "rows.find": async ({ id, text, from, backwards }) => ({ row: await storeOf(id).find(text, from, backwards) }),
      "rows.key": async ({ id, cells }) => {
        const store = storeOf(id);
        const parsed = parseCells(store.shaped.layout.key, cells, null);
        return parsed.ok ? store.place(parsed.bytes) : fail(parsed.failure);
      },
      "rows.read": async ({ id, every }) => {
        const store = storeOf(id);
        if (every !== undefined) store.setEvery(every);
        else await store.read();
        return store.state();
      },
      "rows.shape": async ({ id, formats }) => {
        const store = storeOf(id);
        const { name } = store.shaped.map;
        const choice = shapes.of(name);
        const chosen = { ...choice.formats };
        for (const { from, path, format } of formats) {
          if (format === "auto") delete chosen[`${from}:${path}`];
          else chosen[`${from}:${path}`] = format;
        }
        await shapes.set(name, { ...choice, formats: chosen });
        const peer = await helpers.elevated(`read map ${id}`);
        await store.reshape(await shapeMap(peer, attachments, id, shapes));
        return { face: store.face, state: store.state() };
      },
      "rows.layout": async ({ id, of, text }, { token }) => {
        const store = storeOf(id);
        await keepLayout(helpers.plain, shapes, { of, text, map: store.shaped.map }, token);
        const peer = await helpers.elevated(`read map ${id}`);
        await store.reshape(await shapeMap(peer, attachments, id, shapes));
        return { face: store.face, state: store.state() };
      },
      "rows.choices": async ({ id, column, netns }) => {
        const peer = await helpers.elevated(`read map ${id}`);
        return { choices: await columnChoices(peer, attachments, storeOf(id).shaped, column, netns) };
      },
      ...treeHandlers({ storeOf, helpers, threads }),
    },
    poke(id) {
      void stores.get(id)?.read();
    },
    end() {
      for (const id of [...stores.keys()]) close(id);
    },
  };
}
