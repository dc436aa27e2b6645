/** What is asked of main when the connection opens, for the first time or again. */
import { keepDraft } from "../editor/drafts.ts";
import { openSource } from "../editor/open-source.ts";
import { rememberedOpen } from "../editor/remember-open.ts";
import { textAt, wholeText } from "../editor/texts.ts";
import { readGuards } from "../guard/hear-guards.ts";
import { refreshLists, watchInterfaces } from "../interfaces/refresh-lists.ts";
import { watchMap } from "../maps/open-map.ts";
import { tellInterrupted } from "../staged/tell-interrupted.ts";
import { applySettings } from "../settings/apply-settings.ts";
import { readWorkspace } from "../workspace/open-workspace.ts";
import type { App } from "./app.ts";
import { notify, notifyFailure } from "./notices.ts";
import { unlock } from "./unlock.ts";

let first = true;

export async function begin(app: App): Promise<void> {
  try {
    const session = await app.request("session.describe", {});
    app.store.set({ session, helper: session.helper });
    for (const warning of first ? session.warnings : []) notify(app, { kind: "error", title: warning });
    await Promise.all([
      readWorkspace(app),
      app.request("settings.read", {}).then((state) => applySettings(app, state)),
    ]);
    const [{ templates }, { commands }] = await Promise.all([
      app.request("templates.list", {}),
      app.request("session.commands", {}),
    ]);
    app.store.set({ templates, commands });
    // Nothing is asked of root itself, so there is nothing to wait for.
    if (session.helper.state === "locked" && session.helper.way === "already-root") {
      await unlock(app, "list programs and maps");
    } else await refreshLists(app);
    void watchInterfaces(app);
    void readGuards(app);
    void tellInterrupted(app);
  } catch (error) {
    notifyFailure(app, "ask the workbench how it is", error);
  }
  if (first) {
    first = false;
    await reopen(app);
  } else {
    for (const { id } of app.store.get().mapTabs) await watchMap(app, id);
    await keepDrafts(app);
  }
}

/** What was open in this window; and every unsaved text that main has, wherever it was typed. */
async function reopen(app: App): Promise<void> {
  const { paths, active } = rememberedOpen();
  const drafts = await app.request("workspace.drafts", {}).then(
    (found) => found.paths,
    () => [],
  );
  const all = [...new Set([...paths, ...drafts])];
  for (const path of all) await openSource(app, path);
  if (active !== null && all.includes(active)) await openSource(app, active);
  // asked now, not before: somebody may have opened something while the last time's files were read
  app.panels.forgetMissing((path) => app.store.get().sources.some((source) => source.path === path));
}

/** What was typed while nobody could be told. */
async function keepDrafts(app: App): Promise<void> {
  for (const { path, dirty, version } of app.store.get().sources) {
    const text = textAt(path);
    if (dirty && text !== undefined) {
      await keepDraft(app, { path, text: wholeText(text), basedOn: version, at: Date.now() });
    }
  }
}
