import { useRef, useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import type { Column, MapSummary } from "../../protocol/maps.ts";
import { useApp } from "../session/use-app.tsx";
import type { MapTab } from "./map-view.ts";
import { usePicking } from "./picking.tsx";
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
  // What is typed next belongs to the next entry: it is not waited for. What is refused comes back as it was typed.
  const submit = async (): Promise<void> => {
    const given = texts;
    setTexts(given.map(() => ""));
    setFailed(null);
    first.current?.focus();
    const refused = atOnce ? null : await stageEdits(app, tab, [{ do: "add", cells: [...given] }]);
    const wrong = atOnce ? await addEntry(app, tab, given) : (refused?.wrong[0]?.message ?? null);
    if (wrong === null) {
      if (atOnce) await added();
      return;
    }
    setFailed(`${given[0] ?? ""}: ${wrong}`);
    setTexts((now) => (now.every((text) => text === "") ? given : now));
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
      {table.columns.map((column, index) => (
        <EntryField
          key={`${column.from} ${column.path}`}
          {...{ column, tab }}
          index={index}
          text={texts[index] ?? ""}
          isActive={at === index}
          {...(index === 0 ? { first } : {})}
          onFocus={() => setAt(index)}
          onText={(text) => setTexts((now) => now.map((old, of) => (of === index ? text : old)))}
        />
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

interface EntryFieldProps {
  readonly column: Column;
  readonly tab: MapTab;
  readonly index: number;
  readonly text: string;
  /** the field that has, or had, the focus */
  readonly isActive: boolean;
  readonly first?: React.RefObject<HTMLInputElement | null>;
  readonly onFocus: () => void;
  readonly onText: (text: string) => void;
}

function EntryField({ column, tab, index, text, isActive, first, onFocus, onText }: EntryFieldProps): React.ReactNode {
  const { path, hint, type, choices } = column;
  const own = useRef<HTMLInputElement>(null);
  const field = first ?? own;
  const [focused, setFocused] = useState(false);
  const picking = usePicking({
    column,
    typed: text,
    untouched: text === "",
    isActive: isActive && focused,
    field,
    take: onText,
  });
  return (
    <TextField
      className="field"
      value={text}
      autoFocus={index === 0}
      onFocus={() => {
        onFocus();
        setFocused(true);
      }}
      onBlur={() => setFocused(false)}
      onChange={onText}
    >
      <Label>
        {path} <span className="dim">{type}</span>
      </Label>
      <Input
        className="input mono"
        ref={field}
        title={hint}
        aria-describedby={`hint-${tab.id}`}
        spellCheck={false}
        autoComplete="off"
        {...(column.leftOut === true ? { placeholder: "0" } : {})}
        {...(choices === null || picking.has ? {} : { list: `choices-${tab.id}-${index}` })}
        {...picking.attributes}
        onKeyDown={(event) => void picking.onKey(event)}
      />
      {picking.list}
      {choices !== null && !picking.has && <Choices id={`choices-${tab.id}-${index}`} of={choices} />}
    </TextField>
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
