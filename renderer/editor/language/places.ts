/** The wire's places as the editor's, both 1-based and in UTF-16 units. */
import type { IPosition, IRange } from "monaco-editor/editor/editor.api.js";
import type { Position, Range } from "../../../protocol/language.ts";

export function toRange({ from, to }: Range): IRange {
  return {
    startLineNumber: from.line,
    startColumn: from.column,
    endLineNumber: to.line,
    endColumn: to.column,
  };
}

export function ofRange(range: IRange): Range {
  return {
    from: { line: range.startLineNumber, column: range.startColumn },
    to: { line: range.endLineNumber, column: range.endColumn },
  };
}

export function ofPosition({ lineNumber, column }: IPosition): Position {
  return { line: lineNumber, column };
}
