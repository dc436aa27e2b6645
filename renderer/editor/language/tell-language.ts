/** clangd's state: kept for the status bar, and said once where the user has to know. */
import type { LanguageState } from "../../../protocol/language.ts";
import type { App } from "../../session/app.ts";
import { notify } from "../../session/notices.ts";

export function tellLanguage(app: App, language: LanguageState): void {
  app.store.set({ language });
  if (language.state === "restarting") {
    notify(app, { kind: "info", title: "clangd ended and is started again", detail: language.note });
  } else if (language.state === "failed") {
    notify(app, {
      kind: "error",
      title: "clangd ends again and again: it is left alone",
      detail: language.note,
      action: { title: "Start it again", run: () => void app.request("language.restart", {}).catch(() => undefined) },
    });
  }
}
