/** The entries of a JSON text one after the other, however many: no tree of all of them is made. */
import type { Problems } from "./problems.ts";

const open = 91;
const close = 93;
const brace = 123;
const comma = 44;
const newline = 10;
const quote = 34;
const backslash = 92;

/**
 * Elements of the array that is the text, or of the member "entries" of the object that it is. `quick` may read an element
 * at a place, and answers where it ends or -1; `take` gets the others, parsed. Answers the object's other members.
 */
export function scanEntries(
  text: Uint8Array,
  problems: Problems,
  quick: (at: number, line: number) => number,
  take: (value: unknown, line: number) => void,
): Readonly<Record<string, unknown>> {
  let line = 1;
  let counted = 0;
  const lineAt = (at: number): number => {
    for (; counted < at; counted++) if (text[counted] === newline) line += 1;
    return line;
  };
  const blanks = (start: number): number => {
    let at = start;
    while (at < text.length && (text[at] as number) <= 32) at += 1;
    return at;
  };
  const bad = (at: number, message: string): void => {
    const place = lineAt(Math.min(at, text.length));
    const start = text.lastIndexOf(newline, Math.max(0, at - 1)) + 1;
    problems.add(place, Math.max(1, at - start + 1), message);
  };
  const parse = (from: number, to: number): { readonly ok: boolean; readonly value: unknown } => {
    try {
      return { ok: true, value: JSON.parse(Buffer.from(text.subarray(from, to)).toString("utf8")) as unknown };
    } catch (error) {
      bad(from, `no JSON: ${error instanceof Error ? error.message : String(error)}`);
      return { ok: false, value: null };
    }
  };

  /** where the array ends; -1 where it does not */
  const elements = (start: number): number => {
    let at = blanks(start + 1);
    if (text[at] === close) return at + 1;
    for (;;) {
      const here = lineAt(at);
      let end = quick(at, here);
      if (end < 0) {
        end = endOfValue(text, at);
        if (end < 0) {
          bad(at, "the text ends in the middle of an entry");
          return -1;
        }
        const { ok, value } = parse(at, end);
        if (!ok) return -1;
        take(value, here);
      }
      at = blanks(end);
      if (text[at] === close) return at + 1;
      if (text[at] !== comma) {
        bad(at, at >= text.length ? "the text ends before the list of entries does" : "a comma is missing");
        return -1;
      }
      at = blanks(at + 1);
    }
  };

  const start = blanks(0);
  if (text[start] === open) {
    const end = elements(start);
    if (end >= 0 && blanks(end) < text.length) bad(blanks(end), "something stands behind the list of entries");
    return {};
  }
  if (text[start] !== brace) {
    bad(start, "no list of entries: give what `bpftool -j map dump` or `xdpw map snapshot` wrote");
    return {};
  }
  const found = membersBeside(text, start, elements);
  if (typeof found === "number") {
    if (found >= 0) bad(found, "no JSON object with a list of entries");
    return {};
  }
  return found;
}

/** Members of the object but for "entries", which is scanned; a number where it is none: -1 if that was said already. */
function membersBeside(
  text: Uint8Array,
  start: number,
  elements: (at: number) => number,
): Readonly<Record<string, unknown>> | number {
  const pieces: string[] = [];
  let at = start + 1;
  let any = false;
  const blanks = (from: number): number => {
    let place = from;
    while (place < text.length && (text[place] as number) <= 32) place += 1;
    return place;
  };
  for (;;) {
    at = blanks(at);
    if (text[at] !== quote) return at;
    const nameEnd = endOfValue(text, at);
    if (nameEnd < 0) return at;
    const name = Buffer.from(text.subarray(at, nameEnd)).toString("utf8");
    at = blanks(nameEnd);
    if (text[at] !== 58) return at;
    at = blanks(at + 1);
    if (name === '"entries"' && text[at] === open) {
      any = true;
      at = elements(at);
      if (at < 0) return -1;
    } else {
      const end = endOfValue(text, at);
      if (end < 0) return at;
      pieces.push(`${name}:${Buffer.from(text.subarray(at, end)).toString("utf8")}`);
      at = end;
    }
    at = blanks(at);
    if (text[at] === comma) at += 1;
    else break;
  }
  if (text[at] !== 125 || !any) return at;
  try {
    return JSON.parse(`{${pieces.join(",")}}`) as Readonly<Record<string, unknown>>;
  } catch {
    return start;
  }
}

/** Where the value that begins at `start` ends, by its brackets and quotes; -1 where it does not. */
function endOfValue(text: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const byte = text[at] as number;
    if (byte === quote) {
      at += 1;
      while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
      if (at >= text.length) return -1;
      if (depth === 0) return at + 1;
    } else if (byte === open || byte === brace) {
      depth += 1;
    } else if (byte === close || byte === 125) {
      depth -= 1;
      if (depth === 0) return at + 1;
      if (depth < 0) return at;
    } else if (depth === 0 && (byte === comma || byte <= 32)) {
      return at;
    }
  }
  return -1;
}
