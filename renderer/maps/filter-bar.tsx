import { useEffect, useId, useRef, useState } from "react";
import type { RowsColumn, WrongFilter } from "../../protocol/rows.ts";
import { useApp } from "../session/use-app.tsx";
import type { RowsView } from "./rows-view.ts";
import { arrangeRows } from "./watch-rows.ts";

const pause = 150;

/** Conditions and free text; what is wrong with them is said at its place. */
export function FilterBar({ view }: { readonly view: RowsView }): React.ReactNode {
  const app = useApp();
  const { id } = view.state;
  const [typed, setTyped] = useState(view.filter);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const below = useId();
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (text: string): void => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void arrangeRows(app, id, { filter: text }), pause);
  };
  const wrong = typed === view.filter ? view.wrong : null;
  return (
    <div className="filter-bar">
      <input
        type="search"
        className="input mono grow"
        aria-label="Filter"
        aria-invalid={wrong !== null}
        aria-describedby={wrong === null ? undefined : below}
        placeholder={exampleOf(view.face.columns)}
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && typed !== "") {
            event.stopPropagation();
            change("");
          }
        }}
      />
      {wrong !== null && <WrongPlace id={below} text={typed} wrong={wrong} />}
    </div>
  );
}

function WrongPlace(props: {
  readonly id: string;
  readonly text: string;
  readonly wrong: WrongFilter;
}): React.ReactNode {
  const { id, text, wrong } = props;
  return (
    <p id={id} className="filter-wrong" role="alert">
      <span className="mono" aria-hidden="true">
        {text.slice(Math.max(0, wrong.start - 40), wrong.start)}
        <mark>{text.slice(wrong.start, wrong.end) || "⎵"}</mark>
        {text.slice(wrong.end, wrong.end + 40)}
      </span>{" "}
      <span className="bad-text">
        column {wrong.start + 1}: {wrong.message}
      </span>
    </p>
  );
}

/** In words of this table. */
function exampleOf(columns: readonly RowsColumn[]): string {
  const address = columns.find(({ hint }) => /IPv4/.test(hint));
  const counter = columns.find(({ counts }) => counts);
  const parts = [
    address === undefined ? "" : `${address.path} in 10.0.0.0/8`,
    counter === undefined ? "" : `${counter.path} > 1000`,
  ].filter((part) => part !== "");
  return `Filter: ${[parts.join(" and "), "text"].filter((part) => part !== "").join(", or ")}`;
}
