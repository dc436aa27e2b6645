/** A row as the table shows it: cells, what stands beside the key, and how fast counters grew. */
import type { GridRow } from "../../protocol/rows.ts";
import { programIn, type programNames, sayProgram } from "../maps/entry-program.ts";
import { formatEntryCells } from "../tables/format-entry.ts";
import { labelsOf } from "./arrange-rows.ts";
import { ratesOf, rowBefore } from "./rates.ts";
import { keyOf, type RowViews, valueOf } from "./row-bytes.ts";
import type { ShapedMap } from "./shaped-map.ts";

export type ProgramNames = Awaited<ReturnType<typeof programNames>>;

interface Beside {
  readonly older: RowViews | null;
  /** since the older reading */
  readonly seconds: number;
  readonly programs: ProgramNames | null;
}

export function gridRow(
  { layout, labels, face, programColumn }: ShapedMap,
  rows: RowViews,
  index: number,
  { older, seconds, programs }: Beside,
): GridRow {
  const key = keyOf(rows, index);
  const entry = formatEntryCells(layout, key, valueOf(rows, index));
  const cells = [...entry.cells];
  if (programs !== null)
    cells[programColumn] = sayProgram(programIn(layout, Buffer.from(valueOf(rows, index))), programs);
  const before = older === null ? -1 : rowBefore(rows, index, older);
  const was =
    older === null || before < 0 ? null : formatEntryCells(layout, keyOf(older, before), valueOf(older, before)).cells;
  return {
    key: Buffer.from(key).toString("base64"),
    cells,
    label: labelsOf(layout, rows, labels)?.(index) ?? null,
    cpus: entry.cpus?.map((cpu) => [...cpu]) ?? null,
    rates: was === null ? null : [...ratesOf(face.columns, cells, was, seconds)],
  };
}
