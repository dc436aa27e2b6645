/** Writes a source's text to its file, unless somebody else wrote it meanwhile: then the user is asked. */
import { Failed } from "../../protocol/failures.ts";
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";
import { notifyFailure } from "../session/notices.ts";
import { dropDraft } from "./drafts.ts";
import { baseName, changeSource } from "./open-sources.ts";
import { replaceText } from "./replace-text.ts";
import { isDirty, textAt, wholeText } from "./texts.ts";

const saving = new Map<string, Promise<unknown>>();

/** Ends when no save of this source is under way. */
export async function saved(path: string): Promise<void> {
  await saving.get(path)?.catch(() => undefined);
}

/** Returns whether the file holds the text now. */
export async function saveSource(app: App, path: string): Promise<boolean> {
  const source = app.store.get().sources.find((open) => open.path === path);
  if (source === undefined) return false;
  return write(app, path, source.version);
}

async function write(app: App, path: string, basedOn: string | null): Promise<boolean> {
  const text = textAt(path);
  if (text === undefined) return false;
  const written = text.model.getAlternativeVersionId();
  try {
    const request = app.request("source.save", { path, text: wholeText(text), basedOn });
    saving.set(path, request);
    const { version } = await request;
    if (text.model.isDisposed()) return true;
    text.saved = written;
    const dirty = isDirty(text);
    changeSource(app, path, { version, dirty });
    if (!dirty) dropDraft(app, path);
    return true;
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "changed-on-disk") return writeOver(app, path);
    notifyFailure(app, `save ${path}`, error);
    return false;
  } finally {
    saving.delete(path);
  }
}

async function writeOver(app: App, path: string): Promise<boolean> {
  const answer = await ask(app, {
    title: `${baseName(path)} was changed by somebody else`,
    body: `${path} on disk is no longer what was opened here. Your text is kept whatever you choose, except when you reload.`,
    choices: [
      { id: "overwrite", title: "Overwrite the file", danger: true },
      { id: "reload", title: "Reload from disk", danger: true },
    ],
  });
  if (answer === "overwrite") return write(app, path, null);
  if (answer === "reload") await reloadSource(app, path);
  return false;
}

/** As one edit, so that Undo brings the typed text back. */
export async function reloadSource(app: App, path: string): Promise<void> {
  const text = textAt(path);
  if (text === undefined) return;
  try {
    const source = await app.request("source.read", { path });
    replaceText(text.model, source.text);
    text.saved = text.model.getAlternativeVersionId();
    changeSource(app, path, { version: source.version, dirty: false });
    dropDraft(app, path);
  } catch (error) {
    notifyFailure(app, `reload ${path}`, error);
  }
}
