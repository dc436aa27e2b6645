import { ListBox, ListBoxItem } from "react-aria-components";
import { DialogForm } from "../app/dialog-form.tsx";
import { DialogFrame } from "../app/dialog-frame.tsx";
import { closeDialog } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { openWorkspace } from "./open-workspace.ts";
import { PathField } from "./path-field.tsx";
import { useBrowsing } from "./use-browsing.ts";
import { joinPath, parentOf } from "./workspace-view.ts";

/** File > Open folder: a path to type, the folders in it, and what was open before. */
export function FolderDialog(): React.ReactNode {
  const app = useApp();
  const open = useSession((state) => state.dialog?.kind === "folder");
  return (
    <DialogFrame title="Open a folder as workspace" isOpen={open} close={() => closeDialog(app)} large>
      <FolderForm />
    </DialogFrame>
  );
}

function FolderForm(): React.ReactNode {
  const app = useApp();
  const now = useSession((state) => state.workspace.now);
  const browsing = useBrowsing(now?.folder ?? "/");
  const { folder, path, entries, look } = browsing;
  const open = (to: string | null): void => {
    void openWorkspace(app, to).then((opened) => {
      if (opened) closeDialog(app);
    });
  };
  const before = [...(now === null || now.folder === now.usual ? [] : [now.usual]), ...(now?.recent ?? [])];
  return (
    <DialogForm submit={() => open(path.replace(/(?<=.)\/+$/, ""))} cancel={() => closeDialog(app)} go="Open folder">
      <PathField browsing={browsing} />
      <ListBox
        aria-label={`Folders in ${folder}`}
        className="files short"
        onAction={(key) => look(key === ".." ? parentOf(folder) : joinPath(folder, String(key)))}
        renderEmptyState={() => <p className="empty-line">No folder is in this folder.</p>}
      >
        {[
          ...(folder === "/" ? [] : [".."]),
          ...entries.filter(({ kind }) => kind === "directory").map(({ name }) => name),
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
    </DialogForm>
  );
}
