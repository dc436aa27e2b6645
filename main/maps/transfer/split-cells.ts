/** One row of a CSV file as texts: RFC 4180, and what spreadsheets make of it. */

export interface SplitCell {
  readonly text: string;
  /** characters from 1, of the line where it begins */
  readonly column: number;
  /** lines after the first of the row where it begins */
  readonly lines: number;
}

export interface SplitRow {
  readonly cells: readonly SplitCell[];
  readonly delimiter: number;
  /** where the next row begins */
  readonly end: number;
  /** how many lines it takes: a quoted cell may hold line breaks */
  readonly lines: number;
  readonly problem: { readonly column: number; readonly message: string } | null;
}

const quote = 34;
const newline = 10;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `delimiter`: null finds out which of comma, semicolon and tab stands most often in the row. */
export function splitCells(text: Uint8Array, start: number, given: number | null): SplitRow {
  const delimiter = given ?? findDelimiter(text, start);
  const cells: SplitCell[] = [];
  let problem: SplitRow["problem"] = null;
  let at = start;
  let line = 0;
  let lineStart = start;
  const columnAt = (place: number): number => decode(text.subarray(lineStart, place)).text.length + 1;
  const blame = (place: number, message: string): void => {
    problem ??= { column: columnAt(place), message };
  };
  for (;;) {
    const cell = { column: columnAt(at), lines: line };
    const from = at;
    let raw: Uint8Array;
    if (text[at] === quote) {
      const pieces: Uint8Array[] = [];
      let pieceStart = at + 1;
      at += 1;
      for (;;) {
        if (at >= text.length) {
          blame(from, "a quote is not closed");
          break;
        }
        if (text[at] === quote) {
          if (text[at + 1] !== quote) break;
          pieces.push(text.subarray(pieceStart, at + 1));
          at += 2;
          pieceStart = at;
        } else {
          if (text[at] === newline) {
            line += 1;
            lineStart = at + 1;
          }
          at += 1;
        }
      }
      pieces.push(text.subarray(pieceStart, at));
      raw = Buffer.concat(pieces);
      at += 1;
      const after = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== newline) at += 1;
      if (/\S/.test(Buffer.from(text.subarray(after, at)).toString("latin1")))
        blame(after, "text after a closing quote");
    } else {
      while (at < text.length && text[at] !== delimiter && text[at] !== newline) at += 1;
      const end = text[at] !== delimiter && text[at - 1] === 13 && at > from ? at - 1 : at;
      raw = text.subarray(from, end);
    }
    const decoded = decode(raw);
    if (!decoded.ok) blame(from, "not UTF-8");
    cells.push({ ...cell, text: decoded.text });
    if (at >= text.length || text[at] !== delimiter) break;
    at += 1;
  }
  return { cells, delimiter, end: Math.min(at + 1, text.length), lines: line + 1, problem };
}

function decode(bytes: Uint8Array): { readonly ok: boolean; readonly text: string } {
  try {
    return { ok: true, text: strict.decode(bytes) };
  } catch {
    return { ok: false, text: Buffer.from(bytes).toString("latin1") };
  }
}

function findDelimiter(text: Uint8Array, start: number): number {
  const end = text.indexOf(newline, start);
  const line = text.subarray(start, end < 0 ? text.length : end);
  const count = (wanted: number): number => line.reduce((sum, byte) => sum + (byte === wanted ? 1 : 0), 0);
  const [comma, semicolon, tab] = [44, 59, 9].map((each) => ({ each, times: count(each) })) as [Found, Found, Found];
  return [semicolon, tab].reduce((best, each) => (each.times > best.times ? each : best), comma).each;
}

interface Found {
  readonly each: number;
  readonly times: number;
}
