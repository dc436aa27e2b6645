/** The menu asks the shown map's panel for its tree, and for the look-up of an address. */
import type { App } from "../session/app.ts";
import type { SessionState } from "../session/state.ts";

export const treeKey = "Alt+Shift+T";
export const matchKey = "Alt+M";
const treeEvent = "xdpw-prefix-tree";
const matchEvent = "xdpw-match";

export function hasPrefixes({ mapTabs, rowViews }: SessionState): boolean {
  return mapTabs.some(({ id }) => (rowViews.get(id)?.face.prefixes ?? null) !== null);
}

export const requestTree = (app: App): void => request(app, treeEvent);
export const requestMatch = (app: App): void => request(app, matchEvent);
export const whenTreeRequested = (tab: string, run: () => void): (() => void) => when(treeEvent, tab, run);
export const whenMatchRequested = (tab: string, run: () => void): (() => void) => when(matchEvent, tab, run);

function request(app: App, name: string): void {
  const shown = app.store.get().mapTabs.find(({ tab }) => app.panels.isShown(tab));
  if (shown !== undefined) dispatchEvent(new CustomEvent(name, { detail: shown.tab }));
}

function when(name: string, tab: string, run: () => void): () => void {
  const listener = (event: Event): void => {
    if (event instanceof CustomEvent && event.detail === tab) run();
  };
  addEventListener(name, listener);
  return () => removeEventListener(name, listener);
}
