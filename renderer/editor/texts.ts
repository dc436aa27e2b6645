/** The texts being edited: Monaco's models, one a path, and which state of each is the saved one. */
import type { Input } from "../../protocol/build.ts";
import type { editor } from "monaco-editor/editor/editor.api.js";

export interface Text {
  readonly model: editor.ITextModel;
  /** the model's alternative version that equals the file; -1 where none does */
  saved: number;
}

const texts = new Map<string, Text>();

export function keepText(path: string, model: editor.ITextModel, saved: number): Text {
  const text = { model, saved };
  texts.set(path, text);
  return text;
}

export function textAt(path: string): Text | undefined {
  return texts.get(path);
}

export function allTexts(): Iterable<[string, Text]> {
  return texts.entries();
}

export function isDirty(text: Text): boolean {
  return text.model.getAlternativeVersionId() !== text.saved;
}

/** With its line endings and byte order mark as they were. */
export function wholeText(text: Text): string {
  return text.model.getValue(undefined, true);
}

/** What main is given of a source: the text as it stands; of an object its path alone. */
export function inputOf(path: string): Input {
  const text = texts.get(path);
  return { path, text: text === undefined ? null : wholeText(text) };
}

export function dropText(path: string): void {
  texts.get(path)?.model.dispose();
  texts.delete(path);
}
