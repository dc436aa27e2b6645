/** The View menu: what is shown, and where. */
import { showInterface } from "../interfaces/choose-place.ts";
import { showDialog } from "../session/dialog.ts";
import { changeSetting } from "../settings/apply-settings.ts";
import { revealInTree } from "../workspace/reveal-in-tree.ts";
import { showRedirects } from "../redirects/show-redirects.ts";
import { type Action, hasPlace, hasSource, withActive } from "./action.ts";
import { codeActions } from "./code-actions.ts";
import { focusEditor, stepRegion } from "./regions.ts";
import { showPanel } from "./show-panel.ts";
import { themeChoices } from "./theme.ts";

export const viewActions: readonly Action[] = [
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
  ...themeChoices.map(
    ({ choice, title }): Action => ({
      ...{ id: `theme-${choice}`, menu: "View", title: `Theme: ${title}`, keys: null, hidden: true },
      run: (app) => changeSetting(app, { theme: choice }),
    }),
  ),
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
];
