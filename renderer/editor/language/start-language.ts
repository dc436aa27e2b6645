/** Everything about C beside its text and colours: loaded when the editor is there, so that it delays nothing. */
import type { App } from "../../session/app.ts";
import { legacyMapActions } from "../legacy-maps.ts";
import { loadMonaco } from "../load-monaco.ts";
import { allowWarnings, allowWarningsCommand, warningActions } from "../warning-actions.ts";
import { actionProvider, formattingProvider, renameProvider } from "./change-names.ts";
import { completionProvider } from "./complete-names.ts";
import { definitionProvider, openOthersInTabs, referenceProvider } from "./go-to-names.ts";
import { showFindings } from "./show-findings.ts";
import { syncDocuments } from "./sync-documents.ts";
import { hintProvider, hoverProvider, signatureProvider, symbolProvider } from "./tell-names.ts";

export async function startLanguage(app: App): Promise<void> {
  const monaco = await loadMonaco();
  const { languages, Uri } = monaco;
  const documents = syncDocuments(app, monaco);
  showFindings(monaco, documents);
  openOthersInTabs(app, monaco);
  languages.registerCompletionItemProvider("c", completionProvider(languages, documents));
  languages.registerHoverProvider("c", hoverProvider(documents));
  languages.registerSignatureHelpProvider("c", signatureProvider(documents));
  languages.registerDefinitionProvider("c", definitionProvider(app, monaco, documents));
  languages.registerReferenceProvider("c", referenceProvider(app, monaco, documents));
  languages.registerRenameProvider("c", renameProvider(app, Uri, documents));
  languages.registerDocumentSymbolProvider("c", symbolProvider(languages, documents));
  const formatting = formattingProvider(app, documents);
  languages.registerDocumentFormattingEditProvider("c", formatting);
  languages.registerDocumentRangeFormattingEditProvider("c", formatting);
  languages.registerCodeActionProvider("c", actionProvider(app, Uri, documents), {
    providedCodeActionKinds: ["quickfix", "refactor"],
  });
  languages.registerCodeActionProvider("c", legacyMapActions(app), { providedCodeActionKinds: ["quickfix"] });
  languages.registerCodeActionProvider("c", warningActions, { providedCodeActionKinds: ["quickfix"] });
  monaco.editor.registerCommand(allowWarningsCommand, (_accessor, path: unknown) => {
    if (typeof path === "string") void allowWarnings(app, path);
  });
  languages.registerInlayHintsProvider("c", hintProvider(languages, documents));
}
