import { useRef, useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import type { Column, MapSummary } from "../../protocol/maps.ts";
import { useApp } from "../session/use-app.tsx";
import type { MapTab } from "./map-view.ts";
import { applyStaged } from "../staged/apply-staged.ts";
import { stageEdits } from "../staged/stage-edits.ts";
import { addEntry } from "./set-cell.ts";

interface AddEntryProps {
  readonly tab: MapTab;
  readonly table: { readonly map: Pick<MapSummary, "name">; readonly columns: readonly Column[] };
  /** done when the table shows it */
  readonly added: () => Promise<void>;
  readonly close: () => void;
}

/** A new entry, one field a column: staged. It stays open for the next one. */
export function AddEntryForm({ tab, table, added, close }: AddEntryProps): React.ReactNode {
  const app = useApp();
  const [texts, setTexts] = useState<readonly string[]>(() => table.columns.map(() => ""));
  const [at, setAt] = useState(0);
  const [failed, setFailed] = useState<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const atOnce = table.columns.some(setsAtOnce);
  const submit = async (): Promise<void> => {
    const refused = atOnce ? null : await stageEdits(app, tab, [{ do: "add", cells: [...texts] }]);
    const wrong = atOnce ? await addEntry(app, tab, texts) : (refused?.wrong[0]?.message ?? null);
    setFailed(wrong);
    if (wrong !== null) return;
    setTexts(table.columns.map(() => ""));
    first.current?.focus();
    if (atOnce) await added();
  };
  return (
    <form
      className="strip form add-entry"
      aria-label={`New entry of ${table.map.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        else if (event.key === "Enter" && event.ctrlKey && texts.every((text) => text === "")) {
          event.preventDefault();
          void applyStaged(app, tab);
        }
      }}
    >
      {table.columns.map(({ path, hint, type, choices, from }, index) => (
        <TextField
          key={`${from} ${path}`}
          className="field"
          value={texts[index] ?? ""}
          autoFocus={index === 0}
          onFocus={() => setAt(index)}
          onChange={(text) => setTexts(texts.map((old, at) => (at === index ? text : old)))}
        >
          <Label>
            {path} <span className="dim">{type}</span>
          </Label>
          <Input
            className="input mono"
            {...(index === 0 ? { ref: first } : {})}
            title={hint}
            aria-describedby={`hint-${tab.id}`}
            spellCheck={false}
            autoComplete="off"
            {...(choices === null ? {} : { list: `choices-${tab.id}-${index}` })}
          />
          {choices !== null && <Choices id={`choices-${tab.id}-${index}`} of={choices} />}
        </TextField>
      ))}
      <Button type="submit" className="button go">
        {atOnce ? "Add" : "Stage"}
      </Button>
      <Button className="button" onPress={close}>
        Close
      </Button>
      <p id={`hint-${tab.id}`} className="whole dim">
        {table.columns[at]?.path}: {table.columns[at]?.hint}
      </p>
      {failed !== null && (
        <p className="bad-text whole" role="alert">
          {failed}
        </p>
      )}
    </form>
  );
}

/** A program that is named may have to be loaded for the entry, which is no matter of bytes: it is written at once. */
export function setsAtOnce(column: { readonly path: string }): boolean {
  return column.path === "bpf_prog.id";
}

export function Choices({ id, of }: { readonly id: string; readonly of: readonly string[] }): React.ReactNode {
  return (
    <datalist id={id}>
      {of.map((choice) => (
        <option key={choice} value={choice} />
      ))}
    </datalist>
  );
}
