/** The types of a map's keys and values, from the variables that the program hands to its helpers. */
import { closing, opening } from "./find-definitions.ts";
import type { Token } from "./tokenise.ts";
import { type CType, lengthsOf, qualifiers, sizeOfType, type TypeScope } from "./type-sizes.ts";

const statementWords = new Set(["return", "goto", "else", "case", "sizeof", "do", "typedef", "if", "while", "for"]);
/** No function comes near; keeps a large text with many uses from taking long. */
const lookBack = 20_000;

/** The first use whose type has exactly `size` bytes and may be named at the offset `where`; null where none has. */
export function typeFromUses(
  map: string,
  role: "key" | "value",
  size: number,
  where: number,
  scope: TypeScope,
): CType | null {
  const { code } = scope;
  for (let at = 0; at + 3 < code.length; at++) {
    const call = code[at]?.text ?? "";
    if (code[at + 1]?.text !== "(" || !call.startsWith("bpf_map_")) continue;
    const parts = argumentsOf(code, at + 1);
    if (parts[0]?.findLast(({ kind }) => kind === "name")?.text !== map) continue;
    const found = role === "key" ? parts[1] : /update|push/.test(call) ? parts[2] : undefined;
    const type = found
      ? typeOfArgument(found, at, scope)
      : role === "value" && call === "bpf_map_lookup_elem"
        ? typeOfResult(at, scope)
        : null;
    if (type !== null && sizeOfType(type, scope) === size && !isNamedLater(type, where, code)) return type;
  }
  return null;
}

/** A typedef that stands behind the map; a struct may be completed later. */
function isNamedLater({ words }: CType, where: number, code: readonly Token[]): boolean {
  if (words.includes("struct") || words.includes("union") || words.includes("enum")) return false;
  return code.some(({ text, start }, at) => {
    if (text !== "typedef" || start < where) return false;
    const end = code.findIndex((token, index) => index > at && token.text === ";");
    return code.slice(at, end < 0 ? undefined : end).some((token) => words.includes(token.text));
  });
}

function argumentsOf(code: readonly Token[], open: number): (readonly Token[])[] {
  const close = closing(code, open);
  const parts: Token[][] = [[]];
  let depth = 0;
  for (let at = open + 1; at < close; at++) {
    const token = code[at];
    if (!token) break;
    if ("([{".includes(token.text)) depth += 1;
    else if (")]}".includes(token.text)) depth -= 1;
    if (token.text === "," && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** `&variable`, or `variable` where that is an array or a pointer. */
function typeOfArgument(tokens: readonly Token[], at: number, scope: TypeScope): CType | null {
  const [first, second] = tokens;
  if (first?.text === "&" && tokens.length === 2 && second) return declaredType(second.text, at, scope);
  if (tokens.length !== 1 || first?.kind !== "name") return null;
  const type = declaredType(first.text, at, scope);
  return type === null || type.lengths.length > 0 ? type : pointedTo(type);
}

/** `T *value = bpf_map_lookup_elem(…)`, `value = …`, `value = (T *)…`. */
function typeOfResult(at: number, scope: TypeScope): CType | null {
  const { code } = scope;
  const before = code[at - 1];
  if (before?.text === ")") {
    const open = opening(code, at - 1);
    const cast = code.slice(open + 1, at - 1);
    const words = cast.filter(({ kind }) => kind === "name").map(({ text }) => text);
    const pointers = cast.filter(({ text }) => text === "*").length;
    if (words.length === 0 || words.length + pointers !== cast.length) return null;
    return pointedTo({ words: typeWords(words), pointers, lengths: [] });
  }
  const variable = code[at - 2];
  if (before?.text !== "=" || variable?.kind !== "name") return null;
  const type = declaredType(variable.text, at, scope);
  return type === null || type.lengths.length > 0 ? null : pointedTo(type);
}

function pointedTo(type: CType): CType | null {
  if (type.pointers === 0 || (type.pointers === 1 && type.words.includes("void"))) return null;
  return { ...type, pointers: type.pointers - 1 };
}

/** Of the nearest declaration before `from` that is in scope there. */
function declaredType(name: string, from: number, scope: TypeScope): CType | null {
  const { code } = scope;
  let closed = 0;
  for (let at = from - 1; at >= Math.max(1, from - lookBack); at--) {
    const text = code[at]?.text ?? "";
    if (text === "}") closed += 1;
    else if (text === "{") closed = Math.max(0, closed - 1);
    if (closed > 0 || text !== name) continue;
    const type = declarationAt(at, scope);
    if (type !== null) return type;
  }
  return null;
}

/** The type that the name at `at` is declared with; null where it is used, not declared. */
function declarationAt(at: number, scope: TypeScope): CType | null {
  const { code } = scope;
  const after = code[at + 1]?.text ?? "";
  if (!["=", ";", ",", ")", "["].includes(after)) return null;
  const lengths = after === "[" ? arrayAt(at + 1, scope) : [];
  if (lengths === null) return null;
  let first = at - 1;
  let pointers = 0;
  for (; code[first]?.text === "*"; first--) pointers += 1;
  const end = first + 1;
  if (code[first]?.text === "," && pointers === 0) return inList(at, lengths, scope);
  while (code[first]?.kind === "name") first -= 1;
  const boundary = code[first];
  const words = code.slice(first + 1, end).map(({ text }) => text);
  if (boundary !== undefined && boundary.kind !== "directive" && !";{}(,)".includes(boundary.text)) return null;
  return asType(words, pointers, lengths);
}

/** `__u32 index = 0, key = 1;`: the type stands at the statement's beginning. */
function inList(at: number, lengths: readonly number[], scope: TypeScope): CType | null {
  const { code } = scope;
  let first = at - 1;
  for (; first >= 0; first--) {
    const text = code[first]?.text ?? "";
    if (text === ")" || text === "]" || text === "}") first = opening(code, first);
    else if (text === ";" || text === "{" || text === "(" || code[first]?.kind === "directive") break;
  }
  const words: string[] = [];
  for (let next = first + 1; code[next]?.kind === "name"; next++) words.push(code[next]?.text ?? "");
  // the last of them is the first variable, unless a `*` stands between
  const type = code[first + 1 + words.length]?.text === "*" ? words : words.slice(0, -1);
  return asType(type, 0, lengths);
}

function arrayAt(open: number, scope: TypeScope): readonly number[] | null {
  let end = open;
  while (scope.code[end]?.text === "[") end = closing(scope.code, end) + 1;
  return lengthsOf(scope.code.slice(open, end), scope);
}

function asType(words: readonly string[], pointers: number, lengths: readonly number[]): CType | null {
  const kept = typeWords(words);
  const names = kept.filter((word) => !qualifiers.has(word));
  if (names.length === 0 || kept.some((word) => statementWords.has(word))) return null;
  return { words: kept, pointers, lengths };
}

function typeWords(words: readonly string[]): string[] {
  return words.filter((word) => !["const", "volatile", "static", "register"].includes(word));
}
