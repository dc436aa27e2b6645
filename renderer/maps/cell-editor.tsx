import { useEffect, useId, useRef, useState } from "react";
import type { Column } from "../../protocol/maps.ts";
import { Choices } from "./add-entry-form.tsx";
import { usePicking } from "./picking.tsx";

/** Where the focus goes, as in a spreadsheet; "apply": what is staged goes into the map at once. */
export type AfterEdit = "down" | "up" | "right" | "left" | "apply";

interface CellEditorProps {
  readonly column: Column;
  readonly text: string;
  /** typed over the cell, in place of what it has */
  readonly start?: string | null;
  /** gives what is wrong, or null when it is written */
  readonly set: (text: string) => Promise<string | null>;
  readonly close: () => void;
  /** takes what was typed, null where that is what was there, and goes on at once; null where it is waited for, and Enter is the only key that sets */
  readonly commit: ((typed: string | null, next: AfterEdit) => void) | null;
  /** what is wrong with it from the start: it was committed, and refused */
  readonly wrong?: string | null;
  /** of the line that says what may be typed */
  readonly hint: string;
}

/** A cell being edited, in its place. What was typed stays until it is written or given up. */
export function CellEditor({
  column,
  text,
  start = null,
  set,
  close,
  commit,
  wrong: refused = null,
  hint,
}: CellEditorProps): React.ReactNode {
  const [typed, setTyped] = useState(start ?? text);
  const [failed, setFailed] = useState<string | null>(refused);
  const [setting, setSetting] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const picking = usePicking({
    ...{ column, typed, untouched: typed === text, isActive: !setting && failed === null, field },
    take: setTyped,
  });

  useEffect(() => {
    field.current?.focus();
    if (start === null) field.current?.select();
  }, [start]);

  const submit = async (): Promise<void> => {
    setSetting(true);
    const wrong = await set(typed);
    setSetting(false);
    if (wrong === null) close();
    else {
      setFailed(wrong);
      field.current?.focus();
    }
  };
  const done = (next: AfterEdit): void => {
    if (commit === null) void submit();
    else commit(typed === text && refused === null ? null : typed, next);
  };
  return (
    <span className="cell-editor">
      <input
        ref={field}
        value={typed}
        readOnly={setting}
        spellCheck={false}
        autoComplete="off"
        aria-label={`New value of ${column.path}`}
        aria-invalid={failed !== null}
        aria-describedby={failed === null ? hint : `${id}-below`}
        {...(column.choices === null || picking.has ? {} : { list: `${id}-choices` })}
        {...picking.attributes}
        onChange={(event) => {
          setTyped(event.target.value);
          setFailed(null);
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (picking.onKey(event)) return;
          if (event.key === "Escape") close();
          else if (event.key === "Enter" && !setting) {
            done(event.ctrlKey ? "apply" : event.shiftKey ? "up" : "down");
          } else if (event.key === "Tab" && commit !== null) {
            event.preventDefault();
            done(event.shiftKey ? "left" : "right");
          }
        }}
        onDoubleClick={(event) => event.stopPropagation()}
        onBlur={() => {
          if (typed === text) close();
        }}
      />
      {picking.list}
      {column.choices !== null && !picking.has && <Choices id={`${id}-choices`} of={column.choices} />}
      {failed !== null && (
        <span id={`${id}-below`} className="below-cell bad-text" role="alert">
          {failed}
        </span>
      )}
    </span>
  );
}

interface CellHintProps {
  readonly id: string;
  readonly column: Column | null;
  /** what the keys do */
  readonly keys: string;
}

/** Below the table, so that it covers no rows. */
export function CellHint({ id, column, keys }: CellHintProps): React.ReactNode {
  if (column === null) return null;
  return (
    <p id={id} className="cell-hint mid">
      <span className="mono">{column.path}</span>: {column.hint} · {keys}
    </p>
  );
}
