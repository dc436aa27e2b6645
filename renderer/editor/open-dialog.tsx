import { Button, ListBox, ListBoxItem } from "react-aria-components";
import { DialogFrame } from "../app/dialog-frame.tsx";
import { focusEditor } from "../app/regions.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { PathField } from "../workspace/path-field.tsx";
import { useBrowsing } from "../workspace/use-browsing.ts";
import { joinPath, parentOf } from "../workspace/workspace-view.ts";
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
    <DialogFrame title="Open a file" isOpen={open} close={close} large>
      <OpenForm close={close} />
    </DialogFrame>
  );
}

function OpenForm({ close }: { readonly close: () => void }): React.ReactNode {
  const app = useApp();
  const workspace = useSession((state) => state.session?.workspace ?? "/");
  const browsing = useBrowsing(workspace);
  const { folder, path, entries, look } = browsing;
  const submit = (to: string): void => {
    const entry = to.endsWith("/") ? "directory" : entries.find(({ name }) => joinPath(folder, name) === to)?.kind;
    if (entry === "directory") {
      look(to === "/" ? to : to.replace(/\/+$/, ""));
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
      <PathField browsing={browsing} />
      <ListBox
        aria-label={`Files in ${folder}`}
        className="files"
        onAction={(key) => {
          if (key === "..") look(parentOf(folder));
          else submit(joinPath(folder, String(key)));
        }}
        renderEmptyState={() => <p className="empty-line">Nothing is in this folder.</p>}
      >
        {[...(folder === "/" ? [] : [{ name: "..", kind: "directory" as const }]), ...entries].map(({ name, kind }) => (
          <ListBoxItem key={name} id={name} className="line" textValue={name} isDisabled={kind === "other"}>
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
