/** How wide the columns are, in characters: enough for what was seen so far, never less than before. */
import type { Column, Row } from "../../protocol/maps.ts";
import type { StagedLayer } from "./staged-layer.ts";
import { grouped3 } from "../verify/sizes.ts";

const sampledRows = 300;
const most = 44;

/** One number a column, then one for the label; 0 where no row has one. */
export function columnWidths(
  table: { readonly columns: readonly Column[]; readonly rows: readonly Row[] },
  before: readonly number[],
  staged: StagedLayer | null = null,
): readonly number[] {
  const widths = table.columns.map(({ path, type }, index) =>
    Math.max(path.length, type.length, type.endsWith("64") ? 13 : 8, before[index] ?? 0),
  );
  let label = before[widths.length] ?? 0;
  for (const { key, cells, label: text } of table.rows.slice(0, sampledRows)) {
    const planned = staged?.rowOf(key)?.cells;
    for (const [index, cell] of cells.entries()) {
      const next = planned?.get(index);
      // the old one stands beside the new one
      const both = next === undefined || next === cell ? 0 : grouped3(next).length + 1;
      widths[index] = Math.min(most, Math.max(widths[index] ?? 0, grouped3(cell).length + both));
    }
    label = Math.min(most, Math.max(label, text?.length ?? 0));
  }
  return [...widths, label === 0 ? 0 : Math.max(label, 6)];
}

/** The same array where nothing grew: what depends on it is not made anew. */
export function widerOf(before: readonly number[], after: readonly number[]): readonly number[] {
  return before.length === after.length && after.every((width, index) => width === before[index]) ? before : after;
}
