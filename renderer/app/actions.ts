/** Everything that can be done from the menus, with its keys: the menus, the shortcuts and the help page read this list. */
import { attachActive } from "../attach/attach-program.ts";
import { askToDetachAll, detachOnExitOrNot } from "../attach/detach-all.ts";
import { detachChosen } from "../attach/detach-program.ts";
import { closeSource } from "../editor/close-source.ts";
import { isC } from "../editor/language/system-file.ts";
import { languageOf } from "../editor/language-of.ts";
import { objectAt } from "../editor/open-sources.ts";
import { saveSource } from "../editor/save-source.ts";
import { isWaiting } from "../guard/guard-views.ts";
import { confirmGuard, rollBackGuard, settleByKey } from "../guard/hear-guards.ts";
import { showInterface } from "../interfaces/choose-place.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import { makeLab, removeLab } from "../lab/make-lab.ts";
import { closeMap } from "../maps/open-map.ts";
import { mapsKey, showMaps, showNewMap } from "../machine-maps/show-maps.ts";
import { addEntryKey, requestAddEntry } from "../maps/request-add-entry.ts";
import { hasPrefixes, matchKey, requestMatch, requestTree, treeKey } from "../forwarding/request-tree.ts";
import { runPacketTests } from "../packets/run-packet-tests.ts";
import type { App } from "../session/app.ts";
import { showDialog } from "../session/dialog.ts";
import { isStoppable, stopLastWork } from "../session/work.ts";
import { newFromTemplate } from "../templates/new-from-template.ts";
import { changeSetting, editSettings } from "../settings/apply-settings.ts";
import { newEntry, saveAs } from "../workspace/change-files.ts";
import { revealInTree } from "../workspace/reveal-in-tree.ts";
import { showRedirects } from "../redirects/show-redirects.ts";
import { askOrNot } from "../reload/ask-or-not.ts";
import { unlock } from "../session/unlock.ts";
import type { SessionState } from "../session/state.ts";
import { saveAndVerify } from "../verify/save-and-verify.ts";
import { verifySource } from "../verify/verify-source.ts";
import { type Action, hasSource, hasText } from "./action.ts";
import { codeActions } from "./code-actions.ts";
import { editActions } from "./edit-actions.ts";
import { focusEditor, stepRegion } from "./regions.ts";
import { showPanel } from "./show-panel.ts";
import { themeChoices } from "./theme.ts";

const hasWorkspace = ({ workspace }: SessionState): boolean => workspace.now !== null;
const hasDeadline = ({ guards }: SessionState): boolean => guards.some(isWaiting);
const hasPlace = ({ place }: SessionState): boolean => place !== null;

function withActive(app: App, run: (path: string) => Promise<unknown>): void {
  const { active } = app.store.get();
  if (active !== null) void run(active);
}

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

