/** Where a name is defined and where it is used; a file that is not open is read for a look, or opened to go there. */
import type { editor, languages, Uri } from "monaco-editor/editor/editor.api.js";
import type { FileRange } from "../../../protocol/language.ts";
import type { App } from "../../session/app.ts";
import { revealSource } from "../reveal.ts";
import { ofPosition, toRange } from "./places.ts";
import { previewTexts } from "./preview-texts.ts";
import type { Documents } from "./sync-documents.ts";

interface Api {
  readonly editor: typeof editor;
  readonly Uri: typeof Uri;
}

export function definitionProvider(app: App, api: Api, documents: Documents): languages.DefinitionProvider {
  return {
    async provideDefinition(model, position, token) {
      const params = { path: model.uri.path, at: ofPosition(position) };
      const answer = await documents.ask(model, "language.definition", params, token);
      return locations(app, api, answer?.places ?? []);
    },
  };
}

export function referenceProvider(app: App, api: Api, documents: Documents): languages.ReferenceProvider {
  return {
    async provideReferences(model, position, _context, token) {
      const params = { path: model.uri.path, at: ofPosition(position) };
      const answer = await documents.ask(model, "language.references", params, token);
      return locations(app, api, answer?.places ?? []);
    },
  };
}

async function locations(app: App, { Uri: uris }: Api, places: readonly FileRange[]): Promise<languages.Location[]> {
  await previewTexts(
    app,
    places.map(({ path }) => path),
  );
  return places.map(({ path, range }) => ({ uri: uris.file(path), range: toRange(range) }));
}

/** The editor asks for another file: a tab. The one that is shown it finds itself. */
export function openOthersInTabs(app: App, { editor: api }: Api): void {
  api.registerEditorOpener({
    openCodeEditor(source, resource, place) {
      if (resource.scheme !== "file" || source.getModel()?.uri.path === resource.path) return false;
      const at =
        place === undefined
          ? { line: 1, column: 1 }
          : "startLineNumber" in place
            ? { line: place.startLineNumber, column: place.startColumn }
            : { line: place.lineNumber, column: place.column };
      void revealSource(app, resource.path, at);
      return true;
    },
  });
}
