/** The walk folded by C line: a line opens to its steps, the one of the current step is always open. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { WalkLine, WalkState, WalkStep } from "../../protocol/walk.ts";
import { baseName } from "../editor/open-sources.ts";
import { revealSource } from "../editor/reveal.ts";
import { useApp } from "../session/use-app.tsx";
import { rowAt, rowCount, rowOfStep, type OpenLine } from "./walk-rows.ts";
import { usePages, type Walked } from "./use-walk.ts";

const rowHeight = 19;

interface Props {
  readonly walked: Walked;
  readonly state: WalkState;
  /** the last step is where it was rejected */
  readonly rejected: boolean;
  readonly go: (step: number) => void;
}

export function WalkLines({ walked, state, rejected, go }: Props): React.ReactNode {
  const { object, program } = walked;
  const app = useApp();
  const key = `${object} ${program}`;
  const loadLines = useCallback(
    async (from: number, count: number) => (await app.request("verify.lines", { object, program, from, count })).lines,
    [app, object, program],
  );
  const loadSteps = useCallback(
    async (from: number, count: number) => (await app.request("verify.steps", { object, program, from, count })).steps,
    [app, object, program],
  );
  const lines = usePages<WalkLine>(key, loadLines);
  const steps = usePages<WalkStep>(key, loadSteps);
  const [opened, setOpened] = useState<{ readonly key: string; readonly lines: readonly OpenLine[] }>({
    key,
    lines: [],
  });
  const { line: currentLine, first, last } = state;
  const open = useMemo(() => {
    const others = (opened.key === key ? opened.lines : []).filter(({ line }) => line !== currentLine);
    return [...others, { line: currentLine, first, last }].toSorted((one, other) => one.line - other.line);
  }, [opened, key, currentLine, first, last]);
  const toggle = ({ first: from, last: to }: WalkLine, line: number): void => {
    if (line === currentLine) return;
    const own = opened.key === key ? opened.lines : [];
    const without = own.filter((one) => one.line !== line);
    setOpened({ key, lines: without.length < own.length ? without : [...own, { line, first: from, last: to }] });
  };

  const scroll = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is compiled for memoization
  const rows = useVirtualizer({
    count: rowCount(state.lines, open),
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 20,
  });
  useEffect(() => {
    // the button that asked for the steps went with its place: its focus comes here
    if (document.activeElement === document.body) scroll.current?.focus();
  }, []);
  const current = rowOfStep(open, state);
  useEffect(() => rows.scrollToIndex(current, { align: "auto" }), [rows, current, key]);
  const shown = rows.getVirtualItems().map((item) => ({ ...item, row: rowAt(open, item.index) }));
  useEffect(() => {
    for (const { row } of shown) {
      lines.want(row.line);
      if (row.step !== null) steps.want(row.step);
    }
  });

  const move = (event: React.KeyboardEvent): void => {
    const to = stepByKey(event.key, state);
    if (to === null || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <div
      className="walk-lines"
      ref={scroll}
      tabIndex={0}
      role="group"
      aria-label={`Log of ${program} by C line: arrow keys go from step to step, Page Up and Page Down from line to line`}
      onKeyDown={move}
    >
      <div style={{ height: rows.getTotalSize() }}>
        {shown.map(({ index, start, row }) => {
          const style = { transform: `translateY(${start}px)` };
          const line = lines.at(row.line);
          if (row.step === null) {
            const isOpen = open.some((one) => one.line === row.line);
            return (
              <div key={index} className="log-line walk-line" style={style}>
                {line !== undefined && (
                  <>
                    <Button
                      className="walk-fold"
                      aria-expanded={isOpen}
                      excludeFromTabOrder
                      isDisabled={row.line === currentLine}
                      onPress={() => toggle(line, row.line)}
                    >
                      <span className={`codicon codicon-chevron-${isOpen ? "down" : "right"}`} aria-hidden="true" />
                      {line.text === "" ? "code of no C line" : line.text}
                    </Button>
                    {line.line > 0 && line.file.startsWith("/") && (
                      <Button
                        className="link-button"
                        aria-label={`Go to ${baseName(line.file)}:${line.line}`}
                        excludeFromTabOrder
                        onPress={() => void revealSource(app, line.file, { line: line.line, column: 1 })}
                      >
                        {baseName(line.file)}:{line.line}
                      </Button>
                    )}
                    {!isOpen && line.last > line.first && (
                      <span className="dim"> {line.last - line.first + 1} steps</span>
                    )}
                  </>
                )}
              </div>
            );
          }
          const step = steps.at(row.step);
          const isCurrent = row.step === state.step;
          const failing = rejected && row.step === state.steps - 1;
          return (
            <div
              key={index}
              className={`log-line walk-step${isCurrent ? " current" : ""}${failing ? " telling-line" : ""}`}
              style={style}
              aria-current={isCurrent ? "step" : undefined}
              onClick={() => row.step !== null && go(row.step)}
            >
              {step !== undefined && (
                <>
                  <span className="walk-number">{step.instruction}</span>
                  {step.text}
                  {step.state !== "" && <span className="walk-state">; {step.state}</span>}
                </>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function stepByKey(key: string, { step, steps, first, last }: WalkState): number | null {
  switch (key) {
    case "ArrowDown":
    case "ArrowRight":
      return Math.min(steps - 1, step + 1);
    case "ArrowUp":
    case "ArrowLeft":
      return Math.max(0, step - 1);
    case "PageDown":
      return Math.min(steps - 1, last + 1);
    case "PageUp":
      return Math.max(0, step > first ? first : first - 1);
    case "Home":
      return 0;
    case "End":
      return steps - 1;
    default:
      return null;
  }
}
