/** The way back from "do not ask again", and there without the box. */
import type { App } from "../session/app.ts";
import { notify } from "../session/notices.ts";
import { changeSetting } from "../settings/apply-settings.ts";

export function askOrNot(app: App): void {
  const asks = app.store.get().settings.reloadMaps === "ask";
  changeSetting(app, { reloadMaps: asks ? "keep" : "ask" });
  notify(app, {
    kind: "info",
    title: asks ? "Attach keeps what still fits of the maps" : "Attach asks what of the maps to keep",
    detail: asks ? "without asking, when a newer build takes the place of what runs" : "where they hold anything",
  });
}
