import { useId } from "react";
import { Choices } from "../maps/add-entry-form.tsx";

interface LoadCellProps {
  readonly name: string;
  readonly kind: React.ReactNode;
  /** a section, or what the number counts */
  readonly where: string;
  /** as the source has it */
  readonly declared: string;
  readonly hint: string;
  readonly choices: readonly string[] | null;
  readonly readOnly: string | null;
  readonly text: string;
  readonly wrong: string | null;
  /** takes the focus when the form opens */
  readonly first: boolean;
  readonly onType: (text: string) => void;
  readonly onLeave: () => Promise<boolean>;
}

/** One value to set, and beside it what to type or what is wrong with it. */
export function LoadCell(props: LoadCellProps): React.ReactNode {
  const { name, kind, where, declared, hint, choices, readOnly, text, wrong, first, onType, onLeave } = props;
  const id = useId();
  return (
    <li className="reload-map load-cell">
      <label htmlFor={id} className="reload-name">
        <b className="mono cut" title={name}>
          {name}
        </b>
        <span className="dim cut">
          {kind} · {where}
        </span>
      </label>
      {readOnly === null ? (
        <input
          id={id}
          className="input mono"
          value={text}
          placeholder={declared}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- what the dialog is opened for
          autoFocus={first}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={wrong !== null}
          aria-describedby={`${id}-below`}
          {...(choices === null ? {} : { list: `${id}-choices` })}
          onChange={(event) => onType(event.target.value)}
          onBlur={() => {
            if (text !== "") void onLeave();
          }}
        />
      ) : (
        <output id={id} className="mono cut mid" title={declared}>
          {declared}
        </output>
      )}
      {choices !== null && readOnly === null && <Choices id={`${id}-choices`} of={choices} />}
      <span
        id={`${id}-below`}
        className={wrong === null ? "below dim" : "below bad-text"}
        role={wrong === null ? undefined : "alert"}
      >
        {readOnly ?? wrong ?? (text === "" ? hint : `${hint} · ${declared} in the source`)}
      </span>
    </li>
  );
}
