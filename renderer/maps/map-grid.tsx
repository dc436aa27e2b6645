import type { GridRow } from "../../protocol/rows.ts";
import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { notify, notifyFailure } from "../session/notices.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { applyStaged } from "../staged/apply-staged.ts";
import { fillDown, pasteRows, removeRows } from "../staged/edit-rows.ts";
import { stageCell } from "../staged/stage-edits.ts";
import { layerOf, nothingStaged } from "../staged/staged-map.ts";
import { type AfterEdit, CellHint } from "./cell-editor.tsx";
import { setsAtOnce } from "./add-entry-form.tsx";
import type { GoTo } from "../forwarding/tree-switch.tsx";
import { columnWidths, widerOf } from "./column-widths.ts";
import { copyCells } from "./copy-cells.ts";
import { type GridColumn, gridColumns } from "./grid-columns.ts";
import { afterDeed, movedBefore } from "./grid-deeds.ts";
import { GridHead } from "./grid-head.tsx";
import { type At, blockOf, isTyped, nextPlace, range, span } from "./grid-keys.ts";
import { lineAt, lineCount, lineOf } from "./grid-lines.ts";
import type { GridPrefs } from "./grid-prefs.ts";
import { MapRow } from "./map-row.tsx";
import type { MapTab } from "./map-view.ts";
import type { RowsView } from "./rows-view.ts";
import { setCell } from "./set-cell.ts";
import { useLines } from "./use-lines.ts";
import { useRows } from "./use-rows.ts";
import { arrangeRows, readRowsNow, setFormat } from "./watch-rows.ts";

const rowHeight = 25;
const headHeight = 40;
const characterWidth = 8.4;
const expanderWidth = 24;
const nothingOpened = { order: "", rows: [] as readonly number[] };

interface MapGridProps {
  readonly tab: MapTab;
  readonly view: RowsView;
  readonly prefs: GridPrefs;
  readonly onPrefs: (change: Partial<GridPrefs>) => void;
  /** the entry that has the focus */
  readonly onSelect: (row: { readonly key: string; readonly cells: readonly string[] } | null, place: number) => void;
  /** a row to go to; a new object each time */
  readonly goTo: GoTo | null;
  /** key of an entry that was found */
  readonly lit: string | null;
}

