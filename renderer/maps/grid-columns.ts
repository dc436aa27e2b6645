/** The columns as the grid shows them: those of the key, the label where there is one, those of the value. */
import type { Column, Row, Table } from "../../protocol/maps.ts";
import { grouped3 } from "../verify/sizes.ts";

export interface GridColumn {
  /** index in a row's cells; null for the label */
  readonly cell: number | null;
  readonly title: string;
  readonly type: string;
  readonly align: Column["align"];
  readonly from: Column["from"] | "label";
  readonly characters: number;
  readonly column: Column | null;
}

export function gridColumns(table: Table, widths: readonly number[]): readonly GridColumn[] {
  const columns = table.columns.map(
    (column, cell): GridColumn => ({
      cell,
      title: column.path,
      type: column.type,
      align: column.align,
      from: column.from,
      characters: widths[cell] ?? 10,
      column,
    }),
  );
  const labelWidth = widths[table.columns.length] ?? 0;
  if (labelWidth === 0) return columns;
  const label: GridColumn = {
    cell: null,
    title: "name",
    type: "",
    align: "text",
    from: "label",
    characters: labelWidth,
    column: null,
  };
  return [...columns.filter(({ from }) => from === "key"), label, ...columns.filter(({ from }) => from === "value")];
}

/** Counters are read in groups of three; keys, ids and ports as they are. */
export function shownCell(text: string, { align, from }: GridColumn): string {
  return align === "number" && from === "value" ? grouped3(text) : text;
}

export function rawCell(row: Row, { cell }: GridColumn): string {
  return cell === null ? (row.label ?? "") : (row.cells[cell] ?? "");
}
