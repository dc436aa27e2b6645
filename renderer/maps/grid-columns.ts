/** The columns as the grid shows them: those of the key, the label where there is one, those of the value; in the user's order. */
import type { Column, Row } from "../../protocol/maps.ts";
import type { GridRow, RowsColumn } from "../../protocol/rows.ts";
import { grouped3 } from "../verify/sizes.ts";
import type { GridPrefs } from "./grid-prefs.ts";

export interface GridColumn {
  /** of the user's choices: "key:PATH", "label", "value:PATH", "rate:PATH", "cpu3:PATH" */
  readonly id: string;
  /** index in a row's cells; null for the label */
  readonly cell: number | null;
  readonly title: string;
  readonly type: string;
  readonly align: Column["align"];
  readonly from: Column["from"] | "label" | "rate" | "cpu";
  /** which CPU's value */
  readonly cpu: number | null;
  readonly characters: number;
  /** the column of the table that it is; null for those beside one */
  readonly column: RowsColumn | null;
  /** what can be typed into it; null where nothing can */
  readonly typed: RowsColumn | null;
}

export function gridColumns(
  columns: readonly RowsColumn[],
  widths: readonly number[],
  cpus: number,
  prefs: Pick<GridPrefs, "order" | "hidden" | "rates" | "cpus">,
): readonly GridColumn[] {
  const values = columns.flatMap((column, cell): GridColumn[] => {
    const own: GridColumn = {
      ...{ id: `${column.from}:${column.path}`, cell, title: column.path, type: column.type, align: column.align },
      ...{ from: column.from, cpu: null, characters: widths[cell] ?? 10, column },
      typed: column.from === "value" ? column : null,
    };
    const all = [own];
    if (prefs.rates && column.counts) {
      const title = `${column.path} /s`;
      all.push({
        ...own,
        id: `rate:${column.path}`,
        title,
        type: "a second",
        from: "rate",
        characters: 11,
        column: null,
        typed: null,
      });
    }
    if (prefs.cpus && column.from === "value") {
      for (let cpu = 0; cpu < cpus; cpu++) {
        const title = `CPU ${cpu}`;
        all.push({ ...own, id: `cpu${cpu}:${column.path}`, title, type: column.path, from: "cpu", cpu, column: null });
      }
    }
    return all;
  });
  const labelWidth = widths[columns.length] ?? 0;
  const label: GridColumn = {
    ...{ id: "label", cell: null, title: "name", type: "", align: "text", from: "label", cpu: null },
    ...{ characters: labelWidth, column: null, typed: null },
  };
  const keys = values.filter(({ from }) => from === "key");
  const rest = values.filter(({ from }) => from !== "key");
  const usual = labelWidth === 0 ? [...keys, ...rest] : [...keys, label, ...rest];
  return inOrder(usual, prefs.order).filter(({ id }) => !prefs.hidden.includes(id));
}

/** Those that were moved in their order; the others stay behind their left neighbour. */
function inOrder(columns: readonly GridColumn[], order: readonly string[]): readonly GridColumn[] {
  if (order.length === 0) return columns;
  const places = new Map(order.map((id, index) => [id, index]));
  let last = -1;
  const ranked = columns.map((column, index) => {
    last = places.get(column.id) ?? last;
    return { column, rank: last, index };
  });
  return ranked.toSorted((one, other) => one.rank - other.rank || one.index - other.index).map(({ column }) => column);
}

/** Counters are read in groups of three; keys, ids and ports as they are. */
export function shownCell(text: string, { align, from }: Pick<GridColumn, "align" | "from">): string {
  return align === "number" && from !== "key" ? grouped3(text) : text;
}

/** `keys`: how many of the cells are the key's */
export function rawCell(row: Row | GridRow, { cell, from, cpu }: GridColumn, keys: number): string {
  if (cell === null) return row.label ?? "";
  if (from === "rate") return ("rates" in row ? row.rates?.[cell] : null) ?? "";
  if (cpu !== null) return row.cpus?.[cpu]?.[cell - keys] ?? "";
  return row.cells[cell] ?? "";
}
