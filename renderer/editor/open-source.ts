/** Opens a file in a tab, with the text that was typed over it and never saved. */
import { Failed } from "../../protocol/failures.ts";
import type { Source } from "../../protocol/source.ts";
import type { App } from "../session/app.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import type { Draft } from "../../protocol/workspace.ts";
import { dropDraft, keepDraft, keepDraftHere, readDraft } from "./drafts.ts";
import { openObject } from "../object/open-object.ts";
import { dropPreview } from "./language/preview-texts.ts";
import { languageOf } from "./language-of.ts";
import { loadMonaco } from "./load-monaco.ts";
import { rememberOpen } from "./remember-open.ts";
import { changeSource, objectAt, type OpenSource } from "./open-sources.ts";
import { verifyWhileTyping } from "../verify/verify-while-typing.ts";
import { isDirty, keepText, type Text, textAt, wholeText } from "./texts.ts";

/** What is typed is kept this soon, also while somebody types without a pause. */
const draftMilliseconds = 400;

/** Returns whether it is open afterwards. */
export async function openSource(app: App, path: string): Promise<boolean> {
  if (textAt(path) !== undefined || objectAt(app, path) !== null) {
    showSource(app, path);
    return true;
  }
  const draft = await readDraft(app, path);
  if (textAt(path) !== undefined) {
    showSource(app, path);
    return true;
  }
  try {
    return await showRead(app, await app.request("source.read", { path }), draft);
  } catch (error) {
    if (draft !== null && error instanceof Failed && error.failure.kind !== "helper-gone") {
      await showLoaded(app, { path, text: draft.text, version: null }, draft.text);
      notify(app, {
        kind: "error",
        title: `${path} cannot be read: what you typed is shown`,
        detail: `${error.message}. Saving writes the file anew`,
      });
      return true;
    }
    if (error instanceof Failed && isNoText(error)) return openObject(app, path);
    notifyFailure(app, `open ${path}`, error);
    return false;
  }
}

function isNoText({ failure }: Failed): boolean {
  return failure.kind === "file" && (failure.code === "binary" || failure.code === "encoding");
}

/** For a source that was just read, such as a template's copy. */
export async function showRead(
  app: App,
  source: Source,
  /** what was typed over it; asked for where it is left out */
  known?: Draft | null,
): Promise<boolean> {
  const draft = known === undefined ? await readDraft(app, source.path) : known;
  if (textAt(source.path) !== undefined) {
    showSource(app, source.path);
    return true;
  }
  if (draft === null || draft.text === source.text) {
    if (draft !== null) dropDraft(app, source.path);
    await showLoaded(app, source, source.text);
    return true;
  }
  // The draft keeps the version that it was typed over: saving asks if the file changed since.
  await showLoaded(app, { ...source, version: draft.basedOn }, draft.text);
  notify(app, { kind: "info", title: "Unsaved text was restored", detail: source.path });
  return true;
}

export function showSource(app: App, path: string): void {
  app.store.set({ active: path });
  app.panels.show({ id: `source:${path}`, where: "editors" });
}

async function showLoaded(app: App, source: { path: string; text: string; version: string | null }, shown: string) {
  const { editor, Uri } = await loadMonaco();
  const { path } = source;
  if (textAt(path) !== undefined) return;
  dropPreview(path);
  const model = editor.createModel(shown, languageOf(path), Uri.file(path));
  const same = shown === source.text && source.version !== null;
  const text = keepText(path, model, same ? model.getAlternativeVersionId() : -1);
  const opened: OpenSource = {
    path,
    version: source.version,
    dirty: isDirty(text),
    checking: false,
    check: null,
    editedSince: false,
    awaited: false,
  };
  app.store.set({ sources: [...app.store.get().sources, opened] });
  watchText(app, path, text);
  rememberOpen(app);
  showSource(app, path);
}

function watchText(app: App, path: string, text: Text): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let told = false;
  let kept = false;
  const draftNow = (): Draft => {
    const basedOn = app.store.get().sources.find((source) => source.path === path)?.version ?? null;
    return { path, text: wholeText(text), basedOn, at: Date.now() };
  };
  const keep = (): void => {
    timer = null;
    if (text.model.isDisposed()) return;
    if (!isDirty(text)) {
      if (kept) dropDraft(app, path);
      kept = false;
      return;
    }
    kept = true;
    void keepDraft(app, draftNow()).then((can) => {
      if (can || told) return;
      told = true;
      notify(app, {
        kind: "error",
        title: "Unsaved text cannot be kept if the window closes",
        detail: `neither the workbench nor the browser has room for it: save ${path} before you close it`,
      });
    });
  };
  const flush = (): void => {
    // whether the request still leaves a page that goes away is not certain
    if (timer !== null && !text.model.isDisposed() && isDirty(text)) keepDraftHere(draftNow());
    if (timer === null) return;
    clearTimeout(timer);
    keep();
  };
  addEventListener("pagehide", flush);
  text.model.onWillDispose(() => removeEventListener("pagehide", flush));
  text.model.onDidChangeContent(() => {
    changeSource(app, path, { dirty: isDirty(text), editedSince: true });
    timer ??= setTimeout(keep, draftMilliseconds);
  });
  verifyWhileTyping(app, path, text);
}
