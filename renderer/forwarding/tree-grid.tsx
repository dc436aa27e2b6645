import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { TreeLine } from "../../protocol/tree.ts";
import { sayMarks, type TableKind } from "../../protocol/tree-words.ts";
import { columnWidths, widerOf } from "../maps/column-widths.ts";
import { gridColumns, shownCell } from "../maps/grid-columns.ts";
import type { GridPrefs } from "../maps/grid-prefs.ts";
import type { RowsView } from "../maps/rows-view.ts";
import { useLines } from "../maps/use-lines.ts";
import { useApp } from "../session/use-app.tsx";
import { count } from "../verify/sizes.ts";
import { useTreeLines } from "./use-tree-lines.ts";
import { fold, reveal } from "./watch-tree.ts";

const lineHeight = 25;
const headHeight = 40;
const characterWidth = 8.4;
const indent = 18;
/** deeper ones stand no further in: the prefix tells the rest */
const deepest = 12;

interface TreeGridProps {
  readonly view: RowsView;
  readonly prefs: GridPrefs;
  /** a line to go to; a new object each time */
  readonly goTo: { readonly line: number } | null;
  /** key of the entry that answers */
  readonly lit: string | null;
  /** Enter on an entry */
  readonly onOpen: (line: TreeLine) => void;
}

