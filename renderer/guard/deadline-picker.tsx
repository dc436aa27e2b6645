import { useState } from "react";
import {
  Button,
  Checkbox,
  Dialog,
  DialogTrigger,
  FieldError,
  Heading,
  Input,
  Label,
  TextField,
} from "react-aria-components";
import { carriedBy } from "../preflight/preflight-lines.ts";
import { ToolPopover } from "../app/tool-popover.tsx";
import { useApp, useSession } from "../session/use-app.tsx";
import { deadlineOf } from "./deadline.ts";

/** Beside Attach: whether it is rolled back unless it is kept, and after how long. */
export function DeadlinePicker(): React.ReactNode {
  const app = useApp();
  const deadline = useSession(deadlineOf);
  const answer = useSession((state) => state.preflight?.answer ?? null);
  const [open, setOpen] = useState(false);
  const { on, seconds } = deadline;
  const carried = answer === null ? [] : carriedBy(answer);
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <Button
        className={on ? "button deadline-pick on" : "button deadline-pick"}
        aria-label={on ? `Deadline: kept only if confirmed within ${seconds} s` : "Deadline: none"}
      >
        <span className="codicon codicon-watch" aria-hidden="true" />
        <span aria-hidden="true" className="dim">
          ▾
        </span>
      </Button>
      <ToolPopover className="deadline-popover">
        <Dialog className="deadline-dialog">
          <Heading slot="title" level={2}>
            Confirm or roll back
          </Heading>
          <p className="mid">
            With a deadline, what was there before comes back by itself unless you keep the program in time, even if
            this machine can no longer be reached.
          </p>
          {carried.map((what) => (
            <p key={what}>
              <span className="tag warn">careful</span> {what}.
            </p>
          ))}
          <Checkbox
            className="check"
            isSelected={on}
            onChange={(is) => app.store.set({ deadline: { on: is, seconds } })}
          >
            <span className={`check-box${on ? " codicon codicon-check" : ""}`} aria-hidden="true" />
            Roll back unless it is kept
          </Checkbox>
          <SecondsField key={String(open)} seconds={seconds} />
          <p className="dim">It holds until another interface is chosen.</p>
        </Dialog>
      </ToolPopover>
    </DialogTrigger>
  );
}

/** What is typed holds at once: Attach by key does not wait for the field to be left. */
function SecondsField({ seconds }: { readonly seconds: number }): React.ReactNode {
  const app = useApp();
  const [text, setText] = useState(String(seconds));
  const valid = isSeconds(text);
  return (
    <TextField
      className="field deadline-seconds"
      inputMode="numeric"
      value={text}
      isInvalid={!valid}
      onChange={(typed) => {
        setText(typed);
        if (isSeconds(typed)) app.store.set({ deadline: { on: true, seconds: Number(typed) } });
      }}
    >
      <Label>Seconds to keep it in</Label>
      <Input className="input short" />
      <FieldError className="bad-text">a whole number from 1 to 3600</FieldError>
    </TextField>
  );
}

function isSeconds(text: string): boolean {
  return /^\d{1,4}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 3600;
}
