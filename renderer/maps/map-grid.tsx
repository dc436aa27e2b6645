import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { Table } from "../../protocol/maps.ts";
import { useApp } from "../session/use-app.tsx";
import { CellHint } from "./cell-editor.tsx";
import { columnWidths } from "./column-widths.ts";
import { deleteWithQuestion } from "./delete-with-question.ts";
import { gridColumns } from "./grid-columns.ts";
import { gridItems } from "./grid-items.ts";
import { type At, moveInGrid } from "./grid-keys.ts";
import { MapRow } from "./map-row.tsx";
import type { MapTab, MapView } from "./map-view.ts";
import { rereadMap } from "./reread-map.ts";
import { setCell } from "./set-cell.ts";

const rowHeight = 25;
const headHeight = 40;
const characterWidth = 8.4;
const expanderWidth = 24;

interface MapGridProps {
  readonly tab: MapTab;
  readonly view: MapView;
  readonly table: Table;
  /** key of the entry that has the focus */
  readonly onSelect: (key: string | null) => void;
}

export function MapGrid({ tab, view, table, onSelect }: MapGridProps): React.ReactNode {
  const app = useApp();
  const scroll = useRef<HTMLDivElement>(null);
  const widths = useRef<readonly number[]>([]);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState<At>({ row: 0, column: 0 });
  const [editing, setEditing] = useState<{ readonly key: string; readonly cell: number } | null>(null);
  const wantsFocus = useRef(false);
  const hint = useId();

  const columns = useMemo(() => {
    widths.current = columnWidths(table, widths.current);
    return gridColumns(table, widths.current);
  }, [table]);
  const items = useMemo(() => gridItems(table.rows, opened), [table.rows, opened]);
  const perCpu = table.rows.some(({ cpus }) => cpus !== null);
  const row = Math.min(at.row, items.length - 1);

  const rangeExtractor = useCallback(
    (range: Range) => {
      // The cell with the focus is drawn wherever it is, or the focus would be lost while scrolling.
      const shown = defaultRangeExtractor(range);
      return row < 0 || shown.includes(row) ? shown : [...shown, row].toSorted((one, other) => one - other);
    },
    [row],
  );
  // oxlint-disable-next-line react/incompatible-library -- nothing here is compiled for memoization
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    rangeExtractor,
  });

  useEffect(() => {
    if (!wantsFocus.current || editing !== null) return;
    wantsFocus.current = false;
    const cell = scroll.current?.querySelector<HTMLElement>(`[data-row="${row}"] [data-column-index="${at.column}"]`);
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [at, row, editing]);

  useEffect(() => {
    onSelect(items[row]?.row.key ?? null);
  }, [items, row, onSelect]);

  const go = (to: At): void => {
    wantsFocus.current = true;
    setAt(to);
    virtual.scrollToIndex(to.row);
  };
  const toggle = (key: string): void => {
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  const edit = (to: At): void => {
    const item = items[to.row];
    const column = columns[to.column];
    if (item?.kind !== "entry" || column?.column === undefined || column.column === null || column.cell === null)
      return;
    if (table.readOnly !== null || view.gone !== null || column.from !== "value") return;
    setAt(to);
    setEditing({ key: item.row.key, cell: column.cell });
  };
  const stopEditing = (): void => {
    wantsFocus.current = true;
    setEditing(null);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || editing !== null) return;
    const item = items[row];
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / rowHeight) - 2);
    const to = moveInGrid(event.key, event.ctrlKey, { row, column: at.column }, items.length, columns.length, page);
    if (to !== null) go(to);
    else if (event.key === "Enter" || event.key === "F2") edit({ row, column: at.column });
    else if (event.key === " " && item !== undefined && item.row.cpus !== null) toggle(item.row.key);
    else if (event.key === "Delete" && item?.kind === "entry" && table.resizable && table.readOnly === null) {
      void deleteWithQuestion(app, tab, table, item.row);
    } else return;
    event.preventDefault();
  };

  const pixels = columns.map(
    ({ characters }, index) =>
      Math.round(characters * characterWidth) + 26 + (perCpu && index === 0 ? expanderWidth : 0),
  );
  // What is left of the window's width is shared out; numbers of a key stay beside what they are the key of.
  const template = pixels
    .map((width, index) => {
      const { from, align } = columns[index] ?? {};
      return from === "key" && align === "number" ? `${width}px` : `minmax(${width}px, ${width}fr)`;
    })
    .join(" ");
  const least = pixels.reduce((sum, width) => sum + width, 0);
  const edited = columns.find(({ cell }) => editing !== null && cell === editing.cell)?.column ?? null;
  return (
    <>
      <div
        className="grid"
        role={perCpu ? "treegrid" : "grid"}
        aria-label={`${table.map.name} entries`}
        aria-rowcount={items.length + 1}
        aria-colcount={columns.length}
        aria-readonly={table.readOnly !== null}
        ref={scroll}
        onKeyDown={onKeyDown}
        style={{ "--columns": template, "--least": `${least}px` } as React.CSSProperties}
      >
        <div role="rowgroup" className="grid-head">
          <div role="row" aria-rowindex={1} className="grid-row">
            {columns.map(({ title, type, align, from }, index) => (
              <div
                key={`${from} ${title}`}
                role="columnheader"
                aria-colindex={index + 1}
                className={align === "number" ? "grid-title right" : "grid-title"}
              >
                <span className="cut">{title}</span>
                <span className="cut dim">{from === "key" && title !== "key" ? `key · ${type}` : type}</span>
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="grid-body" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const item = items[index];
            if (item === undefined) return null;
            return (
              <MapRow
                key={item.kind === "entry" ? item.row.key : `${item.row.key} ${item.cpu}`}
                item={item}
                index={index}
                top={start - headHeight}
                columns={columns}
                perCpu={perCpu}
                opened={opened.has(item.row.key)}
                active={index === row ? at.column : null}
                changed={item.kind === "entry" ? (view.changed.get(item.row.key)?.cells ?? null) : null}
                editing={
                  editing !== null && item.kind === "entry" && editing.key === item.row.key ? editing.cell : null
                }
                editable={table.readOnly === null && view.gone === null}
                hint={hint}
                onFocus={(column) => setAt({ row: index, column })}
                onEdit={(column) => edit({ row: index, column })}
                onToggle={() => toggle(item.row.key)}
                onClose={stopEditing}
                onSet={async (cell, text) => {
                  const failed = await setCell(app, tab, view, item.row, cell, text);
                  if (failed === null) await rereadMap(app, tab.id);
                  return failed;
                }}
              />
            );
          })}
        </div>
      </div>
      <CellHint id={hint} column={edited} />
    </>
  );
}
