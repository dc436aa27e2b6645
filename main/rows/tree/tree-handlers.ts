/** What a window asks of the tree of a table that it has open. */
import type { workbench } from "../../../protocol/contracts.ts";
import { fail } from "../../../protocol/failures.ts";
import type { Handlers } from "../../../protocol/peer.ts";
import type { TreeLine } from "../../../protocol/tree.ts";
import type { HelperPool } from "../../helpers/helper-pool.ts";
import { matchEntryBy } from "../../maps/match-entry.ts";
import { formatEntryCells } from "../../tables/format-entry.ts";
import { formatCells } from "../../tables/format-value.ts";
import { parseKeyText } from "../../tables/parse-entry.ts";
import type { RowStore } from "../row-store.ts";
import type { RowsThreads } from "../rows-threads.ts";
import { nodeOf } from "./build-tree.ts";
import * as view from "./tree-view.ts";

type TreeMethods = Pick<
  typeof workbench,
  "rows.tree" | "rows.lines" | "rows.fold" | "rows.reveal" | "rows.picture" | "rows.match"
>;

interface Rooms {
  readonly storeOf: (id: number) => RowStore;
  readonly helpers: HelperPool;
  readonly threads: RowsThreads;
}

export function treeHandlers({ storeOf, helpers, threads }: Rooms): Handlers<TreeMethods> {
  const treeOf = (store: RowStore): view.ShownTree =>
    store.tree() ??
    fail({
      kind: "not-found",
      what: "tree",
      name: store.face.map.name,
      message: `map ${store.face.map.name}: no tree of it is open: open it again`,
    });
  const prefixOfKey = (store: RowStore, key: string) => {
    const { prefixes } = store.shaped;
    return prefixes === null ? null : view.prefixOfKey(Buffer.from(key, "base64"), prefixes);
  };

  return {
    "rows.tree": async ({ id, open, marked, ignored }) => {
      const store = storeOf(id);
      await store.growTree((wish) => (open ? { ...(wish ?? view.firstWish), marked, ignored } : null));
      return store.state();
    },
    "rows.lines": async ({ id, start, count }) => {
      const store = storeOf(id);
      const shown = treeOf(store);
      const end = Math.min(shown.lines.length, start + count);
      const lines: TreeLine[] = [];
      for (let line = start; line < end; line++) lines.push(view.treeLine(shown, line, store.row));
      return { version: store.state().version, start, lines };
    },
    "rows.fold": async ({ id, key, folded }) => {
      const store = storeOf(id);
      const prefix = key === null ? null : prefixOfKey(store, key);
      await store.growTree((wish) => (wish === null ? null : view.withFold(wish, prefix, folded)));
      return store.state();
    },
    "rows.reveal": async ({ id, of }) => {
      const store = storeOf(id);
      const find = (): number => {
        const { tree } = treeOf(store);
        const prefix = "key" in of ? prefixOfKey(store, of.key) : view.parsePrefix(of.prefix);
        if (prefix === null || prefix.words.length !== tree.wide) return -1;
        return "key" in of ? nodeOf(tree, prefix) : view.firstNodeIn(tree, prefix);
      };
      if (find() >= 0) {
        const { tree } = treeOf(store);
        await store.growTree((wish) => (wish === null ? null : view.unfolded(wish, tree, find())));
      }
      const node = find();
      return { line: node < 0 ? null : view.lineOf(treeOf(store), node), state: store.state() };
    },
    "rows.picture": async ({ id, scope }) => {
      const shown = treeOf(storeOf(id));
      const asked = scope === null ? null : view.parseScope(scope, shown.tree);
      if (scope !== null && asked === null) {
        const message = `${scope} is no part of the address space that can be cut in 256`;
        return fail({ kind: "bad-value", field: "scope", message });
      }
      return view.drawPicture(threads, shown, asked);
    },
    "rows.match": async ({ id, address }, { token }) => {
      const store = storeOf(id);
      const { description, layout, map, prefixes } = store.shaped;
      if (prefixes?.kind !== "trie") {
        const message = `map ${map.name} (id ${id}): only in an LPM trie does one entry answer for many addresses`;
        return fail({ kind: "bad-value", field: "address", message });
      }
      const parsed = parseKeyText(layout, address);
      if (!parsed.ok) return fail(parsed.failure);
      const key = Buffer.from(parsed.bytes);
      const longest = (): Promise<number> => threads.run({ do: "longest", rows: store.rows(), prefix: key });
      const found = await matchEntryBy(await helpers.elevated(`read map ${id}`), description, key, longest, token);
      const asked = formatCells(layout.key, key).join(" ");
      if (found === null) return { asked, found: null };
      // an entry that came after the table was read is in it now
      const known = await threads.run({ do: "entry", rows: store.rows(), prefix: found.key });
      if (known < 0) await store.read();
      const rows = store.rows();
      const { keys, keySize } = rows;
      const entry = await threads.run({ do: "entry", rows, prefix: found.key });
      const own = entry < 0 ? found.key : Buffer.from(new Uint8Array(keys, entry * keySize, keySize));
      return {
        asked,
        found: {
          key: own.toString("base64"),
          prefix: formatCells(layout.key, own).join(" "),
          cells: [...formatEntryCells(layout, own, found.value).cells],
          row: entry < 0 ? null : (await store.place(own)).row,
        },
      };
    },
  };
}
