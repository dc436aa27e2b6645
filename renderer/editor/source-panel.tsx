import type { editor } from "monaco-editor/editor/editor.api.js";
import { useEffect, useRef } from "react";
import { useApp, useSession } from "../session/use-app.tsx";
import { isSystemFile } from "./language/system-file.ts";
import { loadMonaco } from "./load-monaco.ts";
import { baseName } from "./open-sources.ts";
import { revealed, whenRevealed } from "./reveal.ts";
import { textAt } from "./texts.ts";
import { createVerdictZones, type VerdictZones } from "./verdict-zones.ts";

const options: editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  fontFamily: '"JetBrains Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  fontSize: 12.5,
  lineHeight: 19,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  renderLineHighlight: "line",
  renderLineHighlightOnlyWhenFocus: true,
  lineNumbersMinChars: 4,
  folding: true,
  glyphMargin: false,
  // dimmed, the last number is too faint to read
  renderFinalNewline: "on",
  tabSize: 8,
  insertSpaces: false,
  detectIndentation: true,
  padding: { top: 6, bottom: 6 },
  fixedOverflowWidgets: true,
  // where clangd is missing, words are better than nothing: they come last
  wordBasedSuggestions: "matchingDocuments",
  quickSuggestions: { other: true, comments: false, strings: false },
  snippetSuggestions: "bottom",
  suggest: { showWords: true, showStatusBar: false },
  overviewRulerBorder: false,
  cursorBlinking: "solid",
  stickyScroll: { enabled: false },
  guides: { indentation: false },
  scrollbar: { verticalScrollbarSize: 11, horizontalScrollbarSize: 11 },
};

export function SourcePanel({ path }: { readonly path: string }): React.ReactNode {
  const app = useApp();
  const source = useSession((state) => state.sources.find((open) => open.path === path));
  const container = useRef<HTMLDivElement>(null);
  const view = useRef<editor.IStandaloneCodeEditor | null>(null);
  const zones = useRef<VerdictZones | null>(null);

  useEffect(() => {
    let ended = false;
    const ends: (() => void)[] = [];
    void loadMonaco().then((monaco) => {
      const model = textAt(path)?.model;
      if (ended || container.current === null || model === undefined) return;
      const created = monaco.editor.create(container.current, {
        ...options,
        model,
        tabSize: app.store.get().settings.tabSize,
        readOnly: isSystemFile(path),
        ariaLabel: `${baseName(path)}, source. Ctrl+M lets Tab leave the editor, F6 goes to the next part of the window`,
      });
      ends.push(() => created.dispose());
      view.current = created;
      zones.current = createVerdictZones(created);
      const tellCursor = (): void => {
        const at = created.getPosition();
        app.store.set({ active: path, cursor: at === null ? null : { line: at.lineNumber, column: at.column } });
      };
      created.onDidFocusEditorText(tellCursor);
      created.onDidChangeCursorPosition(tellCursor);
      const opened = app.store.get().sources.find((open) => open.path === path);
      if (opened !== undefined) zones.current.show(opened);
      let placing: ReturnType<typeof setTimeout> | undefined;
      const placeZones = model.onDidChangeContent(() => {
        clearTimeout(placing);
        placing = setTimeout(() => {
          const now = app.store.get().sources.find((open) => open.path === path);
          if (now !== undefined && !ended) zones.current?.show(now);
        }, 300);
      });
      ends.push(() => placeZones.dispose());
      const go = (at: { readonly line: number; readonly column: number }): void => {
        created.setPosition({ lineNumber: at.line, column: at.column });
        created.revealLineInCenterIfOutsideViewport(at.line);
        created.focus();
      };
      ends.push(whenRevealed(path, go));
      const waiting = revealed(path);
      if (waiting === null) created.focus();
      else go(waiting);
    });
    return () => {
      ended = true;
      for (const end of ends) end();
      view.current = null;
      zones.current = null;
    };
  }, [app, path]);

  useEffect(() => {
    if (source !== undefined) zones.current?.show(source);
  }, [source]);

  return <div className="source-panel" ref={container} />;
}
