import { Button } from "react-aria-components";
import type { GridRow } from "../../protocol/rows.ts";
import { type AfterEdit, CellEditor } from "./cell-editor.tsx";
import { type GridColumn, rawCell, shownCell } from "./grid-columns.ts";
import { cpuCell, type StagedRow } from "./staged-layer.ts";

interface MapRowProps {
  /** null until it is there */
  readonly row: GridRow | null;
  /** null for the entry, else the line of this CPU below it */
  readonly cpu: number | null;
  readonly line: number;
  /** px below the head */
  readonly top: number;
  readonly columns: readonly GridColumn[];
  /** how many of the cells are the key's */
  readonly keys: number;
  readonly perCpu: boolean;
  readonly opened: boolean;
  /** column with the focus, null in other rows */
  readonly active: number | null;
  /** first and last selected column, null where none is */
  readonly selected: readonly [number, number] | null;
  readonly changed: ReadonlySet<number> | null;
  readonly staged: StagedRow | null;
  /** found by a search or a look-up */
  readonly lit: boolean;
  /** cell being edited, and of which CPU it is */
  readonly editing: { readonly cell: number; readonly cpu: number | null } | null;
  /** what was typed to begin it, or was refused and why */
  readonly start: string | null;
  readonly wrong: string | null;
  /** id of the line that says what may be typed */
  readonly hint: string;
  readonly editable: boolean;
  readonly onFocus: (column: number) => void;
  readonly onSelectTo: (column: number) => void;
  readonly onEdit: (column: number) => void;
  readonly onToggle: () => void;
  readonly onClose: () => void;
  /** null where it is waited for until it is set */
  readonly onCommit: ((cell: number, typed: string | null, cpu: number | null, next: AfterEdit) => void) | null;
  readonly onSet: (cell: number, text: string) => Promise<string | null>;
}

export function MapRow(props: MapRowProps): React.ReactNode {
  const { row, cpu, line, top, columns, perCpu, opened, active, selected, changed, staged, editing, hint } = props;
  const marks = [
    "grid-row",
    cpu === null ? "entry" : "cpu",
    active === null ? "" : "on",
    editing === null ? "" : "edited",
    props.lit ? "lit" : "",
    staged === null || cpu !== null ? "" : `staged-${staged.is}`,
  ];
  return (
    <div
      role="row"
      aria-rowindex={line + 2}
      {...(perCpu ? { "aria-level": cpu === null ? 1 : 2 } : {})}
      {...(perCpu && cpu === null ? { "aria-expanded": opened } : {})}
      data-row={line}
      className={marks.filter((mark) => mark !== "").join(" ")}
      style={{ transform: `translateY(${top}px)` }}
    >
      {columns.map((column, at) => (
        <Cell
          key={column.id}
          {...{ ...props, column, at }}
          text={row === null ? "" : cellText(row, cpu, column, at, props.keys)}
          isActive={active === at}
          isSelected={selected !== null && at >= selected[0] && at <= selected[1]}
          isChanged={
            cpu === null && column.cell !== null && column.from !== "rate" && changed?.has(column.cell) === true
          }
          isEdited={
            editing !== null &&
            column.cell === editing.cell &&
            column.typed !== null &&
            (cpu ?? column.cpu) === editing.cpu
          }
          next={plannedText(staged, cpu, column)}
          hint={hint}
        />
      ))}
    </div>
  );
}

interface CellProps extends MapRowProps {
  readonly column: GridColumn;
  readonly at: number;
  readonly text: string;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly isChanged: boolean;
  readonly isEdited: boolean;
  /** what it will be once it is applied */
  readonly next: string | null;
}

function Cell(props: CellProps): React.ReactNode {
  const { column, at, text, perCpu, cpu, opened, editable, hint, next } = props;
  const { typed } = column;
  const marks = [
    "grid-cell",
    column.align === "number" ? "right number" : "mono",
    props.isChanged ? "changed" : "",
    props.isSelected ? "selected" : "",
    column.from === "label" || column.from === "rate" || column.from === "cpu" ? "mid" : "",
  ];
  return (
    <div
      role="gridcell"
      aria-colindex={at + 1}
      aria-readonly={!editable || typed === null || (cpu !== null && column.cpu !== null)}
      {...(props.isSelected ? { "aria-selected": true } : {})}
      tabIndex={props.isActive ? 0 : -1}
      data-column-index={at}
      data-column={column.title}
      data-value={text}
      className={marks.filter((mark) => mark !== "").join(" ")}
      onMouseDown={(event) => {
        if (!event.shiftKey) return;
        event.preventDefault();
        props.onSelectTo(at);
      }}
      onFocus={(event) => {
        if (event.target === event.currentTarget) props.onFocus(at);
      }}
      onDoubleClick={() => props.onEdit(at)}
    >
      {perCpu && at === 0 && cpu === null && (
        <Button
          className="icon-button expander"
          excludeFromTabOrder
          aria-label={opened ? "Hide the values of each CPU" : "Show the values of each CPU"}
          onPress={props.onToggle}
        >
          <span className={`codicon codicon-chevron-${opened ? "down" : "right"}`} aria-hidden="true" />
        </Button>
      )}
      {props.isEdited && typed !== null ? (
        <CellEditor
          column={typed}
          text={next ?? text}
          start={props.start}
          hint={hint}
          close={props.onClose}
          wrong={props.wrong}
          commit={
            props.onCommit === null
              ? null
              : (written, goOn) => props.onCommit?.(column.cell ?? 0, written, cpu ?? column.cpu, goOn)
          }
          set={async (written) => props.onSet(column.cell ?? 0, written)}
        />
      ) : next === null || next === text ? (
        <span className="cut" title={text.length > 40 ? text : undefined}>
          {shownCell(text, column)}
        </span>
      ) : (
        <span className="cut">
          <del>{shownCell(text, column)}</del> <ins>{shownCell(next, column)}</ins>
        </span>
      )}
    </div>
  );
}

/** What a cell will be once it is applied; null where it stays. */
function plannedText(staged: StagedRow | null, cpu: number | null, column: GridColumn): string | null {
  if (staged === null || column.cell === null || (column.column === null && column.cpu === null)) return null;
  // the line of a CPU has its value's cells only
  if (cpu !== null && column.cpu !== null) return null;
  const of = cpu ?? column.cpu;
  return (of === null ? staged.cells.get(column.cell) : staged.cpus.get(cpuCell(of, column.cell))) ?? null;
}

/** Under an opened entry, the first column says which CPU it is. */
function cellText(row: GridRow, cpu: number | null, column: GridColumn, at: number, keys: number): string {
  if (cpu === null) return rawCell(row, column, keys);
  if (at === 0) return `CPU ${cpu}`;
  if (column.from !== "value" || column.cell === null) return "";
  return row.cpus?.[cpu]?.[column.cell - keys] ?? "";
}
