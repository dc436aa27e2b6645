/** Saves a source and has it verified; a header with the open sources that include it. */
import { objectAt } from "../editor/open-sources.ts";
import { saveSource } from "../editor/save-source.ts";
import type { App } from "../session/app.ts";
import { isHeader, verifyIncluders } from "./verify-includers.ts";
import { verifySource } from "./verify-source.ts";

export async function saveAndVerify(app: App, path: string): Promise<void> {
  if (objectAt(app, path) === null && !(await saveSource(app, path))) return;
  await (isHeader(path) ? verifyIncluders(app, path) : verifySource(app, path));
}
