/** What is typed, pasted or deleted in a table: staged, so that nothing is written before it was seen as a diff. */
import type { Edit } from "../../protocol/changes.ts";
import type { Column } from "../../protocol/maps.ts";
import type { MapTab } from "../maps/map-view.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import { changeStaged, inTurn, stagedOf } from "./change-staged.ts";
import { readPaste } from "./read-paste.ts";
import { type StagedChange, withChanges, withoutKeys } from "./staged-map.ts";

/** What is wrong with some of them; the others are staged. */
export interface Refused {
  /** by the index of the edit */
  readonly wrong: readonly { readonly edit: number; readonly field: string; readonly message: string }[];
}

const atOnce = 20_000;

/** @returns null where all of them are staged (or are so already) */
export async function stageEdits(app: App, tab: MapTab, edits: readonly Edit[]): Promise<Refused | null> {
  const wrong: { edit: number; field: string; message: string }[] = [];
  const changes: StagedChange[] = [];
  const same: string[] = [];
  for (let from = 0; from < edits.length; from += atOnce) {
    const some = edits.slice(from, from + atOnce);
    try {
      const { rows } = await app.request("maps.stage", { id: tab.id, netns: tab.place?.netns ?? null, edits: some });
      for (const [index, row] of rows.entries()) {
        if (row.is === "change") changes.push(row);
        else if (row.is === "same") same.push(row.key);
        else if (row.is === "wrong") wrong.push({ edit: from + index, field: row.field, message: row.message });
      }
    } catch (error) {
      const words = wordsOf(error);
      const message =
        words === null ? "cancelled" : [words.title, words.detail].filter((part) => part !== "").join(". ");
      wrong.push({ edit: from, field: "", message });
      break;
    }
  }
  // edited back to what the map has: no edit any more
  if (same.length > 0) changeStaged(app, tab.id, (staged) => withoutKeys(staged, same));
  if (changes.length > 0) changeStaged(app, tab.id, (staged) => withChanges(staged, changes));
  return wrong.length === 0 ? null : { wrong };
}

/**
 * One cell of an entry that is there, or of one that is staged to be; of one CPU where that is said.
 * @returns what is wrong with it, or null
 */
export function stageCell(
  app: App,
  tab: MapTab,
  columns: readonly Column[],
  key: string,
  column: number,
  typed: string,
  cpu: number | null = null,
): Promise<string | null> {
  return inTurn(app, () => stageCellNow(app, tab, columns, key, column, typed, cpu));
}

async function stageCellNow(
  app: App,
  tab: MapTab,
  columns: readonly Column[],
  key: string,
  column: number,
  typed: string,
  cpu: number | null,
): Promise<string | null> {
  const text = cpu === null ? typed : `cpu ${cpu}: ${typed}`;
  const staged = stagedOf(app, tab.id).changes.get(key);
  if (staged !== undefined && staged.before === null) {
    const whole = columns.map((_, index) => (index === column ? text : (staged.after?.[index] ?? "")));
    const refused = await stageEdits(app, tab, [{ do: "add", cells: whole }]);
    if (refused === null && columns[column]?.from === "key") dropOld(app, tab, key);
    return refused?.wrong[0]?.message ?? null;
  }
  const cells = columns.map((_, index) => (index === column ? text : null));
  // what was staged before stays staged; the rest is as the map has it
  const { was = null, value = null } = staged?.change ?? {};
  const over = was === null || value === null ? {} : { over: { was, value } };
  const refused = await stageEdits(app, tab, [{ do: "replace", key, cells, ...over }]);
  return refused?.wrong[0]?.message ?? null;
}

/** A new entry whose key was typed anew is another entry. */
function dropOld(app: App, tab: MapTab, key: string): void {
  changeStaged(app, tab.id, (staged) => withoutKeys(staged, [key]));
}

/** Entries that are only staged are dropped; the others are staged to be removed. */
export async function stageRemovals(app: App, tab: MapTab, keys: readonly string[]): Promise<Refused | null> {
  const { changes } = stagedOf(app, tab.id);
  const onlyStaged = keys.filter((key) => changes.get(key)?.before === null);
  if (onlyStaged.length > 0) changeStaged(app, tab.id, (staged) => withoutKeys(staged, onlyStaged));
  const others = keys.filter((key) => !onlyStaged.includes(key));
  if (others.length === 0) return null;
  return stageEdits(
    app,
    tab,
    others.map((key) => ({ do: "remove", key })),
  );
}

/**
 * A pasted block. Rows that name a key are added, or change the entry with that key; rows that do not go over the entries
 * from the one with the focus on.
 * @param shown the columns in the order shown, by their index in `all`; the block begins at `from` of them
 * @param over keys of the entries shown from the focus on
 * @returns what is wrong, a line each; the rest is staged
 */
export async function stagePaste(
  app: App,
  tab: MapTab,
  { all, shown, from }: { readonly all: readonly Column[]; readonly shown: readonly number[]; readonly from: number },
  text: string,
  over: readonly string[],
): Promise<readonly string[]> {
  const columns = shown.flatMap((index) => all[index] ?? []);
  const { rows, wrong } = readPaste(text, columns, from);
  const told = wrong.map(({ line, message }) => `line ${line}: ${message}`);
  const edits: Edit[] = [];
  const lines: number[] = [];
  for (const { line, cells: given } of rows) {
    const cells = all.map((_, index) => given[shown.indexOf(index)] ?? null);
    const key = over[line - 1];
    const namesKey = all.every((column, index) => column.from !== "key" || cells[index] !== null);
    if (namesKey) edits.push({ do: "put", cells });
    else if (key !== undefined) edits.push({ do: "replace", key, cells });
    else {
      told.push(`line ${line}: there is no entry to change here, and no key to add one with`);
      continue;
    }
    lines.push(line);
  }
  if (edits.length > 0) {
    const refused = await stageEdits(app, tab, edits);
    for (const { edit, field, message } of refused?.wrong ?? []) {
      const said = message.includes(field) ? message : `${field}: ${message}`;
      told.push(`line ${lines[edit] ?? edit + 1}: ${said}`);
    }
  }
  return told;
}
