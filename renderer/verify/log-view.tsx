import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { Button, Input, SearchField } from "react-aria-components";
import { CopyButton } from "../commands/copy-button.tsx";
import { baseName } from "../editor/open-sources.ts";
import { revealSource } from "../editor/reveal.ts";
import { useApp } from "../session/use-app.tsx";

const lineHeight = 19;

interface LogViewProps {
  readonly text: string;
  readonly name: string;
  /** of the source, for lines that name one of its lines */
  readonly path: string;
  /** the line that says why it was rejected */
  readonly telling: string | null;
}

/** A log of any length: only the lines in view are drawn. */
export function LogView({ text, name, path, telling }: LogViewProps): React.ReactNode {
  const app = useApp();
  const lines = useMemo(() => (text === "" ? [] : text.replace(/\n$/, "").split("\n")), [text]);
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const scroll = useRef<HTMLDivElement>(null);
  const found = useMemo(() => {
    if (wanted === "") return [];
    const small = wanted.toLowerCase();
    return lines.flatMap((line, index) => (line.toLowerCase().includes(small) ? [index] : []));
  }, [lines, wanted]);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is compiled for memoization
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  });
  const go = (to: number): void => {
    const next = found.length === 0 ? 0 : (to + found.length) % found.length;
    setAt(next);
    const line = found[next];
    if (line !== undefined) rows.scrollToIndex(line, { align: "center" });
  };
  if (lines.length === 0) return <p className="empty">The verifier wrote no log.</p>;
  const current = found[at];
  return (
    <div className="log">
      <div className="strip">
        <SearchField
          aria-label={`Search the log of ${name}`}
          value={wanted}
          onChange={(value) => {
            setWanted(value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") go(at + (event.shiftKey ? -1 : 1));
          }}
        >
          <Input className="input" placeholder="Search the log" />
        </SearchField>
        <Button
          className="icon-button"
          aria-label="Previous match"
          isDisabled={found.length === 0}
          onPress={() => go(at - 1)}
        >
          <span className="codicon codicon-arrow-up" aria-hidden="true" />
        </Button>
        <Button
          className="icon-button"
          aria-label="Next match"
          isDisabled={found.length === 0}
          onPress={() => go(at + 1)}
        >
          <span className="codicon codicon-arrow-down" aria-hidden="true" />
        </Button>
        <span className="dim number" role="status">
          {wanted === ""
            ? `${lines.length} ${lines.length === 1 ? "line" : "lines"}`
            : found.length === 0
              ? "no match"
              : `${at + 1} of ${found.length}`}
        </span>
        <span className="grow" />
        <CopyButton text={text} of="whole log" />
      </div>
      <div className="log-lines" ref={scroll} tabIndex={0} role="log" aria-live="off" aria-label={`Log of ${name}`}>
        <div style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index] ?? "";
            const source = sourceLine(line, path);
            const marks = [
              line.startsWith(";") ? "dim" : "",
              telling !== null && telling !== "" && line.trim() === telling ? "telling-line" : "",
              index === current ? "current" : wanted !== "" && found.includes(index) ? "found" : "",
            ];
            return (
              <div
                key={index}
                className={`log-line ${marks.filter((mark) => mark !== "").join(" ")}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                {line}
                {source !== null && (
                  <Button
                    className="link-button"
                    aria-label={`Go to line ${source}`}
                    excludeFromTabOrder
                    onPress={() => void revealSource(app, path, { line: source, column: 1 })}
                  >
                    go
                  </Button>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** `; if (x) @ program.bpf.c:23`: the line of our source that the instructions below come from. */
function sourceLine(line: string, path: string): number | null {
  const match = /@ ([^@]+):(\d+)$/.exec(line);
  const [, file, number] = match ?? [];
  return file !== undefined && baseName(file) === baseName(path) ? Number(number) : null;
}
