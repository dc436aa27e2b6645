/** The editor's colours, taken from the tokens of the page: one place says what each colour is. */
import type { editor } from "monaco-editor/editor/editor.api.js";
import type { Theme } from "../app/theme.ts";

export function editorTheme(theme: Theme): editor.IStandaloneThemeData {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => sixDigits(style.getPropertyValue(`--${name}`).trim());
  const bare = (name: string): string => colour(name).slice(1);
  return {
    base: theme === "light" ? "vs" : theme === "contrast" ? "hc-black" : "vs-dark",
    inherit: true,
    rules: [
      { token: "", foreground: bare("fg0") },
      { token: "keyword", foreground: bare("kw") },
      { token: "type", foreground: bare("ty") },
      { token: "function", foreground: bare("fn") },
      { token: "string", foreground: bare("st") },
      { token: "string.escape", foreground: bare("nu") },
      { token: "number", foreground: bare("nu") },
      { token: "constant", foreground: bare("nu") },
      { token: "comment", foreground: bare("cm") },
      { token: "directive", foreground: bare("ma") },
      { token: "delimiter", foreground: bare("fg0") },
    ],
    colors: {
      "editor.background": colour("bg1"),
      "editor.foreground": colour("fg0"),
      "editor.lineHighlightBackground": colour("bg2"),
      "editor.lineHighlightBorder": "#00000000",
      "editor.selectionBackground": colour("accent-bg"),
      "editorLineNumber.foreground": colour("fg2"),
      "editorLineNumber.activeForeground": colour("fg0"),
      "editorCursor.foreground": colour("accent"),
      "editorError.foreground": colour("bad"),
      "editorWarning.foreground": colour("warn"),
      "editorInfo.foreground": colour("accent"),
      "editorWidget.background": colour("bg2"),
      "editorWidget.foreground": colour("fg0"),
      "editorWidget.border": colour("line"),
      "editorHoverWidget.background": colour("bg2"),
      "editorHoverWidget.border": colour("line"),
      "editorSuggestWidget.background": colour("bg2"),
      "editorSuggestWidget.border": colour("line"),
      "editorSuggestWidget.selectedBackground": colour("accent-bg"),
      "editorSuggestWidget.selectedForeground": colour("fg0"),
      // what was typed stands out by its weight: the inherited blue is too pale on the chosen row of the light theme
      "editorSuggestWidget.highlightForeground": colour("fg0"),
      "editorSuggestWidget.focusHighlightForeground": colour("fg0"),
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, colour("fg0")]),
      ),
      "editorBracketHighlight.unexpectedBracket.foreground": colour("bad"),
      "editorBracketMatch.background": colour("bg3"),
      "editorBracketMatch.border": colour("control"),
      "editorIndentGuide.background1": colour("line"),
      "input.background": colour("bg0"),
      "input.foreground": colour("fg0"),
      "input.border": colour("line"),
      "list.hoverBackground": colour("bg3"),
      "list.focusBackground": colour("accent-bg"),
      "menu.background": colour("bg2"),
      "menu.foreground": colour("fg0"),
      "menu.selectionBackground": colour("accent-bg"),
      "menu.selectionForeground": colour("fg0"),
      "menu.border": colour("line"),
      "quickInput.background": colour("bg2"),
      "quickInput.foreground": colour("fg0"),
      focusBorder: colour("accent"),
      "scrollbar.shadow": "#00000000",
      "scrollbarSlider.background": `${colour("control")}80`,
      "scrollbarSlider.hoverBackground": colour("control"),
      "editorOverviewRuler.border": "#00000000",
      "peekView.border": colour("bad"),
      "editorMarkerNavigation.background": colour("bg2"),
      "editorMarkerNavigationError.background": colour("bad"),
    },
  };
}

/** The style sheet is shortened when it is bundled; the editor takes #rrggbb only. */
export function sixDigits(colour: string): string {
  return /^#[0-9a-f]{3,4}$/i.test(colour) ? colour.replace(/[0-9a-f]/gi, (digit) => digit + digit) : colour;
}
