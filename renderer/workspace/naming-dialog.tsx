import { useEffect, useRef, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import { DialogForm } from "../app/dialog-form.tsx";
import { DialogFrame } from "../app/dialog-frame.tsx";
import { closeDialog, type Naming } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";

const focusMilliseconds = 50;

/** A name or path to type: for new files, renaming and Save as. */
export function NamingDialog(): React.ReactNode {
  const app = useApp();
  const dialog = useSession((state) => state.dialog);
  const naming = dialog?.kind === "naming" ? dialog : null;
  return (
    <DialogFrame title={naming?.title ?? ""} isOpen={naming !== null} close={() => closeDialog(app)}>
      {naming !== null && <NamingForm naming={naming} />}
    </DialogFrame>
  );
}

function NamingForm({ naming }: { readonly naming: Naming }): React.ReactNode {
  const app = useApp();
  const [value, setValue] = useState(naming.value);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(...naming.chosen);
  }, [naming]);
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const found = await naming.submit(value);
    setBusy(false);
    setWrong(typeof found === "string" ? found : null);
    if (typeof found === "string") return;
    if (app.store.get().dialog === naming) closeDialog(app);
    // the box gives the focus back first, to where it was before
    if (found !== null) setTimeout(found, focusMilliseconds);
  };
  return (
    <DialogForm
      submit={() => void submit()}
      cancel={() => closeDialog(app)}
      go={naming.button}
      isPending={busy}
      wrong={wrong}
    >
      <TextField
        className="field wide"
        value={value}
        onChange={(typed) => {
          setValue(typed);
          setWrong(null);
        }}
        isInvalid={wrong !== null}
        // the browser would not let a field that was wrong once be sent again
        validationBehavior="aria"
      >
        <Label>{naming.label}</Label>
        <Input className="input mono" spellCheck={false} autoComplete="off" ref={field} />
      </TextField>
    </DialogForm>
  );
}
