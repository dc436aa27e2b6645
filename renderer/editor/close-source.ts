/** Closes a source's tab; unsaved text is asked about first. */
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";
import { dropDraft } from "./drafts.ts";
import { baseName } from "./open-sources.ts";
import { rememberOpen } from "./remember-open.ts";
import { saveSource } from "./save-source.ts";
import { showMarkers } from "./show-markers.ts";
import { dropText } from "./texts.ts";

export async function closeSource(app: App, path: string): Promise<void> {
  const source = app.store.get().sources.find((open) => open.path === path);
  if (source === undefined) return;
  if (source.dirty) {
    const answer = await ask(app, {
      title: `Save ${baseName(path)} before it is closed?`,
      body: path,
      choices: [
        { id: "save", title: "Save" },
        { id: "discard", title: "Don't save", danger: true },
      ],
    });
    if (answer === "cancel") return;
    if (answer === "save" && !(await saveSource(app, path))) return;
  }
  dropDraft(app, path);
  app.panels.close(`source:${path}`);
  app.panels.closeViews(path);
  const { sources, active } = app.store.get();
  const left = sources.filter((open) => open.path !== path);
  app.store.set({ sources: left, active: active === path ? (left.at(-1)?.path ?? null) : active });
  rememberOpen(app);
  // with what it had found in headers
  await showMarkers(path, []);
  dropText(path);
}
