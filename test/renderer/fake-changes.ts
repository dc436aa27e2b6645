/** Staged changes as the window sees them: one map of two columns, a key and a value, each as text in its bytes. */
import type { Applied, Change, JournalEntry, StagedRow } from "../../protocol/changes.ts";
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { Handlers } from "../../protocol/peer.ts";

type Methods =
  | "maps.stage"
  | "maps.apply"
  | "maps.journals"
  | "maps.undo"
  | "maps.redo"
  | "maps.survey"
  | "maps.forget";

const encode = (text: string): string => Buffer.from(text).toString("base64");
const decode = (text: string): string => Buffer.from(text, "base64").toString();

export function fakeChanges(): Pick<Handlers<typeof workbench>, Methods> {
  const values = new Map<string, string>();
  const journals: { entry: JournalEntry; changes: readonly Change[] }[] = [];
  const find = (name: string) =>
    journals.find(({ entry }) => entry.journal === name) ??
    fail({ kind: "not-found", message: `there are no changes ${name}`, what: "journal", name });
  const run = (name: string, changes: readonly Change[], back: boolean): Applied => {
    for (const { key, was, value } of changes) {
      const next = back ? was : value;
      if (next === null) values.delete(key);
      else values.set(key, next);
    }
    const none = { already: 0, conflicts: [], conflictCount: 0, untouched: 0, ended: null };
    return { journal: name, done: changes.length, ...none };
  };
  return {
    "maps.stage": async ({ edits }) => ({
      rows: edits.map((edit): StagedRow => {
        const key = edit.do === "add" || edit.do === "put" ? encode(edit.cells[0] ?? "") : edit.key;
        const was = values.get(key) ?? null;
        const typed = edit.do === "remove" ? null : (edit.cells.at(-1) ?? null);
        if (typed === "wrong") return { is: "wrong", field: "value", message: "value: a number from 0 to 255" };
        const value = typed === null ? null : encode(typed);
        const side = (bytes: string | null): string[] | null => (bytes === null ? null : [decode(key), decode(bytes)]);
        return { is: "change", change: { key, was, value }, before: side(was), after: side(value) };
      }),
    }),
    "maps.apply": async ({ id, title, changes }) => {
      const journal = journals.length.toString(16).padStart(16, "0");
      const count = (is: (change: Change) => boolean): number => changes.filter(is).length;
      journals.unshift({
        entry: {
          ...{ journal, map: { id, name: "routes" }, title, at: 1_800_000_000 + journals.length },
          added: count(({ was }) => was === null),
          replaced: count(({ was, value }) => was !== null && value !== null),
          removed: count(({ value }) => value === null),
          ...{ state: "applied", towards: "applied" },
        },
        changes,
      });
      return run(journal, changes, false);
    },
    "maps.journals": async ({ id }) => ({
      journals: journals.map(({ entry }) => entry).filter(({ map }) => id === null || map.id === id),
    }),
    "maps.undo": async ({ journal }) => {
      const found = find(journal);
      found.entry = { ...found.entry, state: "undone", towards: "undone" };
      return run(journal, found.changes, true);
    },
    "maps.redo": async ({ journal }) => {
      const found = find(journal);
      found.entry = { ...found.entry, state: "applied", towards: "applied" };
      return run(journal, found.changes, false);
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
