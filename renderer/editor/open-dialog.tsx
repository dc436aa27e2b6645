import { useEffect, useRef, useState } from "react";
import {
  Button,
  Dialog,
  Heading,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Modal,
  ModalOverlay,
  TextField,
} from "react-aria-components";
import type { Directory } from "../../protocol/source.ts";
import { focusEditor } from "../app/regions.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { openSource } from "./open-source.ts";

const marks = {
  directory: "codicon-folder",
  source: "codicon-file-code",
  object: "codicon-file-binary",
  other: "codicon-file",
};

/** File > Open: a path to type, and the folder that it is in to choose from. */
export function OpenDialog(): React.ReactNode {
  const app = useApp();
  const open = useSession((state) => state.opening);
  const close = (): void => app.store.set({ opening: false });
  return (
    <ModalOverlay className="shade" isOpen={open} isDismissable onOpenChange={(is) => app.store.set({ opening: is })}>
      <Modal className="modal large">
        <Dialog className="dialog">
          <Heading slot="title" level={2}>
            Open a file
          </Heading>
          <OpenForm close={close} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function OpenForm({ close }: { readonly close: () => void }): React.ReactNode {
  const app = useApp();
  const workspace = useSession((state) => state.session?.workspace ?? "/");
  const [folder, setFolder] = useState(workspace);
  const [path, setPath] = useState(withSlash(workspace));
  const [listing, setListing] = useState<Directory | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let ended = false;
    app.request("source.list", { path: folder }).then(
      (found) => {
        if (ended) return;
        setListing({ ...found, path: folder });
        setFailed(null);
      },
      (error: unknown) => {
        if (!ended) setFailed(wordsOf(error)?.title ?? null);
      },
    );
    return () => {
      ended = true;
    };
  }, [app, folder]);

  const enter = (to: string): void => {
    setFolder(to);
    setPath(withSlash(to));
    field.current?.focus();
  };
  const submit = (to: string): void => {
    const entry = to.endsWith("/") ? "directory" : listing?.entries.find(({ name }) => join(folder, name) === to)?.kind;
    if (entry === "directory") {
      enter(to === "/" ? to : to.replace(/\/+$/, ""));
      return;
    }
    void openSource(app, to).then((opened) => {
      if (!opened) return;
      close();
      // The dialog held the focus while the editor was made, and would give it back to where it was before.
      requestAnimationFrame(focusEditor);
    });
  };
  return (
    <form
      className="open-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit(path);
      }}
    >
      <TextField className="field wide" value={path} onChange={setPath} autoFocus>
        <Label>Path</Label>
        <Input className="input mono" spellCheck={false} ref={field} />
      </TextField>
      {failed !== null && (
        <p className="bad-text" role="alert">
          {failed}
        </p>
      )}
      <ListBox
        aria-label={`Files in ${folder}`}
        className="files"
        onAction={(key) => {
          const name = String(key);
          if (name === "..") enter(folder.replace(/\/[^/]+$/, "") || "/");
          else submit(join(folder, name));
        }}
        renderEmptyState={() => <p className="empty-line">Nothing is in this folder.</p>}
      >
        {[
          ...(folder === "/" ? [] : [{ name: "..", kind: "directory" as const }]),
          ...(listing?.path === folder ? listing.entries : []),
        ].map(({ name, kind }) => (
          <ListBoxItem
            key={name}
            id={name}
            className="line"
            textValue={name}
            isDisabled={kind === "other" || kind === "object"}
          >
            <span className={`codicon ${marks[kind]}`} aria-hidden="true" />
            <span className="grow cut">
              {name}
              {kind === "directory" && "/"}
            </span>
          </ListBoxItem>
        ))}
      </ListBox>
      <div className="dialog-buttons">
        <Button className="button" onPress={close}>
          Cancel
        </Button>
        <Button className="button go" type="submit">
          Open
        </Button>
      </div>
    </form>
  );
}

function join(folder: string, name: string): string {
  return withSlash(folder) + name;
}

function withSlash(folder: string): string {
  return folder.endsWith("/") ? folder : `${folder}/`;
}
