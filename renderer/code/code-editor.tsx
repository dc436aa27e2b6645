import type { editor } from "monaco-editor/editor/editor.api.js";
import { useEffect, useMemo, useRef } from "react";
import type { Code } from "../../protocol/views.ts";
import { loadMonaco } from "../editor/load-monaco.ts";
import { useApp } from "../session/use-app.tsx";
import { type CodeLanguage, registerCodeLanguages } from "./code-languages.ts";
import { indexPlaces, type Places } from "./index-places.ts";
import { createLights, type Lights, type Told } from "./lights.ts";
import { isOtherSideAsked, offerOtherSide } from "./other-side.ts";

const options: editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  readOnly: true,
  domReadOnly: true,
  fontFamily: '"JetBrains Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  fontSize: 12.5,
  lineHeight: 19,
  minimap: { enabled: false },
  lineNumbers: "off",
  lineDecorationsWidth: 14,
  scrollBeyondLastLine: false,
  renderLineHighlightOnlyWhenFocus: true,
  glyphMargin: false,
  folding: false,
  tabSize: 8,
  padding: { top: 6, bottom: 6 },
  fixedOverflowWidgets: true,
  quickSuggestions: false,
  wordBasedSuggestions: "off",
  occurrencesHighlight: "off",
  overviewRulerBorder: false,
  cursorBlinking: "solid",
  stickyScroll: { enabled: false },
  guides: { indentation: false },
  // it is only read: Tab goes on
  tabFocusMode: true,
  scrollbar: { verticalScrollbarSize: 11, horizontalScrollbarSize: 11 },
};

interface CodeEditorProps {
  readonly code: Code;
  /** what it is of, for screen readers */
  readonly name: string;
  /** nothing is lit for a tab behind another one */
  readonly seen: boolean;
  readonly tell: (told: Told) => void;
  /** another one comes into view: of a function that was chosen */
  readonly line: { readonly index: number } | null;
}

/** Code to be read, in the place where it was scrolled to as long as it is of the same kind. */
export function CodeEditor({ code, name, seen, tell, line }: CodeEditorProps): React.ReactNode {
  const app = useApp();
  const container = useRef<HTMLDivElement>(null);
  const made = useRef<{ readonly view: editor.IStandaloneCodeEditor; show(to: Places | null): void } | null>(null);
  const indexed = useMemo(() => indexPlaces(code), [code]);
  const places = seen ? indexed : null;
  const wanted = useRef(places);
  const label = `${name}, to be read. Enter goes to its line of C`;
  const labelled = useRef(label);

  useEffect(() => {
    let ended = false;
    const ends: (() => void)[] = [];
    void loadMonaco().then((monaco) => {
      if (ended || container.current === null) return;
      registerCodeLanguages(monaco.languages);
      const model = monaco.editor.createModel("", "plaintext");
      ends.push(() => model.dispose());
      const view = monaco.editor.create(container.current, { ...options, model, ariaLabel: labelled.current });
      ends.push(() => view.dispose());
      const lights: Lights = createLights({ app, editors: monaco.editor, code: view, tell });
      ends.push(() => lights.dispose());
      const show = (to: Places | null): void => {
        const text = to?.code.lines.map((one) => one.text.replace(/[\r\n]+/g, " ")).join("\n") ?? null;
        if (to !== null && text !== null && text !== model.getValue()) {
          const state = view.saveViewState();
          model.setValue(text);
          monaco.editor.setModelLanguage(model, languageOf(to.code));
          if (state !== null) view.restoreViewState(state);
        }
        lights.show(to);
      };
      made.current = { view, show };
      show(wanted.current);
      ends.push(offerOtherSide(() => lights.goToOtherSide()));
      if (isOtherSideAsked()) lights.goToOtherSide();
    });
    return () => {
      ended = true;
      made.current = null;
      for (const end of ends.toReversed()) end();
    };
  }, [app, tell]);

  useEffect(() => {
    wanted.current = places;
    made.current?.show(places);
  }, [places]);
  useEffect(() => {
    labelled.current = label;
    made.current?.view.updateOptions({ ariaLabel: label });
  }, [label]);
  useEffect(() => {
    if (line === null || made.current === null) return;
    const { view } = made.current;
    view.setPosition({ lineNumber: line.index + 1, column: 1 });
    view.revealLineNearTop(line.index + 1);
    view.focus();
  }, [line]);

  return <div className="code-editor" ref={container} />;
}

function languageOf({ kind }: Code): CodeLanguage {
  if (kind === "llvm") return "llvm-ir";
  return kind === "jited" ? "machine-assembly" : "bpf-assembly";
}
