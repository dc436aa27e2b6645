/** Brings one of the panels below the sources to the front. */
import type { App } from "../session/app.ts";

export function showPanel(app: App, id: string, name?: string): void {
  app.panels.show({ id, where: "panels", ...(name === undefined ? {} : { name }) });
}
