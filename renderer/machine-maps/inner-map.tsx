import { useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import { creatableTypes } from "../../protocol/manage-maps.ts";
import type { RowsFace } from "../../protocol/rows.ts";
import type { MapTab } from "../maps/map-view.ts";
import { openMap } from "../maps/open-map.ts";
import { readRowsNow } from "../maps/watch-rows.ts";
import type { App } from "../session/app.ts";
import { useApp } from "../session/use-app.tsx";
import { sentence } from "./map-deeds.ts";

/** From the row of a map of maps to the map in it. */
export function InnerMapTools({
  tab,
  face,
  cells,
  making,
  onMake,
}: {
  readonly tab: MapTab;
  readonly face: RowsFace;
  /** of the selected entry */
  readonly cells: readonly string[] | null;
  /** whether the form for a new one is open; null where none can be added */
  readonly making: boolean | null;
  readonly onMake: (making: boolean) => void;
}): React.ReactNode {
  const app = useApp();
  const id = cells === null ? null : innerId(face, cells);
  return (
    <>
      <Button
        className="button small"
        isDisabled={id === null}
        onPress={() => id !== null && void openInner(app, tab, face, cells ?? [], id)}
      >
        Open inner map
      </Button>
      {making !== null && (
        <Button className="button small" aria-expanded={making} onPress={() => onMake(!making)}>
          New inner map
        </Button>
      )}
    </>
  );
}

function innerId({ columns }: RowsFace, cells: readonly string[]): number | null {
  const at = columns.findIndex(({ from }) => from === "value");
  const id = Number(cells[at]);
  return Number.isInteger(id) && id > 0 ? id : null;
}

function keyOf({ columns }: RowsFace, cells: readonly string[]): string {
  return columns.flatMap(({ from }, at) => (from === "key" ? [cells[at] ?? ""] : [])).join(", ");
}

async function openInner(app: App, tab: MapTab, face: RowsFace, cells: readonly string[], id: number): Promise<void> {
  const name = app.store.get().maps?.find((map) => map.id === id)?.name ?? "";
  const outer = { id: tab.id, name: tab.name, key: keyOf(face, cells) };
  await openMap(app, { id, name: name === "" ? `map ${id}` : name, place: tab.place, outer });
}

/** Back to where it was opened from. */
export function Breadcrumb({ tab }: { readonly tab: MapTab }): React.ReactNode {
  const app = useApp();
  const { outer } = tab;
  if (outer === undefined) return null;
  return (
    <nav aria-label="Outer map" className="breadcrumb">
      <Button
        className="link-button"
        onPress={() => void openMap(app, { id: outer.id, name: outer.name, place: tab.place })}
      >
        {outer.name}
      </Button>
      <span className="dim">
        [{outer.key}] <span aria-hidden="true">›</span>
      </span>
    </nav>
  );
}

/** A map like the others in it, put in at once: it lives by that entry alone. */
export function NewInner({
  tab,
  face,
  close,
}: {
  readonly tab: MapTab;
  readonly face: RowsFace;
  readonly close: () => void;
}): React.ReactNode {
  const app = useApp();
  const keys = face.columns.filter(({ from }) => from === "key");
  const [cells, setCells] = useState<readonly string[]>(() => keys.map(() => ""));
  const [name, setName] = useState("");
  const [failed, setFailed] = useState<string | null>(null);
  const submit = async (): Promise<void> => {
    const wrong = await createInside(app, tab, name, cells);
    setFailed(wrong);
    if (wrong === null) close();
  };
  return (
    <form
      className="strip form add-entry"
      aria-label={`New inner map of ${face.map.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      {keys.map(({ path, type, hint }, index) => (
        <TextField
          key={path}
          className="field"
          value={cells[index] ?? ""}
          autoFocus={index === 0}
          onChange={(text) => setCells(cells.map((old, at) => (at === index ? text : old)))}
        >
          <Label>
            {path} <span className="dim">{type}</span>
          </Label>
          <Input className="input mono" title={hint} autoComplete="off" spellCheck={false} />
        </TextField>
      ))}
      <TextField className="field" value={name} onChange={setName} maxLength={15}>
        <Label>Name of the inner map</Label>
        <Input className="input mono" autoComplete="off" spellCheck={false} />
      </TextField>
      <Button className="button go" type="submit">
        Make and put in
      </Button>
      <Button className="button" onPress={close}>
        Close
      </Button>
      {failed !== null && (
        <p className="whole bad-text" role="alert">
          {failed}
        </p>
      )}
    </form>
  );
}

/** What is wrong, or null when it is in. */
async function createInside(app: App, tab: MapTab, name: string, keys: readonly string[]): Promise<string | null> {
  try {
    const { like } = await app.request("maps.inner", { id: tab.id });
    const type = creatableTypes.find((one) => one === like?.type);
    if (like === null || type === undefined) {
      return "What an inner map must be like is told by an entry, or by the object that this map came with, and there is neither: make one with New map, and choose it for an entry.";
    }
    const { id } = await app.request("maps.create", { ...like, type, name, inner: null, pin: null });
    try {
      await app.request("maps.set", { id: tab.id, cells: [...keys, `id:${id}`], when: "noexist", netns: null });
    } finally {
      // the entry keeps it, or it is not wanted
      await app.request("maps.release", { id });
    }
    await readRowsNow(app, tab.id);
    return null;
  } catch (error) {
    return sentence(error);
  }
}
