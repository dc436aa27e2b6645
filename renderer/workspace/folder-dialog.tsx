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
import { closeDialog } from "../session/dialog.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { openWorkspace } from "./open-workspace.ts";
import { joinPath, parentOf } from "./workspace-view.ts";

/** File > Open folder: a path to type, the folders in it, and what was open before. */
export function FolderDialog(): React.ReactNode {
  const app = useApp();
  const open = useSession((state) => state.dialog?.kind === "folder");
  return (
    <ModalOverlay
      className="shade"
      isOpen={open}
      isDismissable
      onOpenChange={(is) => {
        if (!is) closeDialog(app);
      }}
    >
      <Modal className="modal large">
        <Dialog className="dialog">
          <Heading slot="title" level={2}>
            Open a folder as workspace
          </Heading>
          <FolderForm />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function FolderForm(): React.ReactNode {
  const app = useApp();
  const now = useSession((state) => state.workspace.now);
  const [folder, setFolder] = useState(now?.folder ?? "/");
  const [path, setPath] = useState(withSlash(now?.folder ?? "/"));
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
  const look = (to: string): void => {
    setFolder(to);
    setPath(withSlash(to));
    field.current?.focus();
  };
  const open = (to: string | null): void => {
    void openWorkspace(app, to).then((opened) => {
      if (opened) closeDialog(app);
    });
  };
  const before = [...(now === null || now.folder === now.usual ? [] : [now.usual]), ...(now?.recent ?? [])];
  return (
    <form
      className="open-form"
      onSubmit={(event) => {
        event.preventDefault();
        open(path.replace(/(?<=.)\/+$/, ""));
      }}
    >
      <TextField className="field wide" value={path} onChange={setPath} autoFocus>
        <Label>Path</Label>
        <Input className="input mono" spellCheck={false} autoComplete="off" ref={field} />
      </TextField>
      {failed !== null && (
        <p className="bad-text" role="alert">
          {failed}
        </p>
      )}
      <ListBox
        aria-label={`Folders in ${folder}`}
        className="files short"
        onAction={(key) => look(key === ".." ? parentOf(folder) : joinPath(folder, String(key)))}
        renderEmptyState={() => <p className="empty-line">No folder is in this folder.</p>}
      >
        {[
          ...(folder === "/" ? [] : [".."]),
          ...(listing?.path === folder ? listing.entries : [])
            .filter(({ kind }) => kind === "directory")
            .map(({ name }) => name),
        ].map((name) => (
          <ListBoxItem key={name} id={name} className="line" textValue={name}>
            <span className="codicon codicon-folder" aria-hidden="true" />
            <span className="grow cut">{name}/</span>
          </ListBoxItem>
        ))}
      </ListBox>
      {before.length > 0 && (
        <>
          <h3 className="mid">Recent workspaces</h3>
          <ListBox aria-label="Recent workspaces" className="files recent" onAction={(key) => open(String(key))}>
            {[...new Set(before)].map((recent) => (
              <ListBoxItem key={recent} id={recent} className="line" textValue={recent}>
                <span className="grow cut mono">{recent}</span>
                {recent === now?.usual && <span className="tag">usual</span>}
              </ListBoxItem>
            ))}
          </ListBox>
        </>
      )}
      <div className="dialog-buttons">
        <Button className="button" onPress={() => closeDialog(app)}>
          Cancel
        </Button>
        <Button className="button go" type="submit">
          Open folder
        </Button>
      </div>
    </form>
  );
}

function withSlash(folder: string): string {
  return folder.endsWith("/") ? folder : `${folder}/`;
}
