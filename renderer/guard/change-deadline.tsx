import { useState } from "react";
import { Checkbox, Input, TextField } from "react-aria-components";
import { useApp, useSession } from "../session/use-app.tsx";

/** Beside Apply: whether a change of a map is taken back unless it is kept, and after how long. */
export function ChangeDeadline(): React.ReactNode {
  const app = useApp();
  const { on, seconds } = useSession((state) => state.changeDeadline);
  const [text, setText] = useState(String(seconds));
  return (
    <span className="change-deadline">
      <Checkbox
        className="check"
        isSelected={on}
        onChange={(is) => app.store.set({ changeDeadline: { on: is, seconds } })}
      >
        <span className={`check-box${on ? " codicon codicon-check" : ""}`} aria-hidden="true" />
        Take back unless kept{on ? " within" : ""}
      </Checkbox>
      {on && (
        <>
          <TextField
            aria-label="Seconds to keep it in"
            inputMode="numeric"
            value={text}
            isInvalid={!isSeconds(text)}
            onChange={(typed) => {
              setText(typed);
              if (isSeconds(typed)) app.store.set({ changeDeadline: { on: true, seconds: Number(typed) } });
            }}
          >
            <Input className="input short" />
          </TextField>
          s
        </>
      )}
    </span>
  );
}

function isSeconds(text: string): boolean {
  return /^\d{1,4}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 3600;
}
