import { DialogForm } from "../app/dialog-form.tsx";
import { DialogFrame } from "../app/dialog-frame.tsx";
import { focusEditor } from "../app/regions.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { FilePicker } from "../workspace/file-picker.tsx";
import { useBrowsing } from "../workspace/use-browsing.ts";
import { joinPath } from "../workspace/workspace-view.ts";
import { openSource } from "./open-source.ts";

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
    <DialogForm submit={() => submit(path)} cancel={close} go="Open">
      <FilePicker browsing={browsing} choose={submit} sourcesAndObjects />
    </DialogForm>
  );
}
