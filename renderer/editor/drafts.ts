/**
 * Unsaved text. Main keeps it, for every door; what main could not be told (the connection is lost, its disk is full, the
 * page is going away) stays in the browser's storage until main has it.
 */
import { type Draft, draft as draftSchema } from "../../protocol/workspace.ts";
import type { App } from "../session/app.ts";
import { readSetting, removeSetting, writeSetting } from "../session/settings.ts";

const settingOf = (path: string): string => `draft.${path}`;

/** Returns false where neither main nor the browser's storage could take it. */
export async function keepDraft(app: App, draft: Draft): Promise<boolean> {
  try {
    await app.request("workspace.keepDraft", draft);
    const here = draftHere(draft.path);
    if (here !== null && here.at <= draft.at) removeSetting(settingOf(draft.path));
    return true;
  } catch {
    return keepDraftHere(draft);
  }
}

/** At once, for a page that may be gone the next moment. */
export function keepDraftHere(draft: Draft): boolean {
  return writeSetting(settingOf(draft.path), JSON.stringify(draft));
}

export function dropDraft(app: App, path: string): void {
  removeSetting(settingOf(path));
  // main is asked again when the source is opened: a draft like the file is dropped then
  app.request("workspace.dropDraft", { path }).catch(() => undefined);
}

/** The newer of the two, where both know one. */
export async function readDraft(app: App, path: string): Promise<Draft | null> {
  const here = draftHere(path);
  try {
    const { draft } = await app.request("workspace.draft", { path });
    return draft !== null && draft.at >= (here?.at ?? 0) ? draft : here;
  } catch {
    return here;
  }
}

function draftHere(path: string): Draft | null {
  const stored = readSetting(settingOf(path));
  if (stored === null) return null;
  try {
    const parsed = draftSchema.safeParse(JSON.parse(stored));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
