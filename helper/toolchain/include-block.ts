/**
 * The leading include block of a source: everything to its last #include that stands before the first other line of C.
 * Such a block can be read once and kept as a precompiled header. Pure and total; only what is certain is taken:
 * comments, blank lines, #include <…> and "…", #define and #undef. A conditional ends it.
 */

export interface IncludeBlock {
  /** the directives, each in its own line; lines of comments are empty, so that their wording does not matter */
  readonly text: string;
  /** the source with the block's lines emptied: every other line keeps its number */
  readonly rest: string;
}

const include = /^[ \t]*#[ \t]*include[ \t]*(?:<[^>\n]+>|"[^"\n]+")[ \t]*$/;
const definition = /^[ \t]*#[ \t]*(?:define|undef)[ \t]/;
/** more than this is not a block that a person wrote */
const maximumLines = 2000;
const maximumLine = 2000;

/** null where the source does not begin with includes */
export function includeBlock(source: string): IncludeBlock | null {
  if (source.startsWith("\ufeff")) return null;
  const lines: string[] = [];
  let at = 0;
  let blockEnd = -1;
  let blockLines = 0;
  let inComment = false;
  while (at < source.length && lines.length < maximumLines) {
    const newline = source.indexOf("\n", at);
    if (newline < 0) break;
    const raw = source.slice(at, newline).replace(/\r$/, "");
    // spliced lines and trigraphs would need a lexer
    if (raw.endsWith("\\") || raw.includes("??") || raw.length > maximumLine) break;
    const stripped = withoutComments(raw, inComment);
    inComment = stripped.open;
    const code = stripped.code.trimEnd();
    const isInclude = include.test(code);
    // a comment that begins behind a directive and goes on: rare enough to stop here
    if (code !== "" && (inComment || !(isInclude || (definition.test(code) && !code.includes("__has_include"))))) break;
    lines.push(code);
    at = newline + 1;
    if (isInclude) {
      blockEnd = at;
      blockLines = lines.length;
    }
  }
  if (blockEnd < 0) return null;
  return {
    text: lines
      .slice(0, blockLines)
      .map((line) => `${line}\n`)
      .join(""),
    rest: "\n".repeat(blockLines) + source.slice(blockEnd),
  };
}

/** One line without its comments, and whether the last of them goes on. */
function withoutComments(line: string, inside: boolean): { readonly code: string; readonly open: boolean } {
  let code = "";
  let open = inside;
  for (let at = 0; at < line.length; ) {
    if (open) {
      const end = line.indexOf("*/", at);
      if (end < 0) return { code, open: true };
      open = false;
      code += " ";
      at = end + 2;
    } else if (line.startsWith("//", at) && !isInsideName(code)) {
      return { code, open: false };
    } else if (line.startsWith("/*", at) && !isInsideName(code)) {
      open = true;
      at += 2;
    } else {
      code += line[at] ?? "";
      at += 1;
    }
  }
  return { code, open };
}

/** Between the quotes of an include or a string, // and /* are letters. */
function isInsideName(code: string): boolean {
  const quotes = code.split('"').length - 1;
  return quotes % 2 === 1 || /#[ \t]*include[ \t]*<[^>]*$/.test(code);
}
