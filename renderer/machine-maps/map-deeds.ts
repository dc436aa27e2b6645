/** What is done to a map itself: asked first where it cannot be undone. */
import { afterUnpin } from "../../protocol/map-holders.ts";
import { largestUndoneClear, type MapShown } from "../../protocol/manage-maps.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import { placeOfMap } from "../maps/map-owner.ts";
import { openMap, watchMap } from "../maps/open-map.ts";
import { readRowsNow } from "../maps/watch-rows.ts";
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";
import { showDialog } from "../session/dialog.ts";
import { wordsOf } from "../session/failure-words.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { work } from "../session/work.ts";
import { count } from "../verify/sizes.ts";
import { readOverviewAnew } from "./read-overview.ts";

export const pinFolder = "/sys/fs/bpf/";

export function titleOf({ id, name }: Pick<MapShown, "id" | "name">): string {
  return name === "" ? `map ${id}` : name;
}

export function openShown(app: App, map: MapShown): void {
  const place = placeOfMap(map, app.store.get().interfaces?.interfaces ?? []);
  void openMap(app, { id: map.id, name: map.name, place });
}

async function look(app: App): Promise<void> {
  await Promise.all([readOverviewAnew(app), refreshAfterAction(app)]);
}

export function pinMap(app: App, map: MapShown): void {
  const value = `${pinFolder}${map.name.replaceAll(".", "_") || `map_${map.id}`}`;
  showDialog(app, {
    kind: "naming",
    title: `Pin ${titleOf(map)}`,
    label: `Path under ${pinFolder}`,
    ...{ value, chosen: [pinFolder.length, value.length], button: "Pin" },
    async submit(path) {
      try {
        await app.request("maps.pin", { id: map.id, path });
      } catch (error) {
        return sentence(error);
      }
      notify(app, { kind: "info", title: `${titleOf(map)} is pinned at ${path}` });
      await look(app);
      return null;
    },
  });
}

export async function unpinMap(app: App, map: MapShown, path: string): Promise<void> {
  const answer = await ask(app, {
    title: `Unpin ${titleOf(map)} from ${path}?`,
    body: afterUnpin(map, path),
    choices: [{ id: "unpin", title: "Unpin", danger: true }],
  });
  if (answer !== "unpin") return;
  await does(app, `unpin ${titleOf(map)}`, async () => {
    await app.request("maps.unpin", { id: map.id, path });
    notify(app, { kind: "info", title: `${titleOf(map)} is no longer pinned at ${path}` });
  });
}

export async function freezeMap(app: App, map: MapShown): Promise<void> {
  const answer = await ask(app, {
    title: `Freeze ${titleOf(map)}?`,
    body: "From then on only programs write to it: nobody edits, clears or imports its entries any more, the workbench included. There is no way to thaw a map; it stays frozen for as long as it lives.",
    choices: [{ id: "freeze", title: "Freeze", danger: true }],
  });
  if (answer !== "freeze") return;
  await does(app, `freeze ${titleOf(map)}`, async () => {
    await app.request("maps.freeze", { id: map.id });
    notify(app, { kind: "info", title: `${titleOf(map)} is frozen` });
    // its table is read only from now on
    if (app.store.get().mapTabs.some(({ id }) => id === map.id)) await watchMap(app, map.id);
  });
}

export async function clearMap(app: App, map: MapShown): Promise<void> {
  const { programs } = map;
  const users =
    programs.length === 0
      ? ""
      : ` ${programs.map(({ name, id }) => name || `program ${id}`).join(", ")} ${programs.length === 1 ? "sees" : "see"} that at once.`;
  const what = /^(array|percpu_array)$/.test(map.type) ? "Every entry is set to zeros." : "Every entry is deleted.";
  const answer = await ask(app, {
    title: `Clear ${titleOf(map)}?`,
    body: `${what}${users} ${comesBack(map) ? "Undo brings them back, where nothing else was added in their place." : "There is no undo: keep a snapshot first (Files in its table, or xdpw map snapshot) if you may want them back."}`,
    choices: [{ id: "clear", title: "Clear", danger: true }],
  });
  if (answer !== "clear") return;
  await does(app, `clear ${titleOf(map)}`, async () => {
    const options = { kind: "maps", title: `clearing ${titleOf(map)}` } as const;
    const { cleared, journal } = await work(app, options, (token) => app.request("maps.clear", { id: map.id }, token));
    notify(app, {
      kind: "info",
      title: `${titleOf(map)} is cleared: ${count(cleared)} ${cleared === 1 ? "entry" : "entries"}`,
      ...(journal === null ? {} : { action: { title: "Undo", run: () => void putBack(app, map, journal) } }),
    });
    if (app.store.get().rowViews.has(map.id)) await readRowsNow(app, map.id);
  });
}

/** As main decides it (main/maps/clear-entries.ts), but for the number of entries: that is not known before. */
function comesBack({ type, maxEntries }: MapShown): boolean {
  const kept = /^(hash|percpu_hash|lru_hash|lru_percpu_hash|lpm_trie|devmap|devmap_hash|cpumap|prog_array)$/.test(type);
  return kept && maxEntries <= largestUndoneClear;
}

async function putBack(app: App, map: MapShown, journal: string): Promise<void> {
  await does(app, `bring the entries of ${titleOf(map)} back`, async () => {
    const { done } = await app.request("maps.undo", { journal });
    notify(app, {
      kind: "info",
      title: `${count(done)} ${done === 1 ? "entry" : "entries"} of ${titleOf(map)} are back`,
    });
    if (app.store.get().rowViews.has(map.id)) await readRowsNow(app, map.id);
  });
}

export async function releaseMap(app: App, map: MapShown): Promise<void> {
  await does(app, `let go of ${titleOf(map)}`, () => app.request("maps.release", { id: map.id }));
}

async function does(app: App, doing: string, deed: () => Promise<unknown>): Promise<void> {
  try {
    await deed();
  } catch (error) {
    notifyFailure(app, doing, error);
  }
  await look(app);
}

export function sentence(error: unknown): string {
  const words = wordsOf(error);
  return words === null ? "cancelled" : [words.title, words.detail].filter((part) => part !== "").join(". ");
}
