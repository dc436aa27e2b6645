import { useEffect, useId, useRef, useState } from "react";
import type { Table } from "../../protocol/maps.ts";
import { useApp } from "../session/use-app.tsx";
import { grouped3 } from "../verify/sizes.ts";
import { CellEditor, CellHint } from "./cell-editor.tsx";
import { moveInGrid } from "./grid-keys.ts";
import type { MapTab, MapView } from "./map-view.ts";
import { rereadMap } from "./reread-map.ts";
import { setCell } from "./set-cell.ts";
import { mapTitle } from "./variable-maps.ts";

interface VariablesGridProps {
  readonly tab: MapTab;
  readonly view: MapView;
  readonly table: Table;
}

const titles = ["variable", "type", "value"] as const;
const page = 10;

/** The one entry of a section's map turned on its side: a line a variable. */
export function VariablesGrid({ tab, view, table }: VariablesGridProps): React.ReactNode {
  const app = useApp();
  const body = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState({ row: 0, column: 2 });
  const [editing, setEditing] = useState<number | null>(null);
  const wantsFocus = useRef(false);
  const hint = useId();
  const [entry] = table.rows;
  const variables = table.columns.flatMap((column, cell) => (column.from === "value" ? [{ column, cell }] : []));
  const editable = table.readOnly === null && view.gone === null;
  const row = Math.min(at.row, variables.length - 1);
  useEffect(() => {
    if (!wantsFocus.current || editing !== null) return;
    wantsFocus.current = false;
    body.current?.querySelector<HTMLElement>(`[data-row="${row}"] [data-column-index="${at.column}"]`)?.focus();
  });
  if (entry === undefined) return null;
  const changed = view.changed.get(entry.key)?.cells;

  const edit = (to: number): void => {
    if (!editable) return;
    setAt({ row: to, column: 2 });
    setEditing(to);
  };
  const stopEditing = (): void => {
    wantsFocus.current = true;
    setEditing(null);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || editing !== null) return;
    const from = { row, column: at.column };
    const to = moveInGrid(event.key, event.ctrlKey, from, variables.length, titles.length, page);
    if (to !== null) {
      wantsFocus.current = true;
      setAt(to);
    } else if (event.key === "Enter" || event.key === "F2") edit(row);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div
        className="grid variables"
        role="grid"
        aria-label={mapTitle(table.map)}
        aria-rowcount={variables.length + 1}
        aria-colcount={titles.length}
        aria-readonly={!editable}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" className="grid-head">
          <div role="row" aria-rowindex={1} className="grid-row">
            {titles.map((title, index) => (
              <div key={title} role="columnheader" aria-colindex={index + 1} className="grid-title">
                {title}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="grid-body" ref={body}>
          {variables.map(({ column, cell }, index) => {
            const text = entry.cells[cell] ?? "";
            const cellProps = (of: number) => ({
              "aria-colindex": of + 1,
              "aria-readonly": !editable || of !== 2,
              "data-column-index": of,
              role: "gridcell" as const,
              tabIndex: row === index && at.column === of ? 0 : -1,
              onFocus: (event: React.FocusEvent) => {
                if (event.target === event.currentTarget) setAt({ row: index, column: of });
              },
              onDoubleClick: () => edit(index),
            });
            return (
              <div
                key={column.path}
                role="row"
                aria-rowindex={index + 2}
                data-row={index}
                className={`grid-row${row === index ? " on" : ""}${editing === index ? " edited" : ""}`}
              >
                <div {...cellProps(0)} className="grid-cell mono">
                  <span className="cut" title={column.path}>
                    {column.path}
                  </span>
                </div>
                <div {...cellProps(1)} className="grid-cell mono mid">
                  <span className="cut">{column.type}</span>
                </div>
                <div
                  {...cellProps(2)}
                  className={`grid-cell ${column.align === "number" ? "number" : "mono"}${changed?.has(cell) === true ? " changed" : ""}`}
                  data-value={text}
                >
                  {editing === index ? (
                    <CellEditor
                      column={column}
                      text={text}
                      hint={hint}
                      close={stopEditing}
                      commit={null}
                      set={async (typed) => {
                        const failed = await setCell(app, tab, table.columns, entry, cell, typed);
                        if (failed === null) await rereadMap(app, tab.id);
                        return failed;
                      }}
                    />
                  ) : (
                    <span className="cut" title={text.length > 40 ? text : undefined}>
                      {column.align === "number" ? grouped3(text) : text}
                    </span>
                  )}
                </div>
              </div>
            );
          })}
        </div>
      </div>
      <CellHint
        id={hint}
        column={editing === null ? null : (variables[editing]?.column ?? null)}
        keys="Enter sets, Escape leaves it"
      />
    </>
  );
}
