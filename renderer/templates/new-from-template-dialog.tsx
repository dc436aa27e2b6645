import { useId, useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import type { Template } from "../../protocol/source.ts";
import { Choice } from "../app/choice.tsx";
import { DialogForm } from "../app/dialog-form.tsx";
import { DialogFrame } from "../app/dialog-frame.tsx";
import { closeDialog } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { createFromTemplate, freeName, type Refusal } from "./new-from-template.ts";

/** The kernel keeps this much of a map's name. */
const keptOfMapName = 15;

export function NewFromTemplateDialog(): React.ReactNode {
  const app = useApp();
  const dialog = useSession((state) => state.dialog);
  const templates = useSession((state) => state.templates);
  const asked = dialog?.kind === "template" ? dialog : null;
  const first = templates.find(({ id }) => id === asked?.id) ?? templates[0];
  return (
    <DialogFrame title="New from template" isOpen={asked !== null} close={() => closeDialog(app)}>
      {first === undefined ? (
        <p className="mid">No template is known yet.</p>
      ) : (
        <NewForm templates={templates} first={first} />
      )}
    </DialogFrame>
  );
}

interface NewFormProps {
  readonly templates: readonly Template[];
  readonly first: Template;
}

function NewForm({ templates, first }: NewFormProps): React.ReactNode {
  const app = useApp();
  const workspace = useSession((state) => state.workspace);
  const [template, setTemplate] = useState(first);
  const [folder, setFolder] = useState(() => freeName(workspace, first.id));
  const [names, setNames] = useState(defaultsOf(first));
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const choose = (id: string): void => {
    const chosen = templates.find((one) => one.id === id);
    if (chosen === undefined || chosen === template) return;
    setTemplate(chosen);
    setFolder(freeName(workspace, chosen.id));
    setNames(defaultsOf(chosen));
    setRefusal(null);
  };
  const submit = async (form: HTMLFormElement): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const refused = await createFromTemplate(app, template.id, folder, names);
    setBusy(false);
    setRefusal(refused);
    if (refused !== null) form.querySelector<HTMLElement>(`input[name="${CSS.escape(refused.field)}"]`)?.focus();
  };
  const whyNot = (field: string): string | null => (refusal?.field === field ? refusal.why : null);
  return (
    <DialogForm submit={(form) => void submit(form)} cancel={() => closeDialog(app)} go="Create" isPending={busy}>
      <Choice
        label="Template"
        value={template.id}
        choose={choose}
        items={templates.map(({ id, title, summary }) => ({ id, title, note: summary }))}
        width="wide"
        about={template.summary}
      />
      <NameField
        name="folder"
        label={`Folder, in ${workspace.now?.folder ?? "the workspace"}`}
        value={folder}
        wrong={whyNot("folder")}
        note={null}
        change={(typed) => {
          setFolder(typed);
          setRefusal(null);
        }}
        first
      />
      <div className="name-fields">
        {template.names.map(({ id, what, kind }) => (
          <NameField
            key={`${template.id} ${id}`}
            name={id}
            label={what}
            value={names[id] ?? ""}
            wrong={whyNot(id)}
            note={kind === "map" ? noteOn(names[id] ?? "") : null}
            change={(typed) => {
              setNames({ ...names, [id]: typed });
              setRefusal(null);
            }}
          />
        ))}
      </div>
    </DialogForm>
  );
}

interface NameFieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly wrong: string | null;
  readonly note: string | null;
  readonly change: (typed: string) => void;
  readonly first?: boolean;
}

function NameField({ name, label, value, wrong, note, change, first }: NameFieldProps): React.ReactNode {
  const said = useId();
  return (
    <TextField
      className="field"
      name={name}
      value={value}
      onChange={change}
      isInvalid={wrong !== null}
      // the browser would not let a field that was wrong once be sent again
      validationBehavior="aria"
      autoFocus={first === true}
    >
      <Label>{capital(label)}</Label>
      <Input
        className="input mono"
        aria-describedby={said}
        spellCheck={false}
        autoComplete="off"
        onFocus={(event) => event.target.select()}
      />
      <p id={said} className={wrong === null ? "warn-text" : "bad-text"} role={wrong === null ? undefined : "alert"}>
        {wrong ?? note}
      </p>
    </TextField>
  );
}

function noteOn(name: string): string | null {
  if (name.length <= keptOfMapName) return null;
  return `the kernel keeps ${keptOfMapName} characters: other tools list it as ${name.slice(0, keptOfMapName)}`;
}

function defaultsOf({ names }: Template): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name.id, name.default]));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
