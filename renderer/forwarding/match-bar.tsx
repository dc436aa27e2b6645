import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { RowsMatched } from "../../protocol/tree.ts";
import type { RowsView } from "../maps/rows-view.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp } from "../session/use-app.tsx";
import { whenMatchRequested } from "./request-tree.ts";

interface MatchBarProps {
  readonly view: RowsView;
  readonly tab: string;
  /** null: nothing is lit any more */
  readonly onMatch: (found: RowsMatched["found"]) => void;
}

/** "Who matches 10.1.2.3?": the kernel is asked, and the entry that answers is lit. */
export function MatchBar({ view, tab, onMatch }: MatchBarProps): React.ReactNode {
  const app = useApp();
  const [text, setText] = useState("");
  const [said, setSaid] = useState<{ readonly text: string; readonly wrong: boolean } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const { id } = view.state;
  useEffect(() => whenMatchRequested(tab, () => field.current?.focus()), [tab]);

  const ask = async (): Promise<void> => {
    const address = text.trim();
    if (address === "") return;
    try {
      const { asked, found } = await app.request("rows.match", { id, address });
      setSaid(
        found === null ? { text: `nothing matches ${asked}`, wrong: false } : { text: sayFound(found), wrong: false },
      );
      onMatch(found);
    } catch (error) {
      const words = wordsOf(error);
      setSaid({
        text: words === null ? "cancelled" : [words.title, words.detail].filter(Boolean).join(". "),
        wrong: true,
      });
      onMatch(null);
    }
  };
  const clear = (): void => {
    setSaid(null);
    onMatch(null);
  };
  const sayFound = ({ prefix, row }: NonNullable<RowsMatched["found"]>): string =>
    row === null ? `${prefix}, which the filter hides` : prefix;
  return (
    <span className="match-bar">
      <input
        type="search"
        ref={field}
        className="input mono"
        aria-label="Who matches an address"
        aria-invalid={said?.wrong === true}
        placeholder={view.face.prefixes?.bits === 128 ? "Who matches 2001:db8::1?" : "Who matches 10.1.2.3?"}
        title="Asks the kernel which entry answers for an address"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          clear();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            void ask();
          } else if (event.key === "Escape" && (text !== "" || said !== null)) {
            event.stopPropagation();
            setText("");
            clear();
          }
        }}
      />
      <Button className="icon-button" aria-label="Ask the kernel" onPress={() => void ask()}>
        <span className="codicon codicon-arrow-right" aria-hidden="true" />
      </Button>
      {said !== null && (
        <span
          className={said.wrong ? "bad-text" : "mono"}
          role={said.wrong ? "alert" : "status"}
          aria-label={said.wrong ? undefined : "Matched"}
        >
          {said.text}
        </span>
      )}
    </span>
  );
}
