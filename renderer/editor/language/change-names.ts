/** What changes texts: rename, formatting, code actions. Edits in files that are not open open them, unsaved. */
import type { editor, languages, Uri } from "monaco-editor/editor/editor.api.js";
import { Failed } from "../../../protocol/failures.ts";
import type { FileEdits } from "../../../protocol/language.ts";
import type { App } from "../../session/app.ts";
import { wordsOf } from "../../session/failure-words.ts";
import { notify, notifyFailure } from "../../session/notices.ts";
import { openSource, showSource } from "../open-source.ts";
import { textAt } from "../texts.ts";
import { ofPosition, ofRange, toRange } from "./places.ts";
import type { Documents } from "./sync-documents.ts";

type Uris = typeof Uri;

/** Returns whether all are open; `path` is shown afterwards. */
async function openAll(app: App, path: string, files: readonly FileEdits[]): Promise<boolean> {
  for (const file of files) if (textAt(file.path) === undefined && !(await openSource(app, file.path))) return false;
  showSource(app, path);
  return true;
}

function isAllOpen(files: readonly FileEdits[]): boolean {
  return files.every(({ path }) => textAt(path) !== undefined);
}

function workspaceEdit(uris: Uris, files: readonly FileEdits[]): languages.WorkspaceEdit {
  return {
    edits: files.flatMap(({ path, edits }) =>
      edits.map(({ range, text }) => ({
        resource: uris.file(path),
        versionId: undefined,
        textEdit: { range: toRange(range), text },
      })),
    ),
  };
}

export function renameProvider(app: App, uris: Uris, documents: Documents): languages.RenameProvider {
  return {
    async provideRenameEdits(model, position, name, token) {
      const { path } = model.uri;
      const params = { path, at: ofPosition(position), name };
      try {
        let { files } = await documents.demand(model, "language.rename", params, token);
        if (!isAllOpen(files)) {
          if (!(await openAll(app, path, files))) return { edits: [], rejectReason: "a file could not be opened" };
          // an opened file may hold unsaved text: its places are asked for again
          ({ files } = await documents.demand(model, "language.rename", params, token));
          if (!isAllOpen(files)) return { edits: [], rejectReason: "the files changed meanwhile: try again" };
        }
        if (files.length > 1) {
          notify(app, {
            kind: "info",
            title: `Renamed to ${name} in ${files.length} files, not saved yet`,
            detail: files.map((file) => file.path).join("\n"),
          });
        }
        return workspaceEdit(uris, files);
      } catch (error) {
        return { edits: [], rejectReason: wordsOf(error)?.title ?? "cancelled" };
      }
    },
    resolveRenameLocation(model, position) {
      const word = model.getWordAtPosition(position);
      const { lineNumber } = position;
      const column = {
        startColumn: word?.startColumn ?? position.column,
        endColumn: word?.endColumn ?? position.column,
      };
      const range = { startLineNumber: lineNumber, endLineNumber: lineNumber, ...column };
      if (word === null) return { range, text: "", rejectReason: "there is no name at the cursor" };
      return { range, text: word.word };
    },
  };
}

export function formattingProvider(
  app: App,
  documents: Documents,
): languages.DocumentFormattingEditProvider & languages.DocumentRangeFormattingEditProvider {
  const edits = async (
    model: editor.ITextModel,
    range: Parameters<typeof ofRange>[0] | null,
    token: Parameters<languages.DocumentFormattingEditProvider["provideDocumentFormattingEdits"]>[2],
  ): Promise<languages.TextEdit[]> => {
    const { path } = model.uri;
    try {
      const params = { path, range: range === null ? null : ofRange(range) };
      const answer = await documents.demand(model, "language.format", params, token);
      return answer.edits.map((edit) => ({ range: toRange(edit.range), text: edit.text }));
    } catch (error) {
      notifyFailure(app, `format ${path}`, error);
      return [];
    }
  };
  return {
    displayName: "clang-format",
    provideDocumentFormattingEdits: (model, _options, token) => edits(model, null, token),
    provideDocumentRangeFormattingEdits: (model, range, _options, token) => edits(model, range, token),
  };
}

export function actionProvider(app: App, uris: Uris, documents: Documents): languages.CodeActionProvider {
  const offered = new WeakMap<languages.CodeAction, { readonly model: editor.ITextModel; readonly id: number }>();
  return {
    async provideCodeActions(model, range, context, token) {
      const params = { path: model.uri.path, range: ofRange(range) };
      const answer = await documents.ask(model, "language.actions", params, token);
      const actions = (answer?.actions ?? [])
        .filter(({ kind }) => context.only === undefined || kind.startsWith(context.only))
        .map(({ id, title, kind, preferred }) => {
          const action: languages.CodeAction = { title, kind, isPreferred: preferred };
          offered.set(action, { model, id });
          return action;
        });
      return { actions, dispose: () => undefined };
    },
    async resolveCodeAction(action, token) {
      const offer = offered.get(action);
      if (offer === undefined) return action;
      const { path } = offer.model.uri;
      try {
        const { files } = await documents.demand(offer.model, "language.act", { path, id: offer.id }, token);
        if (!isAllOpen(files)) {
          throw new Failed({ kind: "usage", message: `${action.title}: it would change files that are not open` });
        }
        action.edit = workspaceEdit(uris, files);
      } catch (error) {
        notifyFailure(app, action.title, error);
      }
      return action;
    },
  };
}
