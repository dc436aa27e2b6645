/**
 * What others do to the files that are open and to the folders that are seen. A text without unsaved changes is loaded
 * anew; one with changes is left alone and the user told, who can load what is there or go on (saving asks again).
 */
import type { SourceChanged } from "../../protocol/workspace.ts";
import { dropDraft } from "../editor/drafts.ts";
import { baseName, changeSource, objectAt } from "../editor/open-sources.ts";
import { replaceText } from "../editor/replace-text.ts";
import { reloadSource, saved } from "../editor/save-source.ts";
import { isDirty, type Text, textAt, wholeText } from "../editor/texts.ts";
import { rereadObject } from "../object/open-object.ts";
import type { App } from "../session/app.ts";
import { notify } from "../session/notices.ts";

/** of a source whose file is gone: the text's state then, so that what comes back finds out whether it was edited */
const goneAt = new WeakMap<Text, number>();

/** Tells main again whenever something else is open or seen. */
export function followDisk(app: App): void {
  let told = "";
  const tell = (): void => {
    const { sources, workspace, connection } = app.store.get();
    if (connection.state !== "open") {
      told = "";
      return;
    }
    const files = sources.map(({ path }) => path).slice(0, 500);
    const folders = workspace.now === null ? [] : [workspace.now.folder, ...workspace.expanded].slice(0, 500);
    const key = JSON.stringify([files, folders]);
    if (key === told) return;
    told = key;
    app.request("workspace.watch", { files, folders }).catch(() => {
      told = "";
    });
  };
  app.store.subscribe(tell);
  tell();
}

export async function hearSource(app: App, { path, version }: SourceChanged): Promise<void> {
  const text = textAt(path);
  if (text === undefined) {
    if (version !== null && objectAt(app, path) !== null) await rereadObject(app, path);
    return;
  }
  // our own save is told of, too, and maybe before its answer is here
  await saved(path);
  const source = app.store.get().sources.find((open) => open.path === path);
  if (source === undefined || text.model.isDisposed() || version === source.version) {
    if (source !== undefined && version === source.version) comesBack(app, path, text);
    return;
  }
  if (version === null) {
    if (source.version === null) return;
    if (!isDirty(text)) {
      goneAt.set(text, text.model.getAlternativeVersionId());
      text.saved = -1;
      changeSource(app, path, { dirty: true });
    }
    notify(app, {
      kind: "error",
      title: `${baseName(path)} is gone from the disk: its text is kept here`,
      detail: `${path}. Saving writes it anew`,
    });
    return;
  }
  try {
    await takeOrTell(app, path, text);
  } catch {
    // it changed again, and is told of again; what cannot be read is said when it is saved
  }
}

/** The same file as before: nothing was lost. */
function comesBack(app: App, path: string, text: Text): void {
  const at = goneAt.get(text);
  if (at === undefined) return;
  goneAt.delete(text);
  if (text.saved !== -1) return;
  text.saved = at;
  changeSource(app, path, { dirty: isDirty(text) });
}

async function takeOrTell(app: App, path: string, text: Text): Promise<void> {
  const found = await app.request("source.read", { path });
  await saved(path);
  const source = app.store.get().sources.find((open) => open.path === path);
  if (source === undefined || text.model.isDisposed() || found.version === source.version) return;
  const clean = !isDirty(text) || goneAt.get(text) === text.model.getAlternativeVersionId();
  goneAt.delete(text);
  if (!clean && found.text !== wholeText(text)) {
    notify(app, {
      kind: "error",
      title: `${baseName(path)} was changed on disk by somebody else: your unsaved text is kept`,
      detail: `${path}. Saving asks before it writes over the other text`,
      action: { title: "Load what is on disk", run: () => void reloadSource(app, path) },
    });
    return;
  }
  if (found.text !== wholeText(text)) replaceText(text.model, found.text);
  text.saved = text.model.getAlternativeVersionId();
  changeSource(app, path, { version: found.version, dirty: false });
  dropDraft(app, path);
}