/** Prefixes, more specific under less specific (https://www.w3.org/WAI/ARIA/apg/patterns/treegrid/, rows first). */
export function TreeGrid({ view, prefs, goTo, lit, onOpen }: TreeGridProps): React.ReactNode {
  const app = useApp();
  const { face, state } = view;
  const { id } = state;
  const box = useRef<HTMLDivElement>(null);
  // an object of its own each time: going to where the focus is already draws, too, and so ends the wish for it
  const [at, setAt] = useState({ line: 0 });
  const [widths, setWidths] = useState<readonly number[]>([]);
  const wantsFocus = useRef(false);
  const lineCount = state.tree?.lines ?? 0;
  const line = Math.min(at.line, Math.max(0, lineCount - 1));
  const lines = useLines(box, lineCount, lineHeight, headHeight);
  const drawn = Array.from({ length: Math.max(0, lines.last - lines.first) }, (_, index) => lines.first + index);
  // the line with the focus is drawn wherever it is, or the focus would be lost while scrolling
  if (lineCount > 0 && (line < lines.first || line >= lines.last)) drawn.push(line);
  const shown = useTreeLines(app, view, lines.first, lines.last);
  const kind: TableKind = face.prefixes?.of ?? "trie";
  const keys = face.columns.filter(({ from }) => from === "key").length;

  const wider = useMemo(
    () => widerOf(widths, columnWidths({ columns: face.columns, rows: shown.lines }, widths)),
    [face.columns, shown.lines, widths],
  );
  if (wider !== widths) setWidths(wider);
  const columns = useMemo(
    () =>
      gridColumns(face.columns, widths, 0, { ...prefs, rates: false, cpus: false }).filter(
        ({ from }) => from === "value",
      ),
    [face.columns, widths, prefs],
  );

  const { scrollTo } = lines;
  const go = useCallback(
    (to: number): void => {
      wantsFocus.current = true;
      setAt({ line: to });
      scrollTo(to);
    },
    [scrollTo],
  );
  // who was in the table goes on in the tree
  useEffect(() => {
    if (document.activeElement === document.body) wantsFocus.current = true;
  }, []);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-line="${line}"]`);
    if (row === null || row === undefined) return;
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  });
  const went = useRef<typeof goTo>(null);
  useEffect(() => {
    if (goTo === null || went.current === goTo) return;
    went.current = goTo;
    setAt({ line: goTo.line });
    scrollTo(goTo.line);
  }, [goTo, scrollTo]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || event.metaKey) return;
    const here = shown.lineAt(line);
    const page = Math.max(1, lines.page - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: line - 1,
      ArrowDown: line + 1,
      PageUp: line - page,
      PageDown: line + page,
      Home: 0,
      End: lineCount - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) go(Math.min(Math.max(to, 0), lineCount - 1));
    else if (event.key === "*") void fold(app, id, null, false);
    else if (here === null) return;
    else if (event.key === "ArrowRight") {
      if (here.folded === true) void fold(app, id, here.key, false);
      else if (here.folded === false) go(Math.min(line + 1, lineCount - 1));
    } else if (event.key === "ArrowLeft") {
      if (here.folded === false) void fold(app, id, here.key, true);
      else if (here.above !== null) void reveal(app, id, { prefix: here.above }).then((up) => up !== null && go(up));
    } else if (event.key === " " && here.folded !== null) void fold(app, id, here.key, !here.folded);
    else if (event.key === "Enter") onOpen(here);
    else return;
    event.preventDefault();
  };

  const says = state.tree !== null && Object.values(state.tree.found).some((many) => many > 0);
  const template = [
    "minmax(230px, 230fr)",
    ...(says ? ["minmax(300px, 300fr)"] : []),
    "80px",
    ...columns.map(({ characters }) => {
      const width = Math.round(characters * characterWidth) + 30;
      return `minmax(${width}px, ${width}fr)`;
    }),
  ].join(" ");
  const least = columns.reduce(
    (sum, { characters }) => sum + Math.round(characters * characterWidth) + 30,
    says ? 610 : 310,
  );
  return (
    <div
      className="grid tree-grid"
      role="treegrid"
      aria-label={`${face.map.name} prefix tree`}
      aria-rowcount={lineCount + 1}
      aria-colcount={columns.length + (says ? 3 : 2)}
      aria-readonly
      ref={box}
      onKeyDown={onKeyDown}
      style={{ "--columns": template, "--least": `${least}px` } as React.CSSProperties}
    >
      <div role="rowgroup" className="grid-head">
        <div role="row" aria-rowindex={1} className="grid-row">
          <Head title="prefix" about={kind === "trie" ? "longest first" : "key"} />
          {says && <Head title="to be said" about="of look-ups of whole addresses" />}
          <Head title="below" about="entries" right />
          {columns.map(({ id: of, title, type, align }) => (
            <Head key={of} title={title} about={type} right={align === "number"} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="grid-body" style={{ height: lines.height }}>
        {drawn.map((index) => {
          const of = shown.lineAt(index);
          return (
            <div
              key={index}
              role="row"
              aria-rowindex={index + 2}
              aria-level={(of?.depth ?? 0) + 1}
              {...(of?.folded === null || of === null ? {} : { "aria-expanded": !of.folded })}
              data-line={index}
              tabIndex={index === line ? 0 : -1}
              className={rowClass(of, index === line, lit)}
              style={{ transform: `translateY(${lines.topOf(index)}px)` }}
              onFocus={(event) => {
                if (event.target === event.currentTarget && index !== line) setAt({ line: index });
              }}
              onDoubleClick={() => of !== null && onOpen(of)}
            >
              {of === null ? (
                <div role="gridcell" className="grid-cell" />
              ) : (
                <Cells
                  line={of}
                  {...{ columns, keys, kind, says }}
                  onFold={() => void fold(app, id, of.key, of.folded !== true)}
                />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function rowClass(line: TreeLine | null, on: boolean, lit: string | null): string {
  const marks = ["grid-row", on ? "on" : "", line?.aside === true ? "aside" : ""];
  if (line !== null && line.key === lit) marks.push("lit");
  return marks.filter((mark) => mark !== "").join(" ");
}

function Head(props: { readonly title: string; readonly about: string; readonly right?: boolean }): React.ReactNode {
  return (
    <div role="columnheader" className={props.right === true ? "grid-title right" : "grid-title"}>
      <span className="cut">{props.title}</span>
      <span className="cut dim">{props.about}</span>
    </div>
  );
}

interface CellsProps {
  readonly line: TreeLine;
  readonly columns: ReturnType<typeof gridColumns>;
  readonly keys: number;
  readonly kind: TableKind;
  /** there is a column for what is to be said */
  readonly says: boolean;
  readonly onFold: () => void;
}

function Cells({ line, columns, keys, kind, says, onFold }: CellsProps): React.ReactNode {
  const said = sayMarks(line, line.cells.slice(0, keys).join(" "), kind);
  return (
    <>
      <div
        role="gridcell"
        className="grid-cell mono"
        style={{ paddingLeft: 8 + Math.min(line.depth, deepest) * indent }}
      >
        {line.folded === null ? (
          <span className="tree-leaf" />
        ) : (
          // the row says itself whether it is unfolded, and the arrow keys do it
          <span className="tree-fold" aria-hidden="true" onClick={onFold}>
            <span className={`codicon codicon-chevron-${line.folded ? "right" : "down"}`} />
          </span>
        )}
        <span className="cut">{line.prefix}</span>
      </div>
      {says && (
        <div role="gridcell" className="grid-cell" title={said.map(({ text }) => text).join("; ")}>
          <span className="cut">
            {said.map(({ text, tone }, index) => (
              <span key={text} className={tone === "warn" ? "warn-text" : "mid"}>
                {index > 0 ? "; " : ""}
                {text}
              </span>
            ))}
          </span>
        </div>
      )}
      <div role="gridcell" className="grid-cell right number mid">
        {line.below === 0 ? "" : count(line.below)}
      </div>
      {columns.map((column) => {
        const text = line.cells[column.cell ?? 0] ?? "";
        return (
          <div
            key={column.id}
            role="gridcell"
            className={column.align === "number" ? "grid-cell right number" : "grid-cell mono"}
          >
            <span className="cut" title={text.length > 40 ? text : undefined}>
              {shownCell(text, column)}
            </span>
          </div>
        );
      })}
    </>
  );
}
