/** Copies a template into the workspace, or finds the copy that is there, and opens it. */
import { showRead } from "../editor/open-source.ts";
import type { App } from "../session/app.ts";
import { notifyFailure } from "../session/notices.ts";

export async function openTemplate(app: App, id: string): Promise<void> {
  try {
    await showRead(app, await app.request("templates.open", { id }));
  } catch (error) {
    notifyFailure(app, `open the template ${id}`, error);
  }
}
