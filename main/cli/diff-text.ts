/** The difference of two tables for people, and as JSON. */
import type { MapLayout } from "../tables/describe-map.ts";
import { formatEntryCells, formatEntryJson } from "../tables/format-entry.ts";
import type { EntryTable } from "../maps/transfer/entry-table.ts";
import { type EntryDiff, keyOf, valueOf } from "../maps/transfer/compare-entries.ts";
import type { Paint } from "./command.ts";

export interface DiffSides {
  readonly layout: MapLayout;
  readonly before: EntryTable;
  readonly after: EntryTable;
  readonly diff: EntryDiff;
}

export function isSame({ added, changed, removed }: EntryDiff): boolean {
  return added.length + changed.length + removed.length === 0;
}

/** A line an entry: + added, - removed, ~ changed with what was and what is. */
export function* diffLines({ layout, before, after, diff }: DiffSides, paint: Paint): Generator<string> {
  const keys = layout.key.columns.length;
  const names = layout.columns.map(({ path }) => path);
  const cells = (table: EntryTable, entry: number): readonly string[] =>
    formatEntryCells(layout, keyOf(table, entry), valueOf(table, entry)).cells;
  const keyText = (row: readonly string[]): string =>
    keys === 1
      ? (row[0] ?? "")
      : row
          .slice(0, keys)
          .map((cell, index) => `${names[index]}=${cell}`)
          .join(" ");
  const whole = (row: readonly string[]): string =>
    [keyText(row), ...row.slice(keys).map((cell, index) => `${names[keys + index]}=${cell}`)].join(" ");

  for (const entry of diff.removed) yield `${paint.red(`- ${whole(cells(before, entry))}`)}\n`;
  for (let index = 0; index < diff.changed.length; index += 2) {
    const was = cells(before, diff.changed[index] as number);
    const is = cells(after, diff.changed[index + 1] as number);
    const fields = is.flatMap((cell, column) =>
      column < keys || cell === was[column] ? [] : [`${names[column]}=${was[column]} → ${cell}`],
    );
    // sums of per-CPU values may be the same, and padding shows nowhere
    const cpus = cpuFields(layout, before, diff.changed[index] as number, after, diff.changed[index + 1] as number);
    const told = layout.perCpu && cpus.length <= cpuFieldsShown && cpus.length > 0 ? cpus : fields;
    const shown = told.length === 0 ? ["bytes that no column shows"] : told;
    yield `${paint.yellow(`~ ${keyText(is)} ${shown.join(" ")}`)}\n`;
  }
  for (const entry of diff.added) yield `${paint.green(`+ ${whole(cells(after, entry))}`)}\n`;
}

/** More of them are told by their sums. */
const cpuFieldsShown = 8;

/** `cpu 2 packets=5 → 7` */
function cpuFields(
  layout: MapLayout,
  before: EntryTable,
  was: number,
  after: EntryTable,
  is: number,
): readonly string[] {
  const cpusOf = (table: EntryTable, entry: number) =>
    formatEntryCells(layout, keyOf(table, entry), valueOf(table, entry)).cpus;
  const old = cpusOf(before, was);
  return (cpusOf(after, is) ?? []).flatMap((cells, cpu) =>
    cells.flatMap((cell, column) => {
      const had = old?.[cpu]?.[column];
      return had === cell ? [] : [`cpu ${cpu} ${layout.value.columns[column]?.path ?? ""}=${had} → ${cell}`];
    }),
  );
}

export function diffSummary({ added, changed, removed, same }: EntryDiff): string {
  return `${added.length} added, ${changed.length / 2} changed, ${removed.length} removed, ${same} the same`;
}

/** `{"added":[{key,value}],"changed":[{key,before,after}],"removed":[{key,value}],"same":N}` and the members of `beside`. */
export function* diffJson(
  { layout, before, after, diff }: DiffSides,
  beside: Readonly<Record<string, unknown>>,
): Generator<string> {
  const json = (table: EntryTable, entry: number) =>
    formatEntryJson(layout, keyOf(table, entry), valueOf(table, entry));
  function* list(name: string, items: Iterable<unknown>): Generator<string> {
    yield `"${name}":[`;
    let separator = "";
    for (const item of items) {
      yield `${separator}${JSON.stringify(item)}`;
      separator = ",";
    }
    yield "],";
  }
  function* each<T>(numbers: Iterable<number>, make: (entry: number) => T): Generator<T> {
    for (const entry of numbers) yield make(entry);
  }
  function* changes(): Generator<unknown> {
    for (let index = 0; index < diff.changed.length; index += 2) {
      const was = json(before, diff.changed[index] as number);
      const is = json(after, diff.changed[index + 1] as number);
      yield { key: is.key, before: was.value, after: is.value };
    }
  }
  yield "{";
  for (const [name, value] of Object.entries(beside)) yield `${JSON.stringify(name)}:${JSON.stringify(value)},`;
  yield* list(
    "added",
    each(diff.added, (entry) => json(after, entry)),
  );
  yield* list("changed", changes());
  yield* list(
    "removed",
    each(diff.removed, (entry) => json(before, entry)),
  );
  yield `"same":${diff.same}}`;
}
