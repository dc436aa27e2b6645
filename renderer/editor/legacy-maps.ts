/** The quick fix of findings of class "legacy-map": one definition, or all of the source, into BTF-defined maps. */
import type { editor, IRange, languages } from "monaco-editor/editor/editor.api.js";
import type { LegacyEdit, LegacyMap } from "../../protocol/legacy-maps.ts";
import type { App } from "../session/app.ts";

const kind = "quickfix";
/** a definition is no longer than this, in lines: the cursor may stand in any of them */
const linesUp = 40;

export function legacyMapActions(app: App): languages.CodeActionProvider {
  return {
    async provideCodeActions(model, range, context, token) {
      const none = { actions: [], dispose: () => undefined };
      const isAsked = context.only === undefined || kind.startsWith(context.only);
      if (!isAsked || !mayStandIn(model, range)) return none;
      const version = model.getVersionId();
      // The editor asks again at the next move of the cursor: a failure here is not worth a word.
      const answer = await app.request("source.convertLegacyMaps", { text: model.getValue() }, token).catch(() => null);
      if (answer === null || token.isCancellationRequested || model.getVersionId() !== version) return none;
      const change = (edits: readonly LegacyEdit[]) => workspaceEdit(model, version, edits);
      const markers = context.markers.filter(isLegacy);
      const convertible = answer.maps.filter(({ converts }) => converts);
      const here = convertible.filter((map) => touches(model, map, range));
      const actions: languages.CodeAction[] = here.map(({ name, edits }) => ({
        title: here.length === 1 ? "Turn into a BTF-defined map" : `Turn ${name} into a BTF-defined map`,
        kind,
        isPreferred: true,
        diagnostics: markers,
        edit: change(edits),
      }));
      if (convertible.length > 1 && here.length > 0) {
        const title = `Turn all ${convertible.length} legacy maps into BTF-defined maps`;
        actions.push({ title, kind, diagnostics: markers, edit: change(answer.edits) });
      }
      return { ...none, actions };
    },
  };
}

function isLegacy({ source }: editor.IMarkerData): boolean {
  return source?.endsWith("legacy-map") === true;
}

/** Cheap: the editor asks at every move of the cursor. */
function mayStandIn(model: editor.ITextModel, range: IRange): boolean {
  const last = Math.min(range.endLineNumber, model.getLineCount());
  for (let line = last; line >= Math.max(1, range.startLineNumber - linesUp); line--) {
    if (model.getLineContent(line).includes("bpf_map_def")) return true;
  }
  return false;
}

function rangeOf(model: editor.ITextModel, start: number, end: number): IRange {
  const from = model.getPositionAt(start);
  const to = model.getPositionAt(end);
  return {
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
  };
}

function touches(model: editor.ITextModel, { start, end }: LegacyMap, range: IRange): boolean {
  const own = rangeOf(model, start, end);
  return own.startLineNumber <= range.endLineNumber && range.startLineNumber <= own.endLineNumber;
}

function workspaceEdit(
  model: editor.ITextModel,
  versionId: number,
  edits: readonly LegacyEdit[],
): languages.WorkspaceEdit {
  return {
    edits: edits.map(({ start, end, text }) => ({
      resource: model.uri,
      versionId,
      textEdit: { range: rangeOf(model, start, end), text },
    })),
  };
}
