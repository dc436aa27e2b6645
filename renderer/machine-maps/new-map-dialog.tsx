import { useState } from "react";
import { Input, Label, TextField } from "react-aria-components";
import { Choice } from "../app/choice.tsx";
import { DialogForm } from "../app/dialog-form.tsx";
import { DialogFrame } from "../app/dialog-frame.tsx";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import { openMap } from "../maps/open-map.ts";
import { closeDialog } from "../session/dialog.ts";
import { notify } from "../session/notices.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { pinFolder, sentence } from "./map-deeds.ts";
import { flagsOf, holdsMaps, type NewType, newMapShapes, shapeOfType } from "./new-map-shapes.ts";
import { readOverviewAnew } from "./read-overview.ts";

/** A map that no program brought. */
export function NewMapDialog(): React.ReactNode {
  const app = useApp();
  const isOpen = useSession(({ dialog }) => dialog?.kind === "new-map");
  return (
    <DialogFrame title="New map" isOpen={isOpen} close={() => closeDialog(app)}>
      {isOpen && <NewMapForm />}
    </DialogFrame>
  );
}

function NewMapForm(): React.ReactNode {
  const app = useApp();
  const maps = useSession((state) => state.maps) ?? [];
  const [type, setType] = useState<NewType>("hash");
  const shape = shapeOfType(type);
  const [sizes, setSizes] = useState({ key: "4", value: "8", entries: "1024" });
  const [name, setName] = useState("");
  /** null: as the name proposes */
  const [typedPin, setPin] = useState<string | null>(null);
  const [inner, setInner] = useState<number | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const pin = typedPin ?? (name === "" ? "" : `${pinFolder}${name.replaceAll(".", "_")}`);
  const choose = (wanted: NewType): void => {
    const { key, value, entries } = shapeOfType(wanted);
    setType(wanted);
    setSizes({ key: `${key}`, value: `${value}`, entries: `${entries}` });
    setWrong(null);
  };
  const submit = async (): Promise<void> => {
    const problem = whatIsWrong(name, sizes, holdsMaps(type) && inner === null);
    setWrong(problem);
    if (problem !== null || busy) return;
    setBusy(true);
    try {
      const { id } = await app.request("maps.create", {
        ...{
          type,
          name,
          keySize: Number(sizes.key),
          valueSize: Number(sizes.value),
          maxEntries: Number(sizes.entries),
        },
        ...{ flags: flagsOf(type), inner: holdsMaps(type) ? inner : null, pin: pin === "" ? null : pin },
      });
      closeDialog(app);
      const lives = pin === "" ? "it lives while the workbench runs, or something else holds it" : `pinned at ${pin}`;
      notify(app, { kind: "info", title: `${name || type} is made (id ${id}): ${lives}` });
      await Promise.all([readOverviewAnew(app), refreshAfterAction(app)]);
      await openMap(app, { id, name, place: null });
    } catch (error) {
      setWrong(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  const size = (of: keyof typeof sizes, label: string, isDisabled = false): React.ReactNode => (
    <TextField
      className="field"
      value={sizes[of]}
      isDisabled={isDisabled}
      onChange={(text) => setSizes({ ...sizes, [of]: text })}
    >
      <Label>{label}</Label>
      <Input className="input mono short" inputMode="numeric" autoComplete="off" />
    </TextField>
  );
  return (
    <DialogForm submit={() => void submit()} cancel={() => closeDialog(app)} go="Make" isPending={busy} wrong={wrong}>
      <TextField className="field" value={name} onChange={setName} autoFocus maxLength={15}>
        <Label>Name</Label>
        <Input className="input mono" autoComplete="off" spellCheck={false} />
      </TextField>
      <Choice
        label="Type"
        value={type}
        choose={choose}
        width="wide"
        items={newMapShapes.map((one) => ({ id: one.type, title: one.type.replaceAll("_", " "), note: one.what }))}
      />
      <div className="new-map-sizes">
        {size("key", "Key, bytes", shape.fixed !== undefined)}
        {size("value", "Value, bytes", shape.fixed === "both")}
        {size("entries", type === "ringbuf" ? "Bytes" : "Entries at most")}
      </div>
      {holdsMaps(type) && (
        <Choice
          label="Inner maps are like"
          value={inner === null ? null : String(inner)}
          choose={(key) => setInner(Number(key))}
          width="wide"
          items={maps
            .filter((map) => !holdsMaps(map.type) && map.type !== "prog_array")
            .map((map) => ({
              id: String(map.id),
              title: `${map.name || "no name"} (id ${map.id})`,
              note: `${map.type.replaceAll("_", " ")} · key ${map.keySize} B · value ${map.valueSize} B`,
            }))}
        />
      )}
      <TextField className="field wide" value={pin} onChange={setPin}>
        <Label>Pinned at, under {pinFolder}</Label>
        <Input className="input mono" autoComplete="off" spellCheck={false} />
      </TextField>
      <p className="mid">
        A map lives as long as something holds it. Without a pin this one is held by the workbench, and is gone when
        that ends unless a program, a pin or a map of maps has it by then.
      </p>
    </DialogForm>
  );
}

function whatIsWrong(
  name: string,
  sizes: Readonly<Record<"key" | "value" | "entries", string>>,
  needsInner: boolean,
): string | null {
  if (!/^[A-Za-z0-9_.]{1,15}$/.test(name)) return 'Give a name of at most 15 letters, digits, "_" and ".".';
  for (const [size, text] of Object.entries(sizes)) {
    if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffff_ffff)
      return `The ${size} size “${text}” is not a number of 32 bits.`;
  }
  return needsInner ? "Choose a map that the inner maps are like: make one first where there is none." : null;
}
