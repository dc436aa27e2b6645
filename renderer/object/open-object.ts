/** Objects that were built elsewhere: a tab each, and from then on what can be verified, looked at and attached. */
import { Failed } from "../../protocol/failures.ts";
import { baseName, changeSource, type OpenSource } from "../editor/open-sources.ts";
import { rememberOpen } from "../editor/remember-open.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import { notify, notifyFailure } from "../session/notices.ts";

/** A file that is no text. Returns whether it is open afterwards. */
export async function openObject(app: App, path: string): Promise<boolean> {
  try {
    const object = await app.request("views.object", { input: { path, text: null } });
    const opened: OpenSource = {
      path,
      ...{ version: null, dirty: false, checking: false, check: null, editedSince: false, awaited: false },
      object,
    };
    const { sources } = app.store.get();
    if (!sources.some((source) => source.path === path)) app.store.set({ sources: [...sources, opened] });
    app.store.set({ active: path });
    rememberOpen(app);
    app.panels.show({ id: `source:${path}`, where: "editors" });
    return true;
  } catch (error) {
    const title = `${baseName(path)} is neither a text nor a BPF object`;
    const words = wordsOf(error);
    if (error instanceof Failed && isNoObject(error) && words !== null) {
      notify(app, { kind: "error", title, detail: words.title });
    } else notifyFailure(app, `open ${path}`, error);
    return false;
  }
}

function isNoObject({ failure }: Failed): boolean {
  return failure.kind === "bad-object" || (failure.kind === "file" && ["binary", "encoding"].includes(failure.code));
}

/** It was built anew: what was said of the other one is old. */
export async function rereadObject(app: App, path: string): Promise<void> {
  try {
    const object = await app.request("views.object", { input: { path, text: null } });
    changeSource(app, path, { object, editedSince: true });
  } catch (error) {
    notifyFailure(app, `read ${path} anew`, error);
  }
}
