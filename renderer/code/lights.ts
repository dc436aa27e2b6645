/**
 * The line that the mouse is on, or the cursor, lit on both sides: in every editor that shows a file which the code came
 * from, and in the code. The mouse comes before the cursor while it is on a line.
 */
import type { editor } from "monaco-editor/editor/editor.api.js";
import { columnOfByte } from "../editor/byte-column.ts";
import { revealSource } from "../editor/reveal.ts";
import { textAt } from "../editor/texts.ts";
import type { App } from "../session/app.ts";
import type { LitLines, LitSource, Places } from "./index-places.ts";
import { type Origin, wordsOfLit } from "./lit-words.ts";

export interface Told {
  readonly words: string;
  /** an answer to what was asked for, to be spoken too; what follows the cursor is not */
  readonly spoken: boolean;
}

/** What is lit, in the words that are written below the code. */
export interface Lights {
  /** null: there is no code */
  show(places: Places | null): void;
  goToOtherSide(): void;
  dispose(): void;
}

interface Sides {
  readonly app: App;
  readonly editors: Pick<typeof editor, "getEditors" | "onDidCreateEditor">;
  readonly code: editor.IStandaloneCodeEditor;
  readonly tell: (told: Told) => void;
}

export function createLights({ app, editors, code, tell }: Sides): Lights {
  let places: Places | null = null;
  let hovered: Origin | null = null;
  let cursor: Origin | null = cursorOf(app);
  let drawn = "";
  const codeLit = code.createDecorationsCollection();
  const sources = new Map<editor.ICodeEditor, editor.IEditorDecorationsCollection>();
  const ends: { dispose(): void }[] = [];

  const light = (): void => {
    const origin = hovered ?? cursor;
    const key = JSON.stringify(origin);
    if (key === drawn) return;
    drawn = key;
    const lit = places === null || origin === null ? null : whatIsLit(places, origin);
    codeLit.set(lit === null ? [] : marks(lit.code, 1));
    for (const [view, collection] of sources) {
      const path = view.getModel()?.uri.path;
      const here = lit?.source.find((one) => one.path === path);
      collection.set(here === undefined ? [] : marks(here, 0));
    }
    tell({ words: origin === null || lit === null ? "" : wordsOfLit(origin, lit), spoken: false });
  };
  const hover = (origin: Origin | null): void => {
    hovered = origin;
    light();
  };
  const place = (origin: Origin): void => {
    cursor = origin;
    hovered = null;
    light();
  };
  const listen = (view: editor.ICodeEditor, originOf: (line: number) => Origin | null, until: typeof ends): void => {
    const at = (line: number | undefined): Origin | null => (line === undefined ? null : originOf(line));
    const here = (): void => {
      const origin = at(view.getPosition()?.lineNumber);
      if (origin !== null) place(origin);
    };
    until.push(
      view.onMouseMove(({ target }) => hover(at(target.position?.lineNumber))),
      view.onMouseLeave(() => hover(null)),
      view.onDidChangeCursorPosition(({ source }) => {
        // what is put into a text by others moves its cursor too
        if (view.hasTextFocus() || source === "mouse") here();
      }),
      view.onDidFocusEditorText(here),
    );
  };
  const addSource = (view: editor.ICodeEditor): void => {
    if (view === code || sources.has(view)) return;
    sources.set(view, view.createDecorationsCollection());
    const own: { dispose(): void }[] = [];
    const originOf = (line: number): Origin | null => {
      const path = view.getModel()?.uri.path;
      return path === undefined || textAt(path) === undefined ? null : { side: "source", path, line };
    };
    listen(view, originOf, own);
    const end = (): void => {
      for (const one of own) one.dispose();
      sources.delete(view);
    };
    own.push(view.onDidDispose(end), view.onDidChangeModel(relight));
    drawn = "";
  };
  const relight = (): void => {
    drawn = "";
    light();
  };

  listen(code, (line) => ({ side: "code", index: line - 1 }), ends);
  for (const view of editors.getEditors()) addSource(view);
  ends.push(
    editors.onDidCreateEditor((view) => {
      addSource(view);
      // its model is set after it was made
      setTimeout(relight);
    }),
    code.onKeyDown((event) => {
      if (event.browserEvent.key !== "Enter" || event.ctrlKey || event.altKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      void toSource();
    }),
    code.onMouseDown(({ event, target }) => {
      if (event.detail === 2 && target.position !== null) void toSource();
    }),
  );

  const toSource = async (): Promise<void> => {
    const index = (code.getPosition()?.lineNumber ?? 1) - 1;
    const found = places?.placeNear(index) ?? null;
    if (found === null) {
      tell({ words: "Nothing here has a line of C", spoken: true });
      return;
    }
    const { path, place: at } = found;
    const model = textAt(path)?.model;
    const known = model !== undefined && at.line <= model.getLineCount();
    const column = known ? columnOfByte(model.getLineContent(at.line), at.column) : Math.max(1, at.column);
    await revealSource(app, path, { line: at.line, column });
  };
  /** of the code that came from there, the first */
  const lineOf = (from: Origin | null): number | null => {
    if (from?.side !== "source" || places === null) return null;
    const { own, inlined } = places.codeOf(from.path, from.line);
    return own[0] ?? inlined[0] ?? null;
  };
  const toCode = (): void => {
    const from = cursorOf(app);
    const target = lineOf(from);
    if (target === null) {
      if (from?.side === "source") tell({ words: `No code came from line ${from.line}`, spoken: true });
      return;
    }
    code.setPosition({ lineNumber: target + 1, column: 1 });
    code.revealLineInCenterIfOutsideViewport(target + 1);
    code.focus();
  };
  return {
    show(now) {
      const first = places === null;
      places = now;
      if (cursor === null || (cursor.side === "code" && !code.hasTextFocus())) cursor = cursorOf(app);
      relight();
      const target = first ? lineOf(cursorOf(app)) : null;
      if (target !== null) code.revealLineInCenterIfOutsideViewport(target + 1);
    },
    goToOtherSide() {
      if (code.hasTextFocus()) void toSource();
      else toCode();
    },
    dispose() {
      for (const one of ends) one.dispose();
      codeLit.clear();
      for (const [view, collection] of sources) {
        collection.clear();
        sources.delete(view);
      }
    },
  };
}

interface Lit {
  readonly code: LitLines;
  readonly source: readonly LitSource[];
}

/** Of a line of code, everything that came from the same line of C is lit with it. */
function whatIsLit(places: Places, origin: Origin): Lit {
  if (origin.side === "source") {
    const { path, line } = origin;
    const found = places.codeOf(path, line);
    const any = found.own.length > 0 || found.inlined.length > 0;
    return { code: found, source: any ? [{ path, own: [line], inlined: [] }] : [] };
  }
  const source = places.sourceOf(origin.index);
  const from = source.flatMap(({ path, own }) => own.map((line) => ({ path, line })))[0];
  const same = from === undefined ? { own: [origin.index], inlined: [] } : places.codeOf(from.path, from.line);
  return { code: { own: same.own, inlined: [] }, source };
}

function cursorOf(app: App): Origin | null {
  const { active, cursor } = app.store.get();
  return active === null || cursor === null ? null : { side: "source", path: active, line: cursor.line };
}

/** A bar beside the line, whole or dotted, says the same as the colour. */
function marks({ own, inlined }: LitLines, offset: number): editor.IModelDeltaDecoration[] {
  const mark = (line: number, name: string, rank: number): editor.IModelDeltaDecoration => ({
    range: { startLineNumber: line + offset, endLineNumber: line + offset, startColumn: 1, endColumn: 1 },
    options: {
      isWholeLine: true,
      className: name,
      linesDecorationsClassName: `${name}-mark`,
      overviewRuler: { color: { id: "editorCursor.foreground" }, position: rank },
    },
  });
  // OverviewRulerLane.Full and Left
  return [...own.map((line) => mark(line, "lit", 7)), ...inlined.map((line) => mark(line, "lit-outer", 1))];
}
