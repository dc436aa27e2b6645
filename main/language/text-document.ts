/** The text of one open document, as the editor has it. Lines and columns are 1-based, columns in UTF-16 units. */
import type { Position, Range, TextEdit } from "../../protocol/language.ts";

export interface TextDocument {
  readonly text: string;
  /** where each line begins */
  readonly starts: readonly number[];
}

export function textDocument(text: string): TextDocument {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return { text, starts };
}

/** Places beyond the end of a line or of the text are taken back to it. */
export function offsetAt({ text, starts }: TextDocument, { line, column }: Position): number {
  const start = starts[line - 1];
  if (start === undefined) return text.length;
  const end = starts[line] ?? text.length + 1;
  return Math.min(start + column - 1, end - 1);
}

export function positionAt({ text, starts }: TextDocument, offset: number): Position {
  const within = Math.max(0, Math.min(offset, text.length));
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= within) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: within - (starts[low] ?? 0) + 1 };
}

export function rangeOf(document: TextDocument, from: number, to: number): Range {
  return { from: positionAt(document, from), to: positionAt(document, to) };
}

/**
 * One after the other, each on what the one before left. The changes come back with their places taken back into the
 * text: clangd forgets a document of which it is told an impossible change.
 */
export function applyChanges(
  document: TextDocument,
  changes: readonly TextEdit[],
): { readonly document: TextDocument; readonly changes: readonly TextEdit[] } {
  let changed = document;
  const possible: TextEdit[] = [];
  for (const { range, text } of changes) {
    const from = offsetAt(changed, range.from);
    const to = Math.max(from, offsetAt(changed, range.to));
    possible.push({ range: rangeOf(changed, from, to), text });
    changed = textDocument(changed.text.slice(0, from) + text + changed.text.slice(to));
  }
  return { document: changed, changes: possible };
}

/** without its line end */
export function lineText({ text, starts }: TextDocument, line: number): string {
  const start = starts[line - 1];
  if (start === undefined) return "";
  return text.slice(start, (starts[line] ?? text.length + 1) - 1).replace(/\r$/, "");
}

/** The C name at a place, also when the place is right behind it; null where there is none. */
export function wordAt(document: TextDocument, at: Position): { readonly word: string; readonly range: Range } | null {
  const text = lineText(document, at.line);
  let from = at.column - 1;
  let to = from;
  while (from > 0 && /\w/.test(text[from - 1] ?? "")) from--;
  while (to < text.length && /\w/.test(text[to] ?? "")) to++;
  const word = text.slice(from, to);
  if (!/^[A-Za-z_]/.test(word)) return null;
  return { word, range: { from: { line: at.line, column: from + 1 }, to: { line: at.line, column: to + 1 } } };
}
