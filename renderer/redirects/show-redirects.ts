import type { App } from "../session/app.ts";

export function showRedirects(app: App): void {
  app.panels.show({ id: "redirects", where: "editors", name: "Redirects" });
}
