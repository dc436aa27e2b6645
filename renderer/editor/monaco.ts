/**
 * Monaco, trimmed to C and to what an editor of one file needs. Each line is a feature; the whole package would be
 * fourteen times as large. Loaded beside the frame, through load-monaco.ts only.
 */
import "monaco-editor/features/codeEditor/register.js";
import "monaco-editor/features/codicon/register.js";
import "monaco-editor/features/bracketMatching/register.js";
import "monaco-editor/features/caretOperations/register.js";
import "monaco-editor/features/clipboard/register.js";
import "monaco-editor/features/codeAction/register.js";
import "monaco-editor/features/comment/register.js";
import "monaco-editor/features/contextmenu/register.js";
import "monaco-editor/features/cursorUndo/register.js";
import "monaco-editor/features/find/register.js";
import "monaco-editor/features/folding/register.js";
import "monaco-editor/features/fontZoom/register.js";
import "monaco-editor/features/format/register.js";
import "monaco-editor/features/gotoError/register.js";
import "monaco-editor/features/gotoLine/register.js";
import "monaco-editor/features/gotoSymbol/register.js";
import "monaco-editor/features/hover/register.js";
import "monaco-editor/features/indentation/register.js";
import "monaco-editor/features/inlayHints/register.js";
import "monaco-editor/features/lineSelection/register.js";
import "monaco-editor/features/linesOperations/register.js";
import "monaco-editor/features/multicursor/register.js";
import "monaco-editor/features/parameterHints/register.js";
import "monaco-editor/features/quickOutline/register.js";
import "monaco-editor/features/readOnlyMessage/register.js";
import "monaco-editor/features/referenceSearch/register.js";
import "monaco-editor/features/rename/register.js";
import "monaco-editor/features/smartSelect/register.js";
import "monaco-editor/features/toggleTabFocusMode/register.js";
import "monaco-editor/features/wordHighlighter/register.js";
import "monaco-editor/features/wordOperations/register.js";
import "monaco-editor/features/snippet/register.js";
// features/suggest leaves out the controller itself, features/gotoSymbol the commands
import "monaco-editor/editor/contrib/gotoSymbol/browser/goToCommands.js";
import "monaco-editor/editor/contrib/suggest/browser/suggestController.js";
import { editor, KeyCode, KeyMod, languages, MarkerSeverity, MarkerTag, Uri } from "monaco-editor/editor/editor.api.js";
import { currentTheme, watchTheme } from "../app/theme.ts";
import { configuration, grammar } from "./bpf-c.ts";
import { editorTheme } from "./editor-theme.ts";
import { jsonConfiguration, jsonGrammar } from "./json-language.ts";

self.MonacoEnvironment = {
  getWorker: () => new Worker(new URL("./editor.worker.ts", import.meta.url), { type: "module", name: "editor" }),
};

languages.register({ id: "c", extensions: [".c", ".h"], aliases: ["C"] });
languages.setLanguageConfiguration("c", configuration);
languages.setMonarchTokensProvider("c", grammar);
languages.register({ id: "json", extensions: [".json"], aliases: ["JSON"] });
languages.setLanguageConfiguration("json", jsonConfiguration);
languages.setMonarchTokensProvider("json", jsonGrammar);

// On Linux its own key is Ctrl+Shift+I, which a browser keeps for itself.
editor.addKeybindingRule({
  keybinding: KeyMod.Shift | KeyMod.Alt | KeyCode.KeyF,
  command: "editor.action.formatDocument",
  when: "editorTextFocus && !editorReadonly",
});

function showTheme(): void {
  editor.defineTheme("xdpw", editorTheme(currentTheme()));
  editor.setTheme("xdpw");
}
showTheme();
watchTheme(showTheme);

export { editor, languages, MarkerSeverity, MarkerTag, Uri };
