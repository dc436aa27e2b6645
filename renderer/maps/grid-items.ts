/** What stands in the lines of the grid: an entry, or under an opened one its value on one CPU. */
import type { Row } from "../../protocol/maps.ts";

export type GridItem =
  | { readonly kind: "entry"; readonly row: Row }
  | { readonly kind: "cpu"; readonly row: Row; readonly cpu: number; readonly cells: readonly string[] };

export function gridItems(rows: readonly Row[], opened: ReadonlySet<string>): readonly GridItem[] {
  if (opened.size === 0) return rows.map((row) => ({ kind: "entry", row }));
  return rows.flatMap((row): GridItem[] => {
    const entry: GridItem = { kind: "entry", row };
    if (row.cpus === null || !opened.has(row.key)) return [entry];
    return [entry, ...row.cpus.map((cells, cpu): GridItem => ({ kind: "cpu", row, cpu, cells }))];
  });
}
