/** Gathers the lines of a view, and names each file once. */
import type { Code, CodeLine, CodePlace } from "../../protocol/views.ts";

/** A place by its file's name; `line` counted from 1, `column` 0 where it is not known. */
export interface NamedPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type CodeText = Pick<Code, "files" | "lines" | "functions">;

export interface CodeBuilder {
  /** `name` makes it the head of a function */
  heading(text: string, at: readonly NamedPlace[], name?: string): void;
  code(text: string, at: readonly NamedPlace[]): void;
  other(text: string, at?: readonly NamedPlace[]): void;
  done(): CodeText;
}

/** A view travels in one message (wire.ts): what is beyond this estimate of its JSON is left out, and said. */
const largestView = 20 * 1024 * 1024;
const lineCost = 48;
const placeCost = 44;

export function createCodeBuilder(): CodeBuilder {
  let [size, left] = [0, 0];
  const files = new Map<string, number>();
  const lines: CodeLine[] = [];
  const functions: { name: string; line: number }[] = [];
  const indexOf = (file: string): number => {
    const known = files.get(file) ?? files.size;
    files.set(file, known);
    return known;
  };
  // most lines share their place with the one before
  const converted = new Map<readonly NamedPlace[], CodePlace[]>();
  const placed = (at: readonly NamedPlace[]): CodePlace[] => {
    const known = converted.get(at);
    if (known !== undefined) return known;
    const places = at
      .filter(({ line }) => line > 0)
      .map(({ file, line, column }) => ({ file: indexOf(file), line, column }));
    converted.set(at, places);
    return places;
  };
  const add = (kind: CodeLine["kind"], text: string, at: readonly NamedPlace[]): void => {
    size += text.length + lineCost + at.length * placeCost;
    if (size > largestView) left++;
    else lines.push({ text, kind, at: placed(at) });
  };
  return {
    heading(text, at, name) {
      if (name !== undefined && size <= largestView) functions.push({ name, line: lines.length });
      add("heading", text, at);
    },
    code: (text, at) => add("code", text, at),
    other: (text, at = []) => add("other", text, at),
    done() {
      if (left > 0) lines.push({ text: `… ${left} more lines are left out`, kind: "other", at: [] });
      return { files: [...files.keys()], lines, functions: functions.filter(({ line }) => line < lines.length) };
    },
  };
}
