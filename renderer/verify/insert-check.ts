/**
 * The check that an explanation shows, where it can be put before the rejected line without harm: at a statement of the
 * program itself, in a place where all its names are declared. Anything in doubt: none. Pure.
 */
import type { Rejection } from "../../protocol/verify.ts";

export interface Insertion {
  /** 1-based: it goes before this line */
  readonly line: number;
  /** whole lines */
  readonly text: string;
}

const insertable = new Set([
  "missing-bounds-check",
  "short-bounds-check",
  "wrong-packet-pointer",
  "null-map-value",
  "unchecked-null",
  "null-pointer",
]);
const check = /^if \((.{1,200})\)\n\s+return (XDP_[A-Z]+);$/;
const keywords = new Set(["void", "long", "char", "unsigned", "int", "sizeof", "struct"]);
/** What goes with the line before, or must not be held up: a loop's condition is asked again each time. */
const attached = /^(?:else|case|default|for|while|do|goto|return\s*;|[#})&|?:.,]|\w+\s*:(?!:))/;
const limit = 1_000_000;

export function checkToInsert(text: string, rejection: Rejection, program: string): Insertion | null {
  const [, condition = "", action = ""] = check.exec(rejection.snippet ?? "") ?? [];
  if (condition === "" || !insertable.has(rejection.class) || text.length > limit) return null;
  const code = withoutComments(text);
  const start = startOfLine(code, rejection.line);
  const body = bodyOf(code, program);
  if (start === null || body === null || start <= body.from || start >= body.to) return null;
  const statement = /^[^;{]*/.exec(code.slice(start))?.[0] ?? "";
  const before = code.slice(body.from, start);
  if (statement.trim() === "" || attached.test(statement.trim()) || /&&|\|\||\?/.test(statement)) return null;
  if (!beginsStatement(before)) return null;

  let wanted = condition;
  for (const name of namesIn(condition)) {
    if (isChanged(statement, name)) return null;
    if (isDeclared(before, name) || body.parameters.includes(name)) continue;
    if (name !== "data_end" || body.context === null) return null;
    wanted = wanted.replaceAll(/\bdata_end\b/g, endOf(before, body.context));
  }
  const line = text.slice(start).split("\n", 1)[0] ?? "";
  const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
  const unit = indent.includes("\t") || indent === "" ? "\t" : indent.length % 4 === 0 ? "    " : "  ";
  const end = line.endsWith("\r") ? "\r\n" : "\n";
  return { line: rejection.line, text: `${indent}if (${wanted})${end}${indent}${unit}return ${action};${end}` };
}

/** The end of the packet under the name that the program gave it; else as the context has it. */
function endOf(before: string, context: string): string {
  const named = new RegExp(
    `\\b(\\w+)\\s*=\\s*\\(\\s*void\\s*\\*\\s*\\)\\s*\\(\\s*[\\w\\s]+\\)\\s*${context}->data_end\\s*[;,]`,
    "g",
  );
  for (const [, name = ""] of before.matchAll(named)) if (isDeclared(before, name)) return name;
  return `(void *)(long)${context}->data_end`;
}

/** Comments, strings and preprocessor lines as spaces: each character keeps its place. */
function withoutComments(text: string): string {
  const blank = (found: string): string => found.replaceAll(/[^\n]/g, " ");
  return text
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, blank)
    .replaceAll(/^[ \t]*#(?:[^\n\\]|\\\r?\n|\\.)*/gm, blank);
}

function startOfLine(text: string, line: number): number | null {
  let at = 0;
  for (let number = 1; number < line; number++) {
    at = text.indexOf("\n", at) + 1;
    if (at === 0) return null;
  }
  return line < 1 ? null : at;
}

interface Body {
  /** the character after its brace, and its last brace */
  readonly from: number;
  readonly to: number;
  readonly parameters: readonly string[];
  /** the name of its struct xdp_md */
  readonly context: string | null;
}

function bodyOf(code: string, program: string): Body | null {
  if (!/^\w+$/.test(program)) return null;
  const head = new RegExp(`\\bint\\s+${program}\\s*\\(([^(){};]*)\\)\\s*\\{`).exec(code);
  if (head === null) return null;
  const from = head.index + head[0].length;
  let depth = 1;
  for (let at = from; at < code.length; at++) {
    if (code[at] === "{") depth++;
    else if (code[at] === "}" && --depth === 0) {
      const parameters = (head[1] ?? "").split(",").flatMap((one) => /(\w+)\s*$/.exec(one)?.[1] ?? []);
      return { from, to: at, parameters, context: /struct\s+xdp_md\s*\*\s*(\w+)/.exec(head[1] ?? "")?.[1] ?? null };
    }
  }
  return null;
}

/** After a whole statement or a block's begin, in no bracket and in no initializer. */
function beginsStatement(before: string): boolean {
  const trimmed = before.trimEnd();
  const last = trimmed.at(-1) ?? "{";
  if (!";{}".includes(last)) return false;
  if (last === "{" && trimmed !== "" && !/(?:\)|\belse|\bdo|[;{}])\s*\{$|^\{$/.test(trimmed)) return false;
  let depth = 0;
  for (const character of trimmed) {
    if (character === "(" || character === "[") depth++;
    else if (character === ")" || character === "]") depth--;
  }
  return depth === 0;
}

/** Variables, not fields and not constants. */
function namesIn(condition: string): readonly string[] {
  const found = condition.replaceAll(/(?:->|\.)\s*\w+|\bstruct\s+\w+|\bXDP_\w+/g, "").match(/\b[A-Za-z_]\w*/g) ?? [];
  return [...new Set(found)].filter((name) => !keywords.has(name));
}

/** "*value += 1" changes what it points to, "__u64 *value = …" the pointer, and so do ++ and --. */
function isChanged(statement: string, name: string): boolean {
  const changes = new RegExp(`(\\w+\\s*)?(\\*\\s*)*\\b${name}\\s*(=(?!=)|[-+*/%&|^]=|\\+\\+|--)`, "g");
  for (const [, word, star, operator = ""] of statement.matchAll(changes)) {
    if (star === undefined || word !== undefined || /^(\+\+|--)/.test(operator)) return true;
  }
  return new RegExp(`(?:\\+\\+|--|&)\\s*${name}\\b`).test(statement);
}

/** In a block that is still open. */
function isDeclared(before: string, name: string): boolean {
  const declaration = new RegExp(
    `(?:^|[;{}])\\s*((?:\\w+\\s+)*\\w+[\\s*]+(?:[^;{}()]*,\\s*\\**)?)${name}\\s*[=;,]`,
    "g",
  );
  for (const found of before.matchAll(declaration)) {
    if (/^(?:return|goto|else|case)\b/.test(found[1] ?? "")) continue;
    let depth = 0;
    let open = true;
    for (const character of before.slice(found.index + found[0].length)) {
      if (character === "{") depth++;
      else if (character === "}" && --depth < 0) open = false;
    }
    if (open) return true;
  }
  return false;
}
