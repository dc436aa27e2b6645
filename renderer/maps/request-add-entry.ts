/** The menu asks the shown map's panel for its form. */
import type { App } from "../session/app.ts";

export const addEntryKey = "Alt+A";
const eventName = "xdpw-add-entry";

export function requestAddEntry(app: App): void {
  const shown = app.store.get().mapTabs.find(({ tab }) => app.panels.isShown(tab));
  if (shown !== undefined) dispatchEvent(new CustomEvent(eventName, { detail: shown.tab }));
}

export function whenAddEntryRequested(tab: string, open: () => void): () => void {
  const listener = (event: Event): void => {
    if (event instanceof CustomEvent && event.detail === tab) open();
  };
  addEventListener(eventName, listener);
  return () => removeEventListener(eventName, listener);
}
