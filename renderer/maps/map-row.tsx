import { Button } from "react-aria-components";
import { CellEditor } from "./cell-editor.tsx";
import { type GridColumn, rawCell, shownCell } from "./grid-columns.ts";
import type { GridItem } from "./grid-items.ts";

interface MapRowProps {
  readonly item: GridItem;
  readonly index: number;
  /** px below the head */
  readonly top: number;
  readonly columns: readonly GridColumn[];
  readonly perCpu: boolean;
  readonly opened: boolean;
  /** column with the focus, null in other rows */
  readonly active: number | null;
  readonly changed: ReadonlySet<number> | null;
  /** cell being edited */
  readonly editing: number | null;
  /** id of the line that says what may be typed */
  readonly hint: string;
  readonly editable: boolean;
  readonly onFocus: (column: number) => void;
  readonly onEdit: (column: number) => void;
  readonly onToggle: () => void;
  readonly onClose: () => void;
  readonly onSet: (cell: number, text: string) => Promise<string | null>;
}

export function MapRow(props: MapRowProps): React.ReactNode {
  const { item, index, top, columns, perCpu, opened, active, changed, editing, editable, hint } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      {...(perCpu ? { "aria-level": item.kind === "entry" ? 1 : 2 } : {})}
      {...(perCpu && item.kind === "entry" ? { "aria-expanded": opened } : {})}
      data-row={index}
      className={`grid-row ${item.kind} ${active === null ? "" : "on"} ${editing === null ? "" : "edited"}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      {columns.map((column, at) => {
        const { cell } = column;
        const text = cellText(item, column, columns);
        const isEdited = editing !== null && cell === editing && column.column !== null;
        const marks = [
          "grid-cell",
          column.align === "number" ? "right number" : "mono",
          cell !== null && changed?.has(cell) === true ? "changed" : "",
          column.from === "label" ? "mid" : "",
        ];
        return (
          <div
            key={`${column.from} ${column.title}`}
            role="gridcell"
            aria-colindex={at + 1}
            aria-readonly={!editable || column.from !== "value"}
            tabIndex={active === at ? 0 : -1}
            data-column-index={at}
            data-column={column.title}
            data-value={text}
            className={marks.filter((mark) => mark !== "").join(" ")}
            onFocus={(event) => {
              if (event.target === event.currentTarget) props.onFocus(at);
            }}
            onDoubleClick={() => props.onEdit(at)}
          >
            {perCpu && at === 0 && item.kind === "entry" && (
              <Button
                className="icon-button expander"
                excludeFromTabOrder
                aria-label={opened ? "Hide the values of each CPU" : "Show the values of each CPU"}
                onPress={props.onToggle}
              >
                <span className={`codicon codicon-chevron-${opened ? "down" : "right"}`} aria-hidden="true" />
              </Button>
            )}
            {isEdited && column.column !== null ? (
              <CellEditor
                column={column.column}
                text={text}
                hint={hint}
                close={props.onClose}
                set={async (typed) => props.onSet(cell ?? 0, typed)}
              />
            ) : (
              <span className="cut">{shownCell(text, column)}</span>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** Under an opened entry, the first key column says which CPU it is. */
function cellText(item: GridItem, column: GridColumn, columns: readonly GridColumn[]): string {
  if (item.kind === "entry") return rawCell(item.row, column);
  if (column.from === "value" && column.cell !== null) {
    const firstValue = columns.filter(({ from }) => from === "key").length;
    return item.cells[column.cell - firstValue] ?? "";
  }
  return column === columns[0] ? `CPU ${item.cpu}` : "";
}
