/** A text in place of another one, as one small edit: the cursor stays where it can, and Undo brings the old one back. */
import type { editor } from "monaco-editor/editor/editor.api.js";

/** EndOfLineSequence, and EndOfLinePreference for a text with line feeds only */
const lf = 0;
const crlf = 1;
const asLineFeeds = 1;

export function replaceText(model: editor.ITextModel, text: string): void {
  const ending = /\r\n/.test(text) ? crlf : lf;
  const after = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const before = model.getValue(asLineFeeds, false);
  model.pushStackElement();
  if (before !== after) {
    const { start, end } = difference(before, after);
    const from = positionOf(before, start);
    const to = positionOf(before, before.length - end);
    const range = {
      startLineNumber: from.line,
      startColumn: from.column,
      endLineNumber: to.line,
      endColumn: to.column,
    };
    model.pushEditOperations([], [{ range, text: after.slice(start, after.length - end) }], () => null);
  }
  if (model.getEndOfLineSequence() !== ending) model.pushEOL(ending);
  model.pushStackElement();
}

/** How many characters are the same at the beginning and at the end. */
export function difference(before: string, after: string): { readonly start: number; readonly end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end++;
  }
  // not through the middle of a character outside of the basic plane
  if (isHigh(before.charCodeAt(start - 1))) start--;
  if (isLow(before.charCodeAt(before.length - end))) end--;
  return { start, end: Math.max(0, end) };
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}
