/** The header of a CSV file held against a map's columns: in any order, none missing, none that does not exist. */
import type { MapLayout } from "../../tables/describe-map.ts";
import { type CsvColumn, csvColumns } from "./csv-columns.ts";
import { nearest } from "../../cli/nearest.ts";
import type { Problems } from "./problems.ts";
import type { SplitRow } from "./split-cells.ts";

export interface HeaderColumn {
  /** as the file has it */
  readonly name: string;
  readonly column: CsvColumn;
  /** all bytes of a key or value in one cell, 0x… */
  readonly whole: boolean;
}

/** In the order of the file; null where the header does not fit, which is then said. */
export function matchHeader(layout: MapLayout, header: SplitRow, problems: Problems): readonly HeaderColumn[] | null {
  const before = problems.count;
  const known = csvColumns(layout);
  const names = new Map(known.map((column) => [column.name, column]));
  const found: HeaderColumn[] = [];
  const seen = new Set<string>();
  if (header.problem !== null) problems.add(1, header.problem.column, header.problem.message);
  for (const cell of header.cells) {
    const name = cell.text.trim();
    const bare = /^(key|value)\.(.+)$/.exec(name);
    const column =
      names.get(name) ?? known.find((each) => each.of === bare?.[1] && each.name === bare[2]) ?? wholeOf(layout, name);
    if (column === null) problems.add(1, cell.column, unknownColumn(name, known));
    else if (seen.has(column.name)) problems.add(1, cell.column, `column ${JSON.stringify(name)} is there twice`);
    else found.push({ name, column, whole: column.column === null && column.mask === null });
    if (column !== null) seen.add(column.name);
  }
  if (problems.count > before) return null;
  for (const of of ["key", "value"] as const) {
    if (found.some(({ whole, column }) => whole && column.of === of)) continue;
    const missing = known.filter((column) => column.of === of && column.column !== null && !seen.has(column.name));
    if (missing.length === 0) continue;
    const list = missing.map((column) => column.name);
    const shown = list.slice(0, 8).join(", ");
    const words = `${list.length === 1 ? "column" : "columns"} ${shown}${list.length > 8 ? ", …" : ""}`;
    problems.add(1, null, `the header does not fit: ${words} missing; the map has ${listOf(known)}`);
  }
  return problems.count > before ? null : found;
}

/** "key" and "value" in hex, where no column has that name; of a per-CPU map a value's bytes are those of all CPUs. */
function wholeOf(layout: MapLayout, name: string): CsvColumn | null {
  if (name !== "key" && (name !== "value" || layout.perCpu)) return null;
  return { name, of: name, column: null, base: 0, mask: null };
}

function unknownColumn(name: string, known: readonly CsvColumn[]): string {
  if (name === "") return "a column without a name";
  const near = nearest(
    name,
    known.map((column) => column.name),
  );
  const hint = near === null ? `the map has ${listOf(known)}` : `do you mean ${near}?`;
  return `the header does not fit: no column ${JSON.stringify(name.slice(0, 60))}: ${hint}`;
}

function listOf(known: readonly CsvColumn[]): string {
  const names = known.filter(({ column }) => column !== null).map(({ name }) => name);
  return `${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}`;
}
