/** Puts the window together: the state, the connection, the panels, and what keeps them fresh. */
import "monaco-editor/features/codicon/register.js";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { Connection, ConnectionHandlers } from "../connection/connection.ts";
import { hearFindings } from "../editor/language/findings-hub.ts";
import { tellLanguage } from "../editor/language/tell-language.ts";
import { loadMonaco } from "../editor/load-monaco.ts";
import { hearGuards } from "../guard/hear-guards.ts";
import { hearInterfaces, keepListsFresh, refreshLists } from "../interfaces/refresh-lists.ts";
import { mergeChange } from "../maps/map-view.ts";
import { fadeMarks, setView, watchMap } from "../maps/open-map.ts";
import { followPreflight } from "../preflight/ask-preflight.ts";
import { withState } from "../maps/rows-view.ts";
import { setRows } from "../maps/watch-rows.ts";
import { tellApplying } from "../staged/apply-staged.ts";
import { tellInterrupted } from "../staged/tell-interrupted.ts";
import type { App } from "../session/app.ts";
import { followLoadSets } from "../reload/load-sets.ts";
import { begin } from "../session/begin.ts";
import { initialState } from "../session/state.ts";
import { createStore } from "../session/store.ts";
import { tellJudging, tellProgress } from "../session/work.ts";
import { AppContext } from "../session/use-app.tsx";
import { applySettings, markSettings } from "../settings/apply-settings.ts";
import { followDisk, hearSource } from "../workspace/follow-disk.ts";
import { readFolder } from "../workspace/open-workspace.ts";
import { hearFound } from "../workspace/search-workspace.ts";
import { Frame } from "./frame.tsx";
import { createPanels } from "./panels.ts";
import { listenForShortcuts } from "./shortcuts.ts";
import { followSystemTheme, readThemeChoice } from "./theme.ts";

const commandsKept = 500;
const fadeEveryMilliseconds = 250;

export function start(root: HTMLElement, connect: (handlers: ConnectionHandlers) => Connection): void {
  const store = createStore({ ...initialState, theme: readThemeChoice() });
  const panels = createPanels();
  const connection = connect({
    changed(state) {
      store.set({ connection: state });
      if (state.state === "open") void begin(app);
    },
    heard: {
      "helper.changed": (helper) => {
        const readyNow = helper.state === "ready" && store.get().helper?.state !== "ready";
        store.set({ helper });
        if (!readyNow) return;
        void refreshLists(app);
        void tellInterrupted(app);
        // Tables that a helper's end stopped go on with the next one.
        for (const { id } of store.get().mapTabs) void watchMap(app, id);
      },
      "command.added": (command) => store.set({ commands: [...store.get().commands, command].slice(-commandsKept) }),
      "maps.changed": (change) => {
        const view = store.get().mapViews.get(change.id);
        if (view !== undefined) setView(app, change.id, mergeChange(view, change, performance.now()));
      },
      "rows.changed": (state) => setRows(app, state.id, (view) => withState(view, state)),
      "maps.applying": (progress) => tellApplying(app, progress),
      "maps.gone": ({ id, why }) => {
        setRows(app, id, (rows) => ({ ...rows, gone: why }));
        const view = store.get().mapViews.get(id);
        if (view !== undefined) setView(app, id, { ...view, gone: why });
      },
      "language.diagnostics": hearFindings,
      "language.state": (language) => tellLanguage(app, language),
      "source.changed": (changed) => void hearSource(app, changed),
      "workspace.changed": ({ folder }) => void readFolder(app, folder),
      "workspace.found": (found) => hearFound(app, found),
      "settings.changed": (state) => applySettings(app, state),
      "interfaces.changed": (change) => hearInterfaces(app, change),
      "guards.changed": (list) => hearGuards(app, list),
      "redirects.counted": (redirects) => store.set({ redirects }),
      "redirects.gone": ({ why }) => store.set({ redirectsGone: why }),
      "verify.judging": (judging) => tellJudging(app, judging),
      "lab.progress": ({ text }) => {
        if (store.get().labWork !== null) store.set({ labWork: text });
        tellProgress(app, text);
      },
    },
  });
  const app: App = { store, panels, request: (method, params, token) => connection.request(method, params, token) };

  panels.show({ id: "start", where: "editors", name: "Start" });
  followSystemTheme();
  listenForShortcuts(app);
  keepListsFresh(app);
  followDisk(app);
  followLoadSets(app);
  followPreflight(app);
  setInterval(() => fadeMarks(app), fadeEveryMilliseconds);
  void loadMonaco()
    .then(() => import("../editor/language/start-language.ts"))
    .then(({ startLanguage }) => startLanguage(app))
    .then(() => markSettings(app));

  createRoot(root).render(
    <StrictMode>
      <AppContext value={app}>
        <Frame />
      </AppContext>
    </StrictMode>,
  );
}
