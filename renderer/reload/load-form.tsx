import { useId, useState } from "react";
import { Button, Form } from "react-aria-components";
import { closeDialog } from "../session/dialog.ts";
import { useApp } from "../session/use-app.tsx";
import { count } from "../verify/sizes.ts";
import { changeLoadSet } from "./change-load-set.ts";
import { LoadCell } from "./load-cell.tsx";
import { type LoadSet, loadSetOf } from "./load-sets.ts";
import { checkLoadSet, type Loadable } from "./read-loadable.ts";

type Texts = ReadonlyMap<string, string>;
const globalKey = (name: string): string => `global ${name}`;
const sizeKey = (name: string): string => `size ${name}`;

/** One field a global and a map; what is left empty stays as the source has it. */
export function LoadForm({ path, loadable }: { readonly path: string; readonly loadable: Loadable }): React.ReactNode {
  const app = useApp();
  const { globals, maps } = loadable;
  const [texts, setTexts] = useState<Texts>(() => textsOf(loadSetOf(app.store.get(), path)));
  const [wrong, setWrong] = useState<{ readonly field: string | null; readonly wrong: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const headings = useId();
  const known = new Set([...globals.map(({ name }) => globalKey(name)), ...maps.map(({ name }) => sizeKey(name))]);
  const strangers = [...texts.keys()].filter((key) => !known.has(key) && texts.get(key) !== "");

  const type = (key: string, text: string): void => {
    setTexts(new Map(texts).set(key, text));
    setWrong(null);
  };
  const wrongOf = (name: string): string | null => (wrong?.field === name ? wrong.wrong : null);
  /** returns whether all of it fits */
  const check = async (): Promise<boolean> => {
    const size = badSize(texts);
    const found = size ?? (isEmpty(texts) ? null : await checkLoadSet(app, path, setOf(texts)));
    setWrong(found);
    return found === null;
  };
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const fits = await check();
    setBusy(false);
    if (!fits) return;
    changeLoadSet(app, path, setOf(texts));
    closeDialog(app);
  };
  const elsewhere = wrong !== null && !(wrong.field !== null && isShown(wrong.field, loadable)) ? wrong.wrong : null;
  return (
    <Form
      className="reload"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p className="mid">
        Used by every verdict, attach and code view of this source from now on, until they are reset. What is left empty
        is as the source has it.
      </p>
      <div className="reload-body load-form">
        {globals.length > 0 && <h3 id={`${headings}-globals`}>Globals</h3>}
        {globals.length > 0 && (
          <ul className="reload-maps" aria-labelledby={`${headings}-globals`}>
            {globals.map(({ section, name, type: declared, value, hint, choices, readOnly }, index) => (
              <LoadCell
                key={name}
                name={name}
                kind={<span className="mono">{declared}</span>}
                where={section}
                declared={value}
                hint={hint}
                choices={choices}
                readOnly={readOnly}
                text={texts.get(globalKey(name)) ?? ""}
                wrong={wrongOf(name)}
                first={index === globals.findIndex((one) => one.readOnly === null)}
                onType={(text) => type(globalKey(name), text)}
                onLeave={check}
              />
            ))}
          </ul>
        )}
        {maps.length > 0 && <h3 id={`${headings}-maps`}>Map sizes</h3>}
        {maps.length > 0 && (
          <ul className="reload-maps" aria-labelledby={`${headings}-maps`}>
            {maps.map(({ name, type: kind, maxEntries }, index) => (
              <LoadCell
                key={name}
                name={name}
                kind={kind.replaceAll("_", " ")}
                where="entries at most"
                declared={count(maxEntries)}
                hint="1 to 4294967295 entries"
                choices={null}
                readOnly={null}
                text={texts.get(sizeKey(name)) ?? ""}
                wrong={wrongOf(name)}
                first={index === 0 && globals.every(({ readOnly }) => readOnly !== null)}
                onType={(text) => type(sizeKey(name), text)}
                onLeave={check}
              />
            ))}
          </ul>
        )}
        {globals.length === 0 && maps.length === 0 && (
          <p className="mid">This source has neither global variables nor maps: there is nothing to set.</p>
        )}
      </div>
      {strangers.length > 0 && (
        <p className="mid">
          Set before, and no longer in the source:{" "}
          <span className="mono">{strangers.map((key) => key.replace(/^\S+ /, "")).join(", ")}</span>.{" "}
          <Button
            className="link-button"
            onPress={() => setTexts(new Map([...texts].filter(([key]) => known.has(key))))}
          >
            Forget them
          </Button>
        </p>
      )}
      {elsewhere !== null && (
        <p className="bad-text" role="alert">
          {elsewhere}
        </p>
      )}
      <div className="dialog-buttons">
        <Button className="button" isDisabled={isEmpty(texts)} onPress={() => setTexts(new Map())}>
          Reset all
        </Button>
        <span className="grow" />
        <Button className="button" onPress={() => closeDialog(app)}>
          Cancel
        </Button>
        <Button type="submit" className="button go" isPending={busy}>
          Set
        </Button>
      </div>
    </Form>
  );
}

function textsOf({ globals = [], maxEntries = [] }: LoadSet): Texts {
  return new Map([
    ...globals.map(({ name, value }) => [globalKey(name), value] as const),
    ...maxEntries.map(({ map, entries }) => [sizeKey(map), String(entries)] as const),
  ]);
}

function setOf(texts: Texts): LoadSet {
  const given = [...texts].filter(([, text]) => text.trim() !== "");
  const of = (prefix: string) =>
    given.filter(([key]) => key.startsWith(prefix)).map(([key, text]) => [key.slice(prefix.length), text] as const);
  const globals = of("global ").map(([name, value]) => ({ name, value }));
  const maxEntries = of("size ").map(([map, text]) => ({ map, entries: Number(text.replaceAll(",", "")) }));
  return {
    ...(globals.length === 0 ? {} : { globals }),
    ...(maxEntries.length === 0 ? {} : { maxEntries }),
  };
}

function isEmpty(texts: Texts): boolean {
  return [...texts.values()].every((text) => text.trim() === "");
}

function badSize(texts: Texts): { readonly field: string; readonly wrong: string } | null {
  for (const [key, text] of texts) {
    const entries = Number(text.replaceAll(",", ""));
    if (!key.startsWith("size ") || text.trim() === "") continue;
    if (Number.isInteger(entries) && entries >= 1 && entries <= 0xffff_ffff) continue;
    const field = key.slice("size ".length);
    return { field, wrong: `size of ${field}: “${text}” is not a number of entries; give 1 to 4294967295` };
  }
  return null;
}

function isShown(field: string, { globals, maps }: Loadable): boolean {
  return globals.some(({ name }) => name === field) || maps.some(({ name }) => name === field);
}
