/** What is asked of main when the connection opens, for the first time or again. */
import { openSource } from "../editor/open-source.ts";
import { rememberedOpen } from "../editor/remember-open.ts";
import { refreshLists } from "../interfaces/refresh-lists.ts";
import { watchMap } from "../maps/open-map.ts";
import type { App } from "./app.ts";
import { notify, notifyFailure } from "./notices.ts";
import { unlock } from "./unlock.ts";

let first = true;

export async function begin(app: App): Promise<void> {
  try {
    const session = await app.request("session.describe", {});
    app.store.set({ session, helper: session.helper });
    for (const warning of first ? session.warnings : []) notify(app, { kind: "error", title: warning });
    const [{ templates }, { commands }] = await Promise.all([
      app.request("templates.list", {}),
      app.request("session.commands", {}),
    ]);
    app.store.set({ templates, commands });
    // Nothing is asked of root itself, so there is nothing to wait for.
    if (session.helper.state === "locked" && session.helper.way === "already-root") {
      await unlock(app, "list programs and maps");
    } else await refreshLists(app);
  } catch (error) {
    notifyFailure(app, "ask the workbench how it is", error);
  }
  if (first) {
    first = false;
    await reopen(app);
  } else for (const { id } of app.store.get().mapTabs) await watchMap(app, id);
}

async function reopen(app: App): Promise<void> {
  const { paths, active } = rememberedOpen();
  for (const path of paths) await openSource(app, path);
  if (active !== null && paths.includes(active)) await openSource(app, active);
}
