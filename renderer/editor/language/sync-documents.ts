/** Keeps main's documents in step with the texts being edited: changes are sent together, and before every question. */
import type { CancellationToken, editor } from "monaco-editor/editor/editor.api.js";
import type { Params, Result } from "../../../protocol/contract.ts";
import type { workbench } from "../../../protocol/contracts.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { TextEdit } from "../../../protocol/language.ts";
import type { App } from "../../session/app.ts";
import { ofRange } from "./places.ts";
import { isPreview } from "./preview-texts.ts";
import { isC } from "./system-file.ts";

type Methods = typeof workbench;
type Method = keyof Methods & `language.${string}`;

export interface Documents {
  /** null for every failure: what comes by itself while typing does not complain */
  ask<M extends Method>(
    model: editor.ITextModel,
    method: M,
    params: Params<Methods[M]>,
    token?: CancellationToken,
  ): Promise<Result<Methods[M]> | null>;
  /** throws Failed: for what the user asked for */
  demand<M extends Method>(
    model: editor.ITextModel,
    method: M,
    params: Params<Methods[M]>,
    token?: CancellationToken,
  ): Promise<Result<Methods[M]>>;
  /** the version of the text that main has; null where it has none */
  sentVersion(path: string): number | null;
}

interface Synced {
  readonly model: editor.ITextModel;
  readonly path: string;
  sent: number | null;
  pending: TextEdit[];
  timer: ReturnType<typeof setTimeout> | null;
}

const quietMilliseconds = 60;
const pendingLimit = 2000;

export function syncDocuments(app: App, monaco: { readonly editor: typeof editor }): Documents {
  const documents = new Map<string, Synced>();

  const open = (one: Synced): void => {
    const version = one.model.getVersionId();
    one.pending = [];
    one.sent = version;
    app.request("language.open", { path: one.path, version, text: one.model.getValue() }).catch(() => {
      if (one.sent === version) one.sent = null;
    });
  };

  const flush = (one: Synced): void => {
    if (one.timer !== null) clearTimeout(one.timer);
    one.timer = null;
    if (one.model.isDisposed()) return;
    if (one.sent === null) {
      open(one);
      return;
    }
    if (one.pending.length === 0) return;
    const version = one.model.getVersionId();
    const params = { path: one.path, basedOn: one.sent, version, changes: one.pending };
    one.pending = [];
    one.sent = version;
    app.request("language.change", params).then(
      ({ state }) => {
        if (state === "unknown" && !one.model.isDisposed()) open(one);
      },
      () => {
        one.sent = null;
      },
    );
  };

  const track = (model: editor.ITextModel): void => {
    const path = model.uri.path;
    if (model.uri.scheme !== "file" || !isC(path) || isPreview(path)) return;
    const one: Synced = { model, path, sent: null, pending: [], timer: null };
    documents.set(path, one);
    flush(one);
    model.onDidChangeContent(({ changes, isFlush, isEolChange }) => {
      for (const { range, text } of changes) one.pending.push({ range: ofRange(range), text });
      // a whole new text, or more changes than are worth it: it is opened anew
      if (isFlush || isEolChange || one.pending.length > pendingLimit) one.sent = null;
      one.timer ??= setTimeout(() => flush(one), quietMilliseconds);
    });
    model.onWillDispose(() => {
      if (one.timer !== null) clearTimeout(one.timer);
      if (documents.get(path) === one) documents.delete(path);
      app.request("language.close", { path }).catch(() => undefined);
    });
  };

  for (const model of monaco.editor.getModels()) track(model);
  monaco.editor.onDidCreateModel(track);
  let wasOpen = app.store.get().connection.state === "open";
  app.store.subscribe(() => {
    const isOpen = app.store.get().connection.state === "open";
    // another session begins, and knows nothing
    if (isOpen && !wasOpen) for (const one of documents.values()) open(one);
    wasOpen = isOpen;
  });

  const demand: Documents["demand"] = async (model, method, params, token) => {
    const one = documents.get(model.uri.path);
    if (one === undefined || one.model !== model) {
      throw new Failed({ kind: "not-found", what: "document", name: model.uri.path, message: "not a source in C" });
    }
    flush(one);
    return app.request(method, params, token);
  };
  return {
    demand,
    ask: (model, method, params, token) => demand(model, method, params, token).catch(() => null),
    sentVersion: (path) => documents.get(path)?.sent ?? null,
  };
}
