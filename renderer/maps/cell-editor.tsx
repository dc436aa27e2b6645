import { useEffect, useId, useRef, useState } from "react";
import type { Column } from "../../protocol/maps.ts";
import { Choices } from "./add-entry-form.tsx";

interface CellEditorProps {
  readonly column: Column;
  readonly text: string;
  /** gives what is wrong, or null when it is written */
  readonly set: (text: string) => Promise<string | null>;
  readonly close: () => void;
  /** of the line that says what may be typed */
  readonly hint: string;
}

/** A cell being edited, in its place. What was typed stays until it is written or given up. */
export function CellEditor({ column, text, set, close, hint }: CellEditorProps): React.ReactNode {
  const [typed, setTyped] = useState(text);
  const [failed, setFailed] = useState<string | null>(null);
  const [setting, setSetting] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);

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
        {...(column.choices === null ? {} : { list: `${id}-choices` })}
        onChange={(event) => {
          setTyped(event.target.value);
          setFailed(null);
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") close();
          else if (event.key === "Enter" && !setting) void submit();
        }}
        onDoubleClick={(event) => event.stopPropagation()}
        onBlur={() => {
          if (typed === text) close();
        }}
      />
      {column.choices !== null && <Choices id={`${id}-choices`} of={column.choices} />}
      {failed !== null && (
        <span id={`${id}-below`} className="below-cell bad-text" role="alert">
          {failed}
        </span>
      )}
    </span>
  );
}

/** Below the table, so that it covers no rows. */
export function CellHint({ id, column }: { readonly id: string; readonly column: Column | null }): React.ReactNode {
  if (column === null) return null;
  return (
    <p id={id} className="cell-hint mid">
      <span className="mono">{column.path}</span>: {column.hint} · Enter sets, Escape leaves it
    </p>
  );
}
