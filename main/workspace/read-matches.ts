/**
 * What `grep -HnZ --color=always` prints, with empty colours for all but the matches: NAME NUL LINE ":" text newline, and
 * in the text ESC "[01m" MATCH ESC "[m". Total: what is not of that form is passed over.
 */
import type { SearchMatch } from "../../protocol/workspace.ts";

export interface MatchReader {
  push(chunk: Buffer): void;
}

const colon = 0x3a;
const newline = 0x0a;
const shownBefore = 60;
const shownMatch = 200;
const shownAfter = 200;
/** a line that never ends is not kept whole */
const lineLimit = 1024 * 1024;
// oxlint-disable-next-line no-control-regex -- the escapes that grep puts around a match
const marks = /\x1b\[(?:01)?m/;

/** `found` is called once for each line with matches; `name` is as grep was given it. */
export function readMatches(found: (name: string, matches: readonly SearchMatch[]) => void): MatchReader {
  let rest: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (;;) {
        const nul = rest.indexOf(0);
        const end = nul < 0 ? -1 : rest.indexOf(newline, nul);
        if (end < 0) break;
        const name = rest.toString("utf8", 0, nul);
        const at = rest.indexOf(colon, nul);
        if (at > nul && at < end) {
          const line = Number(rest.toString("latin1", nul + 1, at));
          const matches = Number.isSafeInteger(line) ? matchesOf(line, rest.toString("utf8", at + 1, end)) : [];
          if (matches.length > 0) found(name, matches);
        }
        rest = rest.subarray(end + 1);
      }
      if (rest.length > lineLimit) rest = rest.subarray(0, lineLimit);
    },
  };
}

/** Marked text: even parts are outside of a match, odd ones are matches. */
export function matchesOf(line: number, marked: string): readonly SearchMatch[] {
  const parts = marked.replace(/\r$/, "").split(marks);
  const text = parts.join("");
  const matches: SearchMatch[] = [];
  let column = 1;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1 && part !== "") {
      matches.push({
        line,
        column,
        before: text.slice(Math.max(0, column - 1 - shownBefore), column - 1).trimStart(),
        match: part.slice(0, shownMatch),
        after: text.slice(column - 1 + part.length, column - 1 + part.length + shownAfter),
      });
    }
    column += part.length;
  }
  return matches;
}
