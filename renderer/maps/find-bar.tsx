import { useState } from "react";
import { Button } from "react-aria-components";
import { useApp } from "../session/use-app.tsx";
import type { RowsView } from "./rows-view.ts";

interface FindBarProps {
  readonly view: RowsView;
  /** place of the row with the focus */
  readonly at: number;
  readonly onFound: (row: number) => void;
}

/** Goes to a key, or to the next row with a text. */
export function FindBar({ view, at, onFound }: FindBarProps): React.ReactNode {
  const app = useApp();
  const [text, setText] = useState("");
  const [said, setSaid] = useState("");
  const { id } = view.state;
  const keys = view.face.columns.filter(({ from }) => from === "key").length;

  const find = async (backwards: boolean): Promise<void> => {
    if (text.trim() === "") return;
    const row = (await placeOfKey()) ?? (await placeOfText(backwards));
    if (typeof row === "number") {
      setSaid("");
      onFound(row);
    } else setSaid(row === "hidden" ? "the filter hides that key" : "not found");
  };
  /** null where it is no key, or not there */
  const placeOfKey = async (): Promise<number | "hidden" | null> => {
    const cells = keys === 1 ? [text.trim()] : text.split(/[,\s]+/).filter((part) => part !== "");
    if (cells.length !== keys) return null;
    // what is no key is a text
    const found = await app.request("rows.key", { id, cells }).catch(() => null);
    if (found === null || !found.there) return null;
    return found.row ?? "hidden";
  };
  const placeOfText = async (backwards: boolean): Promise<number | null> => {
    const from = backwards ? Math.max(0, at - 1) : at + 1;
    return (await app.request("rows.find", { id, text: text.trim(), from, backwards }).catch(() => ({ row: null })))
      .row;
  };
  return (
    <span className="find-bar">
      <input
        type="search"
        className="input mono"
        aria-label="Find key or text"
        placeholder="Find key or text"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setSaid("");
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          void find(event.shiftKey);
        }}
      />
      <Button className="icon-button" aria-label="Previous match" onPress={() => void find(true)}>
        <span className="codicon codicon-arrow-up" aria-hidden="true" />
      </Button>
      <Button className="icon-button" aria-label="Next match" onPress={() => void find(false)}>
        <span className="codicon codicon-arrow-down" aria-hidden="true" />
      </Button>
      <span className="mid" role="status">
        {said}
      </span>
    </span>
  );
}
