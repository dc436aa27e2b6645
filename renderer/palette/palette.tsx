import { CancellationTokenSource } from "vscode-jsonrpc";
import { useEffect, useMemo, useRef, useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { actions } from "../app/actions.ts";
import { revealSource } from "../editor/reveal.ts";
import { openSource } from "../editor/open-source.ts";
import { baseName } from "../editor/open-sources.ts";
import { closeDialog } from "../session/dialog.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { keysOf } from "../settings/keys-of.ts";
import { openTemplate } from "../templates/open-template.ts";
import { joinPath, relativeTo } from "../workspace/workspace-view.ts";
import { rank } from "./rank.ts";

interface Entry {
  readonly id: string;
  /** what is searched, and shown */
  readonly name: string;
  readonly note: string;
  readonly keys: string | null;
  readonly enabled: boolean;
  readonly run: () => void;
}

const shown = 60;

/** Ctrl+P: files of the workspace by name; behind ">" (Ctrl+Shift+P) everything that can be done. */
export function Palette(): React.ReactNode {
  const app = useApp();
  const dialog = useSession((state) => state.dialog);
  const open = dialog?.kind === "palette";
  return (
    <ModalOverlay
      className="shade palette-shade"
      isOpen={open}
      isDismissable
      onOpenChange={(is) => {
        if (!is) closeDialog(app);
      }}
    >
      <Modal className="modal large">
        <Dialog className="dialog palette">
          <Heading slot="title" level={2} className="unseen">
            Files and actions
          </Heading>
          {dialog?.kind === "palette" && <Finder start={dialog.text} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Finder({ start }: { readonly start: string }): React.ReactNode {
  const app = useApp();
  const [typed, setTyped] = useState(start);
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const isActions = typed.startsWith(">");
  const { files, trouble, read } = useFiles();
  const doable = useDoable();
  const [text = "", line] = isActions ? [typed.slice(1)] : typed.split(/:(?=\d*$)/, 2);
  const found = useMemo(
    () => (isActions ? rank(doable, text, ({ name }) => name, 300) : rank(files, text, (name) => name, shown)),
    [isActions, doable, files, text],
  );
  const entries = found.map((one): Entry => (typeof one === "string" ? fileEntry(one) : one));
  const current = Math.min(at, Math.max(0, entries.length - 1));

  function fileEntry(name: string): Entry {
    const folder = app.store.get().workspace.now?.folder ?? "/";
    const path = name.startsWith("/") ? name : joinPath(folder, name);
    const to = Number(line ?? "");
    return {
      id: name,
      name: baseName(name),
      note: name.slice(0, Math.max(0, name.length - baseName(name).length - 1)),
      keys: null,
      enabled: true,
      run: () => void (to > 0 ? revealSource(app, path, { line: to, column: 1 }) : openSource(app, path)),
    };
  }

  useEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(start.length, start.length);
  }, [start]);
  useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: "nearest" });
  }, [current, found]);

  const run = (entry: Entry | undefined): void => {
    if (entry?.enabled !== true) return;
    closeDialog(app);
    // after the box has given the focus back, so that what it opens can take it
    setTimeout(entry.run);
  };
  /** Enter came before the files did */
  const runFirst = (): void => {
    app.request("workspace.files", {}).then(
      (listed) => {
        const [first] = rank(listed.files, text, (name) => name, 1);
        if (first !== undefined) run(fileEntry(first));
      },
      // what is wrong stands below the field
      () => undefined,
    );
  };
  return (
    <>
      <input
        ref={field}
        className="input mono palette-field"
        role="combobox"
        aria-label={isActions ? "Action to run" : "File to open; > for actions"}
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls="palette-list"
        aria-activedescendant={entries.length === 0 ? undefined : `palette-${current}`}
        placeholder="name of a file, name:line, or > and an action"
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
          if (step !== undefined && entries.length > 0) {
            const to = current + step;
            setAt(Math.abs(step) === 1 ? (to + entries.length) % entries.length : clamp(to, entries.length));
          } else if (event.key === "Enter") {
            if (entries.length === 0 && !isActions && !read) runFirst();
            else run(entries[current]);
          } else return;
          event.preventDefault();
        }}
      />
      <ul
        id="palette-list"
        role="listbox"
        aria-label={isActions ? "Actions" : "Files"}
        className="palette-list"
        ref={list}
      >
        {entries.map((entry, index) => (
          // the field has the focus and its keys; the mouse has this
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={entry.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === current}
            aria-disabled={!entry.enabled}
            className={index === current ? "menu-item chosen" : "menu-item"}
            onClick={() => run(entry)}
          >
            <span className="label cut">
              {entry.name} <span className="dim">{entry.note}</span>
            </span>
            {entry.keys !== null && <kbd>{entry.keys}</kbd>}
          </li>
        ))}
      </ul>
      <p className="dim" role="status">
        {trouble !== null && !isActions
          ? trouble
          : entries.length > 0
            ? ""
            : isActions || read
              ? "Nothing is called that."
              : "Reading the workspace…"}
      </p>
    </>
  );
}

function clamp(at: number, length: number): number {
  return Math.max(0, Math.min(length - 1, at));
}

interface Files {
  readonly files: readonly string[];
  readonly trouble: string | null;
  /** the workspace's are among them */
  readonly read: boolean;
}

/** Open ones first, then all of the workspace. */
function useFiles(): Files {
  const app = useApp();
  const [found, setFound] = useState<Files>(() => ({
    read: false,
    files: openOnes(app.store.get()),
    trouble: null,
  }));
  useEffect(() => {
    const source = new CancellationTokenSource();
    const open = openOnes(app.store.get());
    app.request("workspace.files", {}, source.token).then(
      ({ files, more }) =>
        setFound({
          read: true,
          files: [...new Set([...open, ...files])],
          trouble: more ? "The workspace has more files than are listed here: those nearest to its folder are." : null,
        }),
      (error: unknown) => setFound({ read: true, files: open, trouble: wordsOf(error)?.title ?? null }),
    );
    return () => source.cancel();
  }, [app]);
  return found;
}

function openOnes({ sources, workspace }: ReturnType<ReturnType<typeof useApp>["store"]["get"]>): readonly string[] {
  const folder = workspace.now?.folder;
  return sources.map(({ path }) => (folder === undefined ? path : relativeTo(folder, path)));
}

function useDoable(): readonly Entry[] {
  const app = useApp();
  const [entries] = useState(() => {
    const state = app.store.get();
    return [
      ...actions.map(
        (action): Entry => ({
          id: action.id,
          name: `${action.menu}: ${action.title}`,
          note: "",
          keys: keysOf(state.settings, action.id),
          enabled: action.enabled?.(state) !== false,
          run: () => action.run(app),
        }),
      ),
      ...state.templates.map(
        ({ id, title }): Entry => ({
          id: `template ${id}`,
          name: `Open template: ${title}`,
          note: "",
          keys: null,
          enabled: true,
          run: () => void openTemplate(app, id),
        }),
      ),
    ];
  });
  return entries;
}