export const actions: readonly Action[] = [
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
  ...editActions,
  {
    id: "palette",
    menu: "View",
    title: "All actions…",
    keys: "Ctrl+Shift+P",
    run: (app) => showDialog(app, { kind: "palette", text: ">" }),
  },
  {
    id: "start",
    menu: "View",
    title: "Start",
    keys: "Alt+1",
    run: (app) => app.panels.show({ id: "start", where: "editors", name: "Start" }),
  },
  {
    id: "problems",
    menu: "View",
    title: "Problems",
    keys: "Ctrl+Shift+M",
    run: (app) => showPanel(app, "problems", "Problems"),
    apart: true,
  },
  {
    id: "verifier",
    menu: "View",
    title: "Verifier",
    keys: "Alt+2",
    run: (app) => showPanel(app, "verifier", "Verifier"),
  },
  {
    id: "search",
    menu: "View",
    title: "Search in files",
    keys: "Ctrl+Shift+F",
    run: (app) => {
      showPanel(app, "search", "Search");
      app.store.set({ searchAsked: app.store.get().searchAsked + 1 });
    },
  },
  { id: "tests", menu: "View", title: "Packet tests", keys: "Alt+6", run: (app) => showPanel(app, "tests", "Tests") },
  { id: "traffic", menu: "View", title: "Traffic", keys: "Alt+3", run: (app) => showPanel(app, "traffic", "Traffic") },
  {
    id: "commands",
    menu: "View",
    title: "Commands",
    keys: "Alt+4",
    run: (app) => showPanel(app, "commands", "Commands"),
  },
  {
    id: "interface",
    menu: "View",
    title: "Chosen interface",
    keys: "Alt+5",
    run: (app) => {
      const { place } = app.store.get();
      if (place !== null) showInterface(app, place);
    },
    enabled: hasPlace,
  },
  { id: "redirects", menu: "View", title: "Redirect doctor", keys: "Alt+Shift+R", run: showRedirects },
  ...codeActions,
  {
    id: "sidebar",
    menu: "View",
    title: "Show or hide the lists",
    keys: "Ctrl+B",
    run: (app) => app.store.set({ sidebar: !app.store.get().sidebar }),
    apart: true,
  },
  {
    id: "reveal",
    menu: "View",
    title: "Show the edited file in the lists",
    keys: "Alt+Shift+E",
    run: (app) => withActive(app, (path) => revealInTree(app, path)),
    enabled: hasSource,
  },
  {
    id: "split",
    menu: "View",
    title: "Split the editor",
    keys: "Ctrl+\\",
    run: (app) => withActive(app, async (path) => app.panels.split(path)),
    enabled: hasSource,
    apart: true,
  },
  {
    id: "move-tab",
    menu: "View",
    title: "Move the tab beside the others",
    keys: "Alt+Shift+PageDown",
    run: (app) => app.panels.moveAside(),
  },
  {
    id: "reset-layout",
    menu: "View",
    title: "Panels as they were at first",
    keys: null,
    run: (app) => app.panels.reset(),
  },
  {
    id: "maximize",
    menu: "View",
    title: "Maximize or restore the panel",
    keys: "Ctrl+Shift+Y",
    run: (app) => app.panels.toggleMaximized(),
  },
  { id: "next-tab", menu: "View", title: "Next tab", keys: "Alt+PageDown", run: (app) => app.panels.step(1) },
  { id: "previous-tab", menu: "View", title: "Previous tab", keys: "Alt+PageUp", run: (app) => app.panels.step(-1) },
  {
    id: "stop",
    menu: "Program",
    title: "Cancel what is running",
    keys: "Ctrl+Alt+C",
    run: (app) => void stopLastWork(app),
    enabled: ({ works }) => works.some(isStoppable),
  },
  ...themeChoices.map(
    ({ choice, title }): Action => ({
      ...{ id: `theme-${choice}`, menu: "View", title: `Theme: ${title}`, keys: null, hidden: true },
      run: (app) => changeSetting(app, { theme: choice }),
    }),
  ),
  {
    id: "verify-while-typing",
    menu: "Program",
    title: "Verify while typing, or not",
    keys: null,
    run: (app) => changeSetting(app, { verifyWhileTyping: !app.store.get().verifyWhileTyping }),
  },
  {
    id: "next-region",
    menu: "View",
    title: "Next part of the window",
    keys: "F6",
    run: () => stepRegion(1),
    apart: true,
  },
  {
    id: "previous-region",
    menu: "View",
    title: "Previous part of the window",
    keys: "Shift+F6",
    run: () => stepRegion(-1),
  },
  { id: "focus-editor", menu: "View", title: "Go to the editor", keys: "Ctrl+1", run: focusEditor },
  {
    id: "verify",
    menu: "Program",
    title: "Verify without saving",
    keys: "Alt+V",
    run: (app) => withActive(app, (path) => verifySource(app, path)),
    enabled: hasSource,
  },
  {
    id: "run-packet-tests",
    menu: "Program",
    title: "Run packet tests",
    keys: "Alt+T",
    run: (app) => void runPacketTests(app),
    enabled: hasSource,
  },
  {
    id: "attach",
    menu: "Program",
    title: "Attach",
    keys: "Ctrl+Shift+A",
    run: (app) => void attachActive(app),
    apart: true,
  },
  {
    id: "load-options",
    menu: "Program",
    title: "Load options…",
    keys: "Alt+L",
    run: (app) => withActive(app, async (path) => showDialog(app, { kind: "load", path })),
    enabled: ({ active }) => active !== null && languageOf(active) === "c",
  },
  {
    id: "ask-what-to-keep",
    menu: "Program",
    title: "Ask what maps keep, or not",
    keys: null,
    run: askOrNot,
  },
  {
    id: "detach",
    menu: "Program",
    title: "Detach",
    keys: "Ctrl+Shift+D",
    run: (app) => void detachChosen(app),
    enabled: hasPlace,
  },
  {
    id: "detach-all",
    menu: "Program",
    title: "Detach everything of ours…",
    keys: null,
    run: (app) => void askToDetachAll(app),
  },
  {
    id: "detach-on-exit",
    menu: "Program",
    title: "Detach on exit, or not",
    keys: null,
    run: detachOnExitOrNot,
  },
  {
    id: "before-attaching",
    menu: "Program",
    title: "What is in the way of attaching",
    keys: "Alt+P",
    run: () => document.querySelector<HTMLElement>(".preflight-chip")?.click(),
    enabled: hasPlace,
    apart: true,
  },
  {
    id: "keep-attached",
    menu: "Program",
    title: "Keep what was attached with a deadline",
    keys: "Alt+K",
    run: (app) => settleByKey(app, confirmGuard),
    enabled: hasDeadline,
  },
  {
    id: "roll-back",
    menu: "Program",
    title: "Roll back what was attached with a deadline",
    keys: "Alt+B",
    run: (app) => settleByKey(app, rollBackGuard),
    enabled: hasDeadline,
  },
  {
    id: "choose-interface",
    menu: "Program",
    title: "Choose the interface",
    keys: "Alt+I",
    run: () => document.querySelector<HTMLElement>(".interface-pick button")?.focus(),
    apart: true,
  },
  {
    id: "unlock",
    menu: "Program",
    title: "Start the helper with privilege",
    keys: null,
    run: (app) => void unlock(app, "verify, attach and read maps"),
    enabled: ({ helper }) => helper?.state === "locked" || helper?.state === "gone",
    apart: true,
  },
  { id: "all-maps", menu: "Map", title: "All maps of this machine", keys: mapsKey, run: showMaps },
  {
    id: "new-map",
    menu: "Map",
    title: "New map…",
    keys: null,
    run: showNewMap,
    enabled: ({ helper }) => helper?.state === "ready",
  },
  { id: "refresh", menu: "Map", title: "Refresh the lists", keys: "Alt+R", run: (app) => void refreshAfterAction(app) },
  {
    id: "add-entry",
    menu: "Map",
    title: "Add an entry",
    keys: addEntryKey,
    run: requestAddEntry,
    enabled: ({ mapTabs }) => mapTabs.length > 0,
  },
  {
    id: "prefix-tree",
    menu: "Map",
    title: "Prefixes as a tree, or as a table",
    keys: treeKey,
    run: requestTree,
    enabled: hasPrefixes,
  },
  {
    id: "match",
    menu: "Map",
    title: "Who matches an address?",
    keys: matchKey,
    run: requestMatch,
    enabled: hasPrefixes,
  },
  {
    id: "lab-up",
    menu: "Lab",
    title: "Make the lab",
    keys: "Ctrl+Shift+L",
    run: (app) => void makeLab(app),
    enabled: ({ lab, labWork }) => lab?.state !== "up" && labWork === null,
  },
  {
    id: "lab-down",
    menu: "Lab",
    title: "Remove the lab",
    keys: null,
    run: (app) => void removeLab(app),
    enabled: ({ lab, labWork }) => lab !== null && lab.state !== "down" && labWork === null,
  },
  {
    id: "send",
    menu: "Lab",
    title: "Send test traffic…",
    keys: "Ctrl+Shift+E",
    run: (app) => showPanel(app, "traffic", "Traffic"),
    apart: true,
  },
  {
    id: "shortcuts",
    menu: "Help",
    title: "Keyboard shortcuts",
    keys: "F1",
    run: (app) => app.panels.show({ id: "shortcuts", where: "editors", name: "Keyboard shortcuts" }),
  },
];
