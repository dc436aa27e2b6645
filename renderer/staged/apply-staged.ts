/** What is staged goes into the map, and what went in comes out again. */
import type { Applied, JournalEntry } from "../../protocol/changes.ts";
import { confirmOf } from "../guard/deadline.ts";
import { hearGuard } from "../guard/hear-guards.ts";
import type { MapTab } from "../maps/map-view.ts";
import { readRowsNow } from "../maps/watch-rows.ts";
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { work } from "../session/work.ts";
import { changeStaged, inTurn, stagedOf } from "./change-staged.ts";
import { afterApply, countsOf, countWords, stepBack, stepOn } from "./staged-map.ts";

/** Conflicts stay to be settled; rows that were not reached stay staged. */
export async function applyStaged(app: App, tab: MapTab): Promise<void> {
  // what was typed a moment ago belongs to it
  await inTurn(app, async () => undefined);
  const staged = stagedOf(app, tab.id);
  if (staged.changes.size === 0 || staged.applying !== null) return;
  const changes = [...staged.changes.values()].map(({ change }) => change);
  const title = countWords(countsOf(staged));
  changeStaged(app, tab.id, (now) => ({ ...now, applying: { done: 0, total: changes.length } }));
  try {
    const params = { id: tab.id, netns: tab.place?.netns ?? null, title, changes, ...confirmOf(app.store.get()) };
    const doing = `writing ${changes.length.toLocaleString("en")} changes to ${tab.name}`;
    const report = await work(app, { kind: "maps", title: doing }, (token) => app.request("maps.apply", params, token));
    if (report.guard !== undefined) hearGuard(app, report.guard);
    const keys = changes.map(({ key }) => key);
    changeStaged(app, tab.id, (now) => afterApply(now, keys, report, reportWords(report, tab.name)));
  } catch (error) {
    changeStaged(app, tab.id, (now) => ({ ...now, applying: null }));
    notifyFailure(app, `write the changes to ${tab.name}`, error);
  }
  await readRowsNow(app, tab.id);
}

/** Progress of main's, for whoever shows it. */
export function tellApplying(app: App, { id, done, total }: { id: number; done: number; total: number }): void {
  changeStaged(app, id, (staged) => (staged.applying === null ? staged : { ...staged, applying: { done, total } }));
}

/** The last edit that is staged; where none is, the changes that were applied last. */
export async function undoInMap(app: App, tab: MapTab): Promise<void> {
  const staged = stagedOf(app, tab.id);
  if (staged.applying !== null) return;
  if (staged.earlier.length > 0) {
    changeStaged(app, tab.id, stepBack);
    return;
  }
  const last = await latest(app, tab, ({ state }) => state === "applied");
  if (last === undefined) notify(app, { kind: "info", title: `Nothing to undo in ${tab.name}` });
  else if (staged.told !== null || (await mayWrite(app, tab, last, "Take back"))) await go(app, tab, last, "maps.undo");
}

export async function redoInMap(app: App, tab: MapTab): Promise<void> {
  const staged = stagedOf(app, tab.id);
  if (staged.applying !== null) return;
  if (staged.later.length > 0) {
    changeStaged(app, tab.id, stepOn);
    return;
  }
  const last = await latest(app, tab, ({ state }) => state === "undone");
  if (last === undefined) notify(app, { kind: "info", title: `Nothing to do again in ${tab.name}` });
  else if (staged.told !== null || (await mayWrite(app, tab, last, "Apply again")))
    await go(app, tab, last, "maps.redo");
}

/** Of what was applied a moment ago, and is still told below the table, a key is enough; all else is asked about. */
async function mayWrite(app: App, { name }: MapTab, entry: JournalEntry, doing: string): Promise<boolean> {
  const when = new Date(entry.at * 1000).toLocaleTimeString();
  const answer = await ask(app, {
    title: `${doing} ${entry.title} of ${when}?`,
    body: `It is written to ${name} at once. Rows that somebody changed since stay as they are.`,
    choices: [{ id: "write", title: doing }],
  });
  return answer === "write";
}

/** Through the journal: rows that somebody changed since stay as they are, and are told. */
export async function go(
  app: App,
  tab: Pick<MapTab, "id" | "name">,
  entry: JournalEntry,
  way: "maps.undo" | "maps.redo",
): Promise<void> {
  const doing = way === "maps.undo" ? "taking back" : "applying again";
  try {
    const report = await work(app, { kind: "maps", title: `${doing} ${entry.title} in ${tab.name}` }, (token) =>
      app.request(way, { journal: entry.journal }, token),
    );
    const { conflicts } = report;
    const told = `${way === "maps.undo" ? "Taken back" : "Applied again"}: ${reportWords(report, tab.name)}`;
    changeStaged(app, tab.id, (now) => ({ ...now, conflicts, told }));
  } catch (error) {
    notifyFailure(app, `${way === "maps.undo" ? "undo" : "redo"} ${entry.title} in ${tab.name}`, error);
  }
  await readRowsNow(app, tab.id);
}

async function latest(
  app: App,
  tab: MapTab,
  fits: (entry: JournalEntry) => boolean,
): Promise<JournalEntry | undefined> {
  try {
    return (await app.request("maps.journals", { id: tab.id })).journals.find(fits);
  } catch (error) {
    notifyFailure(app, `read what was applied to ${tab.name}`, error);
    return undefined;
  }
}

export function reportWords({ done, conflictCount, untouched, ended }: Applied, name: string): string {
  const rows = (count: number): string => `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;
  const parts = [`${rows(done)} of ${name} ${done === 1 ? "is" : "are"} as asked`];
  if (conflictCount > 0) parts.push(`${rows(conflictCount)} changed by somebody else`);
  if (untouched > 0) parts.push(`${rows(untouched)} not reached`);
  return `${parts.join(", ")}${ended === null ? "" : `: ${ended}`}`;
}
