import { useEffect, useId, useRef, useState } from "react";
import type { RowsColumn, WrongFilter } from "../../protocol/rows.ts";
import { useApp } from "../session/use-app.tsx";
import { mayGoOn } from "./half-typed.ts";
import type { RowsView } from "./rows-view.ts";
import { arrangeRows } from "./watch-rows.ts";

/** ms without a key: then what is there is meant, and what is wrong with it is said */
const rest = 400;

/**
 * Conditions and free text, applied with each key: the newest wins. What cannot be applied yet (`prefix in 10.`) changes
 * nothing, and is said at its place once the keys rest; what may be the beginning of a condition (`pref`) is no text to
 * look for before that.
 */
export function FilterBar({ view }: { readonly view: RowsView }): React.ReactNode {
  const app = useApp();
  const { id } = view.state;
  const [typed, setTyped] = useState(view.filter);
  const [rested, setRested] = useState(true);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const below = useId();
  useEffect(() => () => clearTimeout(timer.current), []);
  const apply = (filter: string): void => void arrangeRows(app, id, { filter });
  const settle = (text: string): void => {
    clearTimeout(timer.current);
    setRested(true);
    if (text !== view.filter) apply(text);
  };
  const change = (text: string): void => {
    setTyped(text);
    setRested(false);
    const columns = view.face.columns.map(({ path }) => path);
    const held = mayGoOn(text, columns);
    if (!held) apply(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setRested(true);
      if (held) apply(text);
    }, rest);
  };
  const wrong = rested && typed === view.filter ? view.wrong : null;
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
          if (event.key === "Enter") settle(typed);
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
