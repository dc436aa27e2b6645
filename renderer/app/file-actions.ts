/** The File menu. */
import { closeSource } from "../editor/close-source.ts";
import { isC } from "../editor/language/system-file.ts";
import { objectAt } from "../editor/open-sources.ts";
import { saveSource } from "../editor/save-source.ts";
import { closeMap } from "../maps/open-map.ts";
import type { App } from "../session/app.ts";
import { showDialog } from "../session/dialog.ts";
import { newFromTemplate } from "../templates/new-from-template.ts";
import { editSettings } from "../settings/apply-settings.ts";
import { newEntry, saveAs } from "../workspace/change-files.ts";
import type { SessionState } from "../session/state.ts";
import { saveAndVerify } from "../verify/save-and-verify.ts";
import { type Action, hasSource, hasText, withActive } from "./action.ts";

const hasWorkspace = ({ workspace }: SessionState): boolean => workspace.now !== null;

function closeShownTab(app: App): void {
  const id = app.panels.activeTab();
  if (id === null) return;
  if (id.startsWith("source:")) void closeSource(app, id.slice("source:".length));
  else if (id.startsWith("map:")) closeMap(app, id);
  else if (
    id === "start" ||
    id.startsWith("view:") ||
    id === "shortcuts" ||
    id === "code" ||
    id === "redirects" ||
    id === "maps" ||
    id.startsWith("interface:")
  )
    app.panels.close(id);
}

export const fileActions: readonly Action[] = [
  {
    id: "new-file",
    menu: "File",
    title: "New file…",
    keys: "Alt+N",
    run: (app) => newEntry(app, "file", null),
    enabled: hasWorkspace,
  },
  {
    id: "new-from-template",
    menu: "File",
    title: "New from template…",
    keys: "Alt+Shift+N",
    run: (app) => newFromTemplate(app, null),
    enabled: hasWorkspace,
  },
  { id: "open", menu: "File", title: "Open…", keys: "Ctrl+O", run: (app) => app.store.set({ opening: true }) },
  {
    id: "quick-open",
    menu: "File",
    title: "Open by name…",
    keys: "Ctrl+P",
    run: (app) => showDialog(app, { kind: "palette", text: "" }),
  },
  {
    id: "open-folder",
    menu: "File",
    title: "Open folder…",
    keys: "Ctrl+Alt+O",
    run: (app) => showDialog(app, { kind: "folder" }),
    enabled: hasWorkspace,
  },
  {
    id: "save",
    menu: "File",
    title: "Save and verify",
    keys: "Ctrl+S",
    run: (app) =>
      withActive(app, (path) =>
        isC(path) || objectAt(app, path) !== null ? saveAndVerify(app, path) : saveSource(app, path),
      ),
    enabled: hasSource,
    apart: true,
  },
  {
    id: "save-only",
    menu: "File",
    title: "Save only",
    keys: "Ctrl+Shift+S",
    run: (app) => withActive(app, (path) => saveSource(app, path)),
    enabled: hasText,
  },
  {
    id: "save-as",
    menu: "File",
    title: "Save as…",
    keys: "Ctrl+Alt+S",
    run: (app) => withActive(app, async (path) => saveAs(app, path)),
    enabled: hasText,
  },
  {
    id: "settings",
    menu: "File",
    title: "Settings",
    keys: "Ctrl+,",
    run: (app) => void editSettings(app),
    apart: true,
  },
  { id: "close", menu: "File", title: "Close tab", keys: "Alt+W", run: closeShownTab, apart: true },
];
