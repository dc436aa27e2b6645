/** What can be read off a source without a compiler: its sections, its license, and which helpers it calls. */

export interface SectionUse {
  readonly name: string;
  /** UTF-16 offsets of the name between its quotes */
  readonly from: number;
  readonly to: number;
  /** what the section is given to; null where that cannot be told */
  readonly of: "function" | "variable" | null;
}

export interface NameUse {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The same text with comments, and with `strings` also what stands in quotes, turned into spaces: offsets stay. */
export function blanked(text: string, strings: boolean): string {
  let out = "";
  let kept = 0;
  let at = 0;
  const blank = (from: number, to: number): void => {
    out += text.slice(kept, from) + text.slice(from, to).replace(/[^\n]/g, " ");
    kept = to;
  };
  while (at < text.length) {
    const character = text[at];
    if (character === "/" && text[at + 1] === "*") {
      const end = text.indexOf("*/", at + 2);
      const to = end < 0 ? text.length : end + 2;
      blank(at, to);
      at = to;
    } else if (character === "/" && text[at + 1] === "/") {
      const end = text.indexOf("\n", at);
      const to = end < 0 ? text.length : end;
      blank(at, to);
      at = to;
    } else if (character === '"' || character === "'") {
      const { end, closed } = endOfQuoted(text, at);
      if (strings) blank(at + 1, closed ? end - 1 : end);
      at = end;
    } else at++;
  }
  return out + text.slice(kept);
}

/** behind the closing quote, or at the end of the line where there is none */
function endOfQuoted(text: string, start: number): { readonly end: number; readonly closed: boolean } {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return { end: at + 1, closed: true };
    else if (text[at] === "\n") return { end: at, closed: false };
  }
  return { end: text.length, closed: false };
}

/** `code` is blanked(text, false). */
export function sectionsOf(code: string): readonly SectionUse[] {
  const found: SectionUse[] = [];
  for (const match of code.matchAll(/\bSEC\s*\(\s*"([^"\n]*)"\s*\)/g)) {
    const [whole, name = ""] = match;
    const from = match.index + whole.indexOf('"') + 1;
    found.push({ name, from, to: from + name.length, of: whatFollows(code, match.index + whole.length) });
  }
  return found;
}

/** `SEC("x") int f(…) {` is a function's, `… SEC("x") = …` and `… SEC("x");` a variable's. */
function whatFollows(code: string, from: number): SectionUse["of"] {
  const rest = code.slice(from, from + 2000);
  const stop = /[;={]/.exec(rest);
  if (stop === null) return null;
  if (stop[0] !== "{") {
    // a prototype, with or without attributes, is a function's too
    return stop[0] === ";" && /^\s*\w[^=;]*\)\s*$/.test(rest.slice(0, stop.index)) ? "function" : "variable";
  }
  return rest.slice(0, stop.index).includes("(") ? "function" : "variable";
}

/** The braces of the function whose head goes on at `from`, as offsets; `code` is blanked(text, true). */
export function bodyBehind(code: string, from: number): { readonly from: number; readonly to: number } | null {
  const head = /^[^;{]*\{/.exec(code.slice(from, from + 2000));
  if (head === null) return null;
  const open = from + head[0].length - 1;
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === "{") depth++;
    else if (code[at] === "}" && --depth === 0) return { from: open, to: at + 1 };
  }
  // being typed: it goes on to the end
  return { from: open, to: code.length };
}

/** `char x[] SEC("license") = "GPL";` */
export function licenseOf(
  code: string,
): { readonly value: string | null; readonly from: number; readonly to: number } | null {
  const match = /\bSEC\s*\(\s*"license"\s*\)\s*=\s*(?:"((?:[^"\\\n]|\\.)*)"|[A-Za-z_])/.exec(code);
  if (match === null) return null;
  const value = match[1] ?? null;
  const to = match.index + match[0].length;
  return { value, from: value === null ? match.index : to - value.length - 2, to };
}

/** Every name that is followed by `(`; `code` is blanked(text, true). Directives do not count. */
export function callsOf(code: string): readonly NameUse[] {
  const found: NameUse[] = [];
  for (const match of code.matchAll(/\b(bpf_\w+)(?=\s*\()/g)) {
    const lineStart = code.lastIndexOf("\n", match.index) + 1;
    if (/^\s*#/.test(code.slice(lineStart, match.index))) continue;
    found.push({ name: match[0], from: match.index, to: match.index + match[0].length });
  }
  return found;
}

/** Of `#include "…"`, as they are written. */
export function ownIncludes(code: string): readonly string[] {
  return [...code.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm)].map(([, name = ""]) => name);
}
