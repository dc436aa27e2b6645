import { useRef } from "react";
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover, Separator } from "react-aria-components";
import type { ColumnFormat, RowsSort } from "../../protocol/rows.ts";
import { formatTitles } from "./format-titles.ts";
import type { GridColumn } from "./grid-columns.ts";

export type ColumnDeed = "ascending" | "descending" | "left" | "right" | "wider" | "narrower" | "usual" | "hide";

interface GridHeadProps {
  readonly columns: readonly GridColumn[];
  readonly sort: RowsSort | null;
  /** the column whose head has the focus; null while a row has it */
  readonly active: number | null;
  readonly onFocus: (column: number) => void;
  /** the next order of this column: ascending, descending, as it was read */
  readonly onSort: (column: GridColumn) => void;
  readonly onDeed: (column: GridColumn, deed: ColumnDeed) => void;
  readonly onFormat: (column: GridColumn, format: ColumnFormat) => void;
  /** px, while it is drawn; `done` when it is let go */
  readonly onResize: (column: GridColumn, width: number, done: boolean) => void;
  readonly onMove: (column: string, before: string) => void;
}

export function GridHead(props: GridHeadProps): React.ReactNode {
  return (
    <div role="rowgroup" className="grid-head">
      <div role="row" aria-rowindex={1} className="grid-row">
        {props.columns.map((column, index) => (
          <Head key={column.id} {...props} column={column} index={index} />
        ))}
      </div>
    </div>
  );
}

interface HeadProps extends GridHeadProps {
  readonly column: GridColumn;
  readonly index: number;
}

function Head({ column, index, sort, active, onFocus, onSort, onResize, onMove, ...rest }: HeadProps): React.ReactNode {
  const { title, type, align, from, cell } = column;
  const sorted = sort !== null && cell === sort.column && column.column !== null ? sort : null;
  const drawing = useRef<{ readonly from: number; readonly before: number } | null>(null);
  const draw = (event: React.PointerEvent<HTMLElement>): void => {
    const head = event.currentTarget.parentElement;
    if (event.button !== 0 || head === null) return;
    event.preventDefault();
    event.stopPropagation();
    drawing.current = { from: event.clientX, before: head.getBoundingClientRect().width };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const drawn = (event: React.PointerEvent<HTMLElement>, done: boolean): void => {
    if (drawing.current === null) return;
    const { from: start, before } = drawing.current;
    if (done) drawing.current = null;
    onResize(column, Math.max(40, Math.min(2000, Math.round(before + event.clientX - start))), done);
  };
  const below = [from === "key" && title !== "key" ? "key" : "", type, shownAs(column)]
    .filter((part) => part !== "")
    .join(" · ");
  return (
    <div
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={sorted === null ? "none" : sorted.descending ? "descending" : "ascending"}
      className={align === "number" ? "grid-title right" : "grid-title"}
      tabIndex={active === index ? 0 : -1}
      data-head={index}
      draggable
      onDragStart={(event) => event.dataTransfer.setData("text/x-xdpw-column", column.id)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes("text/x-xdpw-column")) event.preventDefault();
      }}
      onDrop={(event) => onMove(event.dataTransfer.getData("text/x-xdpw-column"), column.id)}
      onFocus={(event) => {
        if (event.target === event.currentTarget) onFocus(index);
      }}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest("button") === null && column.column !== null) onSort(column);
      }}
    >
      <span className="cut">
        {title}
        {sorted !== null && (
          <span className={`codicon codicon-arrow-${sorted.descending ? "down" : "up"} sort-mark`} aria-hidden="true" />
        )}
      </span>
      <span className="cut dim" title={below}>
        {below}
      </span>
      {column.column !== null && <ColumnMenu {...rest} column={column} isOnlyStop={active === index} />}
      <span
        className="column-edge"
        onPointerDown={draw}
        onPointerMove={(event) => drawn(event, false)}
        onPointerUp={(event) => drawn(event, true)}
        onDoubleClick={() => rest.onDeed(column, "usual")}
      />
    </div>
  );
}

/** Beside its C type, what the column is shown as. */
function shownAs({ column }: GridColumn): string {
  if (column === null || column.shown === "auto") return "";
  return column.where === null ? formatTitles[column.shown] : `${formatTitles[column.shown]} ${column.where}`;
}

interface ColumnMenuProps extends Pick<GridHeadProps, "onDeed" | "onFormat"> {
  readonly column: GridColumn;
  readonly isOnlyStop: boolean;
}

const deeds: readonly (readonly [ColumnDeed, string])[] = [
  ["ascending", "Sort ascending"],
  ["descending", "Sort descending"],
  ["left", "Move left"],
  ["right", "Move right"],
  ["wider", "Wider"],
  ["narrower", "Narrower"],
  ["usual", "Usual width"],
  ["hide", "Hide"],
];

function ColumnMenu({ column, isOnlyStop, onDeed, onFormat }: ColumnMenuProps): React.ReactNode {
  const formats = column.column?.formats ?? [];
  const chosen = column.column?.format ?? "auto";
  const shown = column.column?.shown ?? "auto";
  const titleOf = (format: ColumnFormat): string =>
    format === "auto" && chosen === "auto" && shown !== "auto"
      ? `as declared: ${formatTitles[shown]}`
      : formatTitles[format];
  return (
    <MenuTrigger>
      <Button
        className="icon-button column-menu"
        aria-label={`Column ${column.title}: ${titleOf(chosen)}`}
        excludeFromTabOrder={!isOnlyStop}
      >
        <span className="codicon codicon-chevron-down" aria-hidden="true" />
      </Button>
      <Popover className="popover" placement="bottom end" offset={2}>
        <Menu className="menu" aria-label={`Column ${column.title}`} onAction={(key) => act(String(key))}>
          {formats.length > 1 && (
            <MenuSection selectionMode="single" selectedKeys={[`format:${chosen}`]} disallowEmptySelection>
              <Header className="menu-header">Shown as</Header>
              {formats.map((format) => (
                <MenuItem key={format} id={`format:${format}`} className="menu-item" textValue={titleOf(format)}>
                  {titleOf(format)}
                </MenuItem>
              ))}
            </MenuSection>
          )}
          {formats.length > 1 && <Separator className="menu-line" />}
          {deeds.map(([deed, title]) => (
            <MenuItem key={deed} id={deed} className="menu-item" textValue={title}>
              {title}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );

  function act(key: string): void {
    const format = formats.find((one) => `format:${one}` === key);
    const deed = deeds.find(([one]) => one === key)?.[0];
    if (format !== undefined) onFormat(column, format);
    else if (deed !== undefined) onDeed(column, deed);
  }
}
