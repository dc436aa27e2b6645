/** Cells of a block as a spreadsheet takes them: tabs between, a line a row. */
import type { GridRow } from "../../protocol/rows.ts";
import type { App } from "../session/app.ts";
import { type GridColumn, rawCell } from "./grid-columns.ts";

const atOnce = 1000;
const mostRows = 100_000;

export interface Block {
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** @returns how many rows are in it */
export async function copyCells(
  app: App,
  id: number,
  { rows: [first, last], columns: [left, right] }: Block,
  columns: readonly GridColumn[],
  keys: number,
): Promise<number> {
  const lines: string[] = [];
  const end = Math.min(last + 1, first + mostRows);
  for (let start = first; start < end; ) {
    const { rows } = await app.request("rows.range", { id, start, count: Math.min(atOnce, end - start) });
    if (rows.length === 0) break;
    for (const row of rows) lines.push(lineOf(row, columns.slice(left, right + 1), keys));
    start += rows.length;
  }
  await navigator.clipboard.writeText(lines.join("\n"));
  return lines.length;
}

function lineOf(row: GridRow, columns: readonly GridColumn[], keys: number): string {
  return columns.map((column) => quoted(rawCell(row, column, keys))).join("\t");
}

/** As spreadsheets do where a cell has what would end it. */
function quoted(text: string): string {
  return /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
