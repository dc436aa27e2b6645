/** Staged changes over the fake's tables: the bytes of a value are its cells as JSON. */
import type { Applied, Change, Conflict, JournalEntry, StagedRow } from "../../protocol/changes.ts";
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { Row, Table } from "../../protocol/maps.ts";
import type { Handlers } from "../../protocol/peer.ts";

type Methods =
  | "maps.stage"
  | "maps.apply"
  | "maps.journals"
  | "maps.undo"
  | "maps.redo"
  | "maps.survey"
  | "maps.forget";

interface FakeTables {
  readonly table: (id: number) => Table;
  readonly set: (id: number, row: Row) => void;
  readonly remove: (id: number, key: string) => void;
  readonly did: (what: string) => void;
}

const encode = (text: string): string => Buffer.from(text).toString("base64");
const valueOf = (cells: readonly string[]): string => encode(JSON.stringify(cells));
const cellsOf = (value: string | null): string[] | null =>
  value === null ? null : (JSON.parse(Buffer.from(value, "base64").toString()) as string[]);

export function fakeChanges({ table, set, remove, did }: FakeTables): Pick<Handlers<typeof workbench>, Methods> {
  const journals: { entry: JournalEntry; changes: readonly Change[] }[] = [];
  const find = (name: string) =>
    journals.find(({ entry }) => entry.journal === name) ??
    fail({ kind: "not-found", message: `there are no changes ${name}`, what: "journal", name });
  const run = (id: number, name: string, changes: readonly Change[], back: boolean): Applied => {
    const conflicts: Conflict[] = [];
    for (const change of changes) {
      const { key } = change;
      const [was, next] = back ? [change.value, change.was] : [change.was, change.value];
      const row = table(id).rows.find((one) => one.key === key);
      const now = row === undefined ? null : valueOf(row.cells);
      if (now !== was) {
        const what = now === null ? "missing" : was === null ? "exists" : "other";
        const sides = { before: cellsOf(was), after: cellsOf(next), now: cellsOf(now) };
        conflicts.push({ change: { key, was, value: next }, what, ...sides, found: now });
      } else if (next === null) remove(id, key);
      else set(id, { key, cells: cellsOf(next) ?? [], label: row?.label ?? null, cpus: null });
    }
    const done = changes.length - conflicts.length;
    const conflictCount = conflicts.length;
    return { journal: name, done, already: 0, conflicts, conflictCount, untouched: 0, ended: null };
  };
  return {
    "maps.stage": async ({ id, edits }) => ({
      rows: edits.map((edit): StagedRow => {
        const { columns, rows } = table(id);
        const key = edit.do === "add" || edit.do === "put" ? encode(edit.cells[0] ?? "") : edit.key;
        const row = rows.find((one) => one.key === key);
        const before = row === undefined ? null : [...row.cells];
        const was = before === null ? null : valueOf(before);
        if (edit.do === "remove") return { is: "change", change: { key, was, value: null }, before, after: null };
        if (edit.do === "add" && row !== undefined) {
          return { is: "wrong", field: "key", message: "there is an entry with this key already: edit that one" };
        }
        for (const [index, { align, path, hint, choices }] of columns.entries()) {
          const text = edit.cells[index] ?? null;
          if (text === null || align !== "number" || /^\d+$/.test(text) || choices?.includes(text)) continue;
          return { is: "wrong", field: path, message: `set ${path}: “${text}” is not a number; give ${hint}` };
        }
        const start = edit.do === "replace" && edit.over !== undefined ? cellsOf(edit.over.value) : before;
        const after = columns.map((_, index) => edit.cells[index] ?? start?.[index] ?? "");
        const value = valueOf(after);
        return value === was ? { is: "same", key } : { is: "change", change: { key, was, value }, before, after };
      }),
    }),
    "maps.apply": async ({ id, title, changes }) => {
      const journal = journals.length.toString(16).padStart(16, "0");
      const count = (is: (change: Change) => boolean): number => changes.filter(is).length;
      const { name } = table(id).map;
      journals.unshift({
        entry: {
          ...{ journal, map: { id, name }, title, at: 1_800_000_000 + journals.length },
          added: count(({ was }) => was === null),
          replaced: count(({ was, value }) => was !== null && value !== null),
          removed: count(({ value }) => value === null),
          ...{ state: "applied", towards: "applied" },
        },
        changes,
      });
      did(`change ${name}: ${title}`);
      return run(id, journal, changes, false);
    },
    "maps.journals": async ({ id }) => ({
      journals: journals.map(({ entry }) => entry).filter(({ map }) => id === null || map.id === id),
    }),
    "maps.undo": async ({ journal }) => {
      const found = find(journal);
      found.entry = { ...found.entry, state: "undone", towards: "undone" };
      return run(found.entry.map.id, journal, found.changes, true);
    },
    "maps.redo": async ({ journal }) => {
      const found = find(journal);
      found.entry = { ...found.entry, state: "applied", towards: "applied" };
      return run(found.entry.map.id, journal, found.changes, false);
    },
    "maps.survey": async ({ journal }) => ({
      ...{ after: find(journal).changes.length, before: 0, other: 0 },
      keys: { after: [], before: [], other: [] },
    }),
    "maps.forget": async ({ journal }) => {
      journals.splice(journals.indexOf(find(journal)), 1);
      return {};
    },
  };
}
