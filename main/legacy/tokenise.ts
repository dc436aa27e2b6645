/** C as tokens with their places: enough to find declarations and to edit between them. Total: any text gives tokens. */

export interface Token {
  /** "directive" is a whole preprocessor line; of a #define, the line up to the name and its parameters */
  readonly kind: "name" | "number" | "string" | "character" | "punctuation" | "directive";
  readonly text: string;
  /** UTF-16 offsets; `end` is behind the last unit */
  readonly start: number;
  readonly end: number;
}

export interface Comment {
  readonly start: number;
  readonly end: number;
}

export interface Macro {
  readonly name: string;
  /** the form NAME(…) */
  readonly takesArguments: boolean;
  readonly body: readonly Token[];
}

export interface Tokens {
  /** outside of macros' bodies */
  readonly code: readonly Token[];
  readonly macros: readonly Macro[];
  readonly comments: readonly Comment[];
}

const blank = /[ \t\v\f\r]+/y;
const spliced = /\\\r?\n/y;
const name = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const number = /\.?\d(?:[eEpP][-+]|[\w.])*/y;
const punctuation = /##|->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^=!<>]=|&&|\|\||\.\.\.|[^]/uy;
const defineHead = /#[ \t]*define[ \t]+([\p{L}_$][\p{L}\p{N}_$]*)(\([^)\n]*\))?/uy;

export function tokenise(text: string): Tokens {
  const code: Token[] = [];
  const macros: Macro[] = [];
  const comments: Comment[] = [];
  /** the macro whose body is read; null outside of one */
  let body: Token[] | null = null;
  let lineStart = true;
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const add = (kind: Token["kind"], end: number): void => {
    (body ?? code).push({ kind, text: text.slice(at, end), start: at, end });
    at = end;
  };
  while (at < text.length) {
    const character = text[at] ?? "";
    const space = match(blank) ?? match(spliced);
    if (space) {
      at += space[0].length;
      continue;
    }
    if (character === "\n") {
      at += 1;
      body = null;
      lineStart = true;
      continue;
    }
    if (character === "/" && (text[at + 1] === "*" || text[at + 1] === "/")) {
      const end = endOfComment(text, at);
      comments.push({ start: at, end });
      at = end;
      continue;
    }
    if (character === "#" && lineStart && body === null) {
      lineStart = false;
      const head = match(defineHead);
      if (head === null) {
        add("directive", endOfLine(text, at));
        continue;
      }
      add("directive", at + head[0].length);
      body = [];
      macros.push({ name: head[1] ?? "", takesArguments: head[2] !== undefined, body });
      continue;
    }
    lineStart = false;
    if (character === '"' || character === "'") {
      add(character === '"' ? "string" : "character", endOfQuoted(text, at));
      continue;
    }
    const word = match(name);
    if (word) {
      add("name", at + word[0].length);
      continue;
    }
    const digits = match(number);
    if (digits) add("number", at + digits[0].length);
    else add("punctuation", at + (match(punctuation)?.[0].length ?? 1));
  }
  return { code, macros, comments };
}

function endOfComment(text: string, start: number): number {
  if (text[start + 1] === "/") return endOfLine(text, start);
  const end = text.indexOf("*/", start + 2);
  return end < 0 ? text.length : end + 2;
}

/** Where the line ends that may be continued by backslashes; a comment that begins on it belongs to what follows. */
function endOfLine(text: string, start: number): number {
  const isComment = text[start] === "/";
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === "\n") {
      const before = text[at - 1] === "\r" ? text[at - 2] : text[at - 1];
      if (before !== "\\") return text[at - 1] === "\r" ? at - 1 : at;
    } else if (!isComment && character === "/" && (text[at + 1] === "*" || text[at + 1] === "/")) return at;
    else if (!isComment && character === '"') at = Math.max(at, endOfQuoted(text, at) - 1);
  }
  return text.length;
}

/** behind the closing quote, or at the end of the line where there is none */
function endOfQuoted(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === "\n") return at;
  }
  return text.length;
}