/** Rows of a table of any length. A line is an entry, or below an opened one its value on one CPU; -1 is the head. */
export function MapGrid({ tab, view, prefs, onPrefs, onSelect, goTo, lit }: MapGridProps): React.ReactNode {
  const app = useApp();
  const { face, state } = view;
  const { id } = state;
  const box = useRef<HTMLDivElement>(null);
  // in another order, other rows are in these places
  const order = JSON.stringify([view.sort, view.filter]);
  const [openedIn, setOpened] = useState<{ readonly order: string; readonly rows: readonly number[] }>(nothingOpened);
  const opened = openedIn.order === order ? openedIn.rows : nothingOpened.rows;
  const [at, setAt] = useState<At>({ row: 0, column: 0 });
  const [anchor, setAnchor] = useState<At | null>(null);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [drawn, setDrawn] = useState<{ readonly id: string; readonly width: number } | null>(null);
  const [widths, setWidths] = useState<readonly number[]>([]);
  const wantsFocus = useRef(false);
  const isEditing = useRef(false);
  const hint = useId();
  const staged = useSession((session) => session.staged.get(tab.id)) ?? nothingStaged;
  const layer = useMemo(() => layerOf(staged), [staged]);

  const keys = face.columns.filter(({ from }) => from === "key").length;
  const perCpu = face.cpus > 0;
  const count = lineCount(state.shown, opened, face.cpus);
  const line = Math.min(at.row, count - 1);
  const lines = useLines(box, count, rowHeight, headHeight);
  // The line with the focus is drawn wherever it is, or the focus would be lost while scrolling.
  const drawnLines = range(lines.first, lines.last);
  if (line >= 0 && (line < lines.first || line >= lines.last)) drawnLines.push(line);
  const from = lineAt(lines.first, opened, face.cpus).row;
  const to = Math.min(state.shown, lineAt(Math.max(lines.first, lines.last - 1), opened, face.cpus).row + 1);
  const rows = useRows(app, view, from, to, editing !== null);
  const { row: place } = lineAt(Math.max(0, line), opened, face.cpus);
  const focused = rows.rowAt(place);

  const wider = useMemo(
    () => widerOf(widths, columnWidths({ columns: face.columns, rows: rows.rows }, widths, layer)),
    [face.columns, rows.rows, widths, layer],
  );
  if (wider !== widths) setWidths(wider);
  const columns = useMemo(() => gridColumns(face.columns, widths, face.cpus, prefs), [face, widths, prefs]);
  const column = Math.min(at.column, columns.length - 1);

  useEffect(() => {
    onSelect(focused, place);
  }, [focused, place, onSelect]);
  useEffect(() => {
    if (!wantsFocus.current || editing !== null) return;
    const selector = line < 0 ? `[data-head="${column}"]` : `[data-row="${line}"] [data-column-index="${column}"]`;
    const cell = box.current?.querySelector<HTMLElement>(selector);
    if (cell === null || cell === undefined) return;
    wantsFocus.current = false;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  useEffect(() => {
    isEditing.current = editing !== null;
  }, [editing]);

  const { scrollTo } = lines;
  const go = useCallback(
    (next: At): void => {
      wantsFocus.current = true;
      setAt(next);
      if (next.row >= 0) scrollTo(next.row);
    },
    [scrollTo],
  );
  const went = useRef(goTo);
  useEffect(() => {
    if (goTo === null || went.current === goTo) return;
    went.current = goTo;
    if (goTo.focus === true) wantsFocus.current = true;
    setAnchor(null);
    setAt((now) => ({ row: lineOf(goTo.row, opened, face.cpus), column: now.column }));
    scrollTo(lineOf(goTo.row, opened, face.cpus));
  }, [goTo, opened, face.cpus, scrollTo]);

  const toggle = (row: number): void =>
    setOpened({
      order,
      rows: opened.includes(row) ? opened.filter((one) => one !== row) : [...opened, row].toSorted((a, b) => a - b),
    });
  const editable = face.readOnly === null && view.gone === null;
  const edit = (to: At, start: string | null = null): void => {
    const there = lineAt(to.row, opened, face.cpus);
    const entry = rows.rowAt(there.row);
    const wanted = columns[to.column];
    if (!editable || entry === null || wanted === undefined || wanted.typed === null || wanted.cell === null) return;
    // the line of a CPU has its value's cells only
    if (there.cpu !== null && wanted.cpu !== null) return;
    setAt(to);
    setEditing({
      ...{ key: entry.key, cell: wanted.cell, cpu: there.cpu ?? wanted.cpu, line: there.cpu },
      ...{ start, wrong: null },
    });
  };
  const stopEditing = (): void => {
    wantsFocus.current = true;
    setEditing(null);
  };
  const goOn = (next: AfterEdit): void => {
    if (next === "down" || next === "up") {
      const row = line + (next === "down" ? 1 : -1);
      if (row >= 0 && row < count) go({ row, column });
    } else if (next !== "apply") {
      const step = next === "right" ? 1 : -1;
      for (let to = column + step; to >= 0 && to < columns.length; to += step) {
        if ((columns[to]?.typed ?? null) !== null) return go({ row: line, column: to });
      }
    }
  };
  /** Keys that are typed next belong to the next cell: it is not waited for. What is refused is opened again as it was typed. */
  const commit = async (
    row: GridRow,
    of: Omit<Editing, "start" | "wrong" | "key">,
    text: string | null,
    next: AfterEdit,
  ): Promise<void> => {
    const from = { row: line, column };
    stopEditing();
    goOn(next);
    // what was only looked at is no edit: a counter must not be set back to what it was when the cell was opened
    const wrong = text === null ? null : await stageCell(app, tab, face.columns, row.key, of.cell, text, of.cpu);
    if (wrong === null) {
      if (next === "apply") await applyStaged(app, tab);
      return;
    }
    if (isEditing.current) {
      const title = `Could not stage ${face.columns[of.cell]?.path ?? "the cell"} of ${row.cells.slice(0, keys).join(" ")}`;
      notify(app, { kind: "error", title, detail: wrong });
      return;
    }
    setAt(from);
    setEditing({ ...of, key: row.key, start: text, wrong });
  };
  const places = (): { readonly first: number; readonly last: number } => {
    const other = anchor === null ? place : lineAt(Math.max(0, anchor.row), opened, face.cpus).row;
    return { first: Math.min(place, other), last: Math.max(place, other) };
  };
  const paste = (event: React.ClipboardEvent): void => {
    if (!editable || editing !== null || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    const { first } = places();
    const left = columns[Math.min(anchor?.column ?? column, column)] ?? null;
    void pasteRows(app, tab, view, columns, { row: first, column: left }, event.clipboardData.getData("text/plain"));
  };
  const sortBy = ({ cell }: GridColumn, descending: boolean | null): void => {
    const sort = cell === null || descending === null ? null : { column: cell, descending };
    void arrangeRows(app, id, { sort });
  };
  const nextSort = (of: GridColumn): void => {
    const now = view.sort?.column === of.cell ? view.sort : null;
    sortBy(of, now === null ? false : now.descending ? null : true);
  };
  const copy = (): void => {
    const other = anchor ?? { row: line, column };
    const { first, last } = places();
    const block = {
      rows: [first, last] as const,
      columns: [Math.min(other.column, column), Math.max(other.column, column)] as const,
    };
    copyCells(app, id, block, columns, keys).catch((error: unknown) => notifyFailure(app, "copy the cells", error));
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || editing !== null || (event.target as HTMLElement).closest("[role=menu]") !== null) return;
    const here = { row: line, column };
    const next = nextPlace(event, here, count, columns.length, Math.max(1, lines.page - 1));
    const wanted = columns[column];
    if (next !== null) {
      setAnchor(event.shiftKey ? (anchor ?? here) : null);
      go(next);
    } else if (line < 0 && (event.key === "Enter" || event.key === " ") && wanted?.column) nextSort(wanted);
    else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "F2") edit(here);
    else if (event.key === "Escape" && anchor !== null) setAnchor(null);
    else if (event.ctrlKey && event.key.toLowerCase() === "c" && line >= 0) copy();
    else if (event.ctrlKey && event.key.toLowerCase() === "a" && count > 0) {
      setAnchor({ row: 0, column: 0 });
      go({ row: count - 1, column: columns.length - 1 });
    } else if (event.key === " " && perCpu && focused !== null) toggle(place);
    else if (event.key === "Delete" && focused !== null && face.resizable && editable) {
      void removeRows(app, tab, places());
    } else if (event.ctrlKey && event.key.toLowerCase() === "d" && anchor !== null && editable) {
      void fillDown(app, tab, view, places(), columns.slice(...span(anchor.column, column)));
    } else if (isTyped(event) && line >= 0) edit(here, event.key);
    else return;
    event.preventDefault();
  };

  const pixels = columns.map(({ id: of, characters }, index) => {
    const own = drawn?.id === of ? drawn.width : prefs.widths[of];
    return {
      own,
      width: own ?? Math.round(characters * characterWidth) + 38 + (perCpu && index === 0 ? expanderWidth : 0),
    };
  });
  // What is left of the window's width is shared out; numbers of a key stay beside what they are the key of.
  const template = pixels
    .map(({ own, width }, index) => {
      const { from: of, align } = columns[index] ?? {};
      const fixed = own !== undefined || (of === "key" && align === "number");
      return fixed ? `${width}px` : `minmax(${width}px, ${width}fr)`;
    })
    .join(" ");
  const least = pixels.reduce((sum, { width }) => sum + width, 0);
  const edited =
    columns.find(({ cell, typed }) => typed !== null && editing !== null && cell === editing.cell)?.typed ?? null;
  const block = anchor === null ? null : blockOf(anchor, { row: line, column });
  return (
    <>
      <div
        className="grid"
        role={perCpu ? "treegrid" : "grid"}
        aria-label={`${face.map.name} entries`}
        aria-rowcount={count + 1}
        aria-colcount={columns.length}
        aria-readonly={face.readOnly !== null}
        aria-multiselectable
        aria-busy={view.arranging}
        ref={box}
        onKeyDown={onKeyDown}
        onPaste={paste}
        style={{ "--columns": template, "--least": `${least}px` } as React.CSSProperties}
      >
        <GridHead
          columns={columns}
          sort={view.sort}
          active={line < 0 ? column : null}
          onFocus={(to) => setAt({ row: -1, column: to })}
          onSort={nextSort}
          onDeed={(of, deed) => {
            const width = pixels[columns.indexOf(of)]?.width ?? 100;
            const change = afterDeed(prefs, columns, of, deed, width);
            if (change === null) sortBy(of, deed === "descending");
            else onPrefs(change);
          }}
          onFormat={(of, format) => {
            if (of.column === null) return;
            setFormat(app, id, of.column, format).catch((error: unknown) =>
              notifyFailure(app, "change the format", error),
            );
          }}
          onResize={(of, width, done) => {
            setDrawn(done ? null : { id: of.id, width });
            if (done) onPrefs({ widths: { ...prefs.widths, [of.id]: width } });
          }}
          onMove={(moved, before) => onPrefs({ order: movedBefore(columns, moved, before) })}
        />
        <div role="rowgroup" className="grid-body" style={{ height: lines.height }}>
          {drawnLines.map((index) => {
            const { row: of, cpu } = lineAt(index, opened, face.cpus);
            const row = rows.rowAt(of);
            return (
              <MapRow
                // a line stays the same element when its entry comes, or the focus would be lost
                key={index}
                {...{ row, cpu, columns, keys, perCpu, editable, hint }}
                line={index}
                top={lines.topOf(index)}
                opened={opened.includes(of)}
                active={index === line ? column : null}
                selected={block !== null && index >= block.first && index <= block.last ? block.columns : null}
                changed={row === null ? null : (rows.changed.get(row.key) ?? null)}
                staged={row === null ? null : layer.rowOf(row.key)}
                lit={row !== null && lit === row.key}
                editing={editing !== null && editing.line === cpu && editing.key === row?.key ? editing : null}
                start={editing?.start ?? null}
                wrong={editing?.wrong ?? null}
                onFocus={(to) => {
                  setAt({ row: index, column: to });
                  if (!wantsFocus.current && (index !== line || to !== column)) setAnchor(null);
                }}
                onSelectTo={(to) => {
                  setAnchor(anchor ?? { row: line, column });
                  go({ row: index, column: to });
                }}
                onEdit={(to) => edit({ row: index, column: to })}
                onToggle={() => toggle(of)}
                onClose={stopEditing}
                onCommit={
                  row === null || (edited !== null && setsAtOnce(edited))
                    ? null
                    : (cell, text, ofCpu, next) => void commit(row, { cell, cpu: ofCpu, line: cpu }, text, next)
                }
                onSet={async (cell, text) => {
                  if (row === null) return "the entry is not read yet";
                  const failed = await setCell(app, tab, face.columns, row, cell, text);
                  if (failed === null) await readRowsNow(app, id);
                  return failed;
                }}
              />
            );
          })}
        </div>
      </div>
      <CellHint
        id={hint}
        column={edited}
        keys={
          edited !== null && setsAtOnce(edited)
            ? "Enter sets, Escape leaves it"
            : "Enter stages, Ctrl+Enter applies, Escape leaves it"
        }
      />
    </>
  );
}

interface Editing {
  readonly key: string;
  readonly cell: number;
  /** whose value it is; null: the entry's */
  readonly cpu: number | null;
  /** the CPU in whose line it stands; null: in the entry's */
  readonly line: number | null;
  /** what was typed over the cell to begin with, or was refused and why */
  readonly start: string | null;
  readonly wrong: string | null;
}
