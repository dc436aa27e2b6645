/** How many bytes a C type takes under `-target bpf`, as far as the text itself can tell. */
import { closing } from "./find-definitions.ts";
import type { Macro, Token } from "./tokenise.ts";

/** Names of a type, in order, and how often `*` stands behind; `[n]` for an array. */
export interface CType {
  readonly words: readonly string[];
  readonly pointers: number;
  readonly lengths: readonly number[];
}

/** The text as a reader of types needs it. */
export interface TypeScope {
  readonly code: readonly Token[];
  readonly macros: readonly Macro[];
}

const scalars: ReadonlyMap<string, number> = new Map([
  ...["__u8", "__s8", "u8", "s8", "uint8_t", "int8_t", "char", "bool", "_Bool"].map((name) => [name, 1] as const),
  ...["__u16", "__s16", "u16", "s16", "uint16_t", "int16_t", "short", "__be16", "__le16", "in_port_t"].map(
    (name) => [name, 2] as const,
  ),
  ...["__u32", "__s32", "u32", "s32", "uint32_t", "int32_t", "int", "__be32", "__le32", "in_addr_t", "float"].map(
    (name) => [name, 4] as const,
  ),
  ...["__u64", "__s64", "u64", "s64", "uint64_t", "int64_t", "long", "size_t", "__be64", "__le64", "double"].map(
    (name) => [name, 8] as const,
  ),
]);
/** of the kernel's headers, met in keys and values */
const known: ReadonlyMap<string, number> = new Map([
  ["in_addr", 4],
  ["in6_addr", 16],
  ["ethhdr", 14],
  ["iphdr", 20],
  ["ipv6hdr", 40],
  ["bpf_fib_lookup", 64],
  ["bpf_devmap_val", 8],
  ["bpf_cpumap_val", 8],
]);
export const qualifiers = new Set(["const", "volatile", "static", "register", "struct", "union", "enum"]);
const depthLimit = 8;

/** null where the text does not tell */
export function sizeOfType(type: CType, scope: TypeScope, depth = 0): number | null {
  const whole = layout(type, scope, depth);
  return whole === null ? null : whole.size;
}

interface Layout {
  readonly size: number;
  readonly alignment: number;
}

function layout({ words, pointers, lengths }: CType, scope: TypeScope, depth: number): Layout | null {
  const one = pointers > 0 ? { size: 8, alignment: 8 } : layoutOfWords(words, scope, depth);
  return one === null
    ? null
    : { size: lengths.reduce((size, length) => size * length, one.size), alignment: one.alignment };
}

function layoutOfWords(words: readonly string[], scope: TypeScope, depth: number): Layout | null {
  if (depth > depthLimit) return null;
  const plain = words.filter((word) => !qualifiers.has(word) && word !== "unsigned" && word !== "signed");
  const [name = "int"] = plain;
  if (words.includes("struct")) return layoutOfStruct(name, scope, depth);
  if (words.includes("union")) return null;
  if (words.includes("enum")) return { size: 4, alignment: 4 };
  // "long long" and "short int" take what the first word takes
  const size = scalars.get(name);
  if (size !== undefined) return { size, alignment: size };
  const meant = typedefOf(name, scope);
  return meant === null ? null : layout(meant, scope, depth + 1);
}

function layoutOfStruct(name: string, scope: TypeScope, depth: number): Layout | null {
  const { code } = scope;
  for (let at = 0; at + 2 < code.length; at++) {
    if (code[at]?.text !== "struct" || code[at + 1]?.text !== name || code[at + 2]?.text !== "{") continue;
    const close = closing(code, at + 2);
    const isPacked = /^(?:__packed|__attribute__)$/.test(code[close + 1]?.text ?? "");
    return layoutOfMembers(code.slice(at + 3, close), isPacked, scope, depth);
  }
  const size = known.get(name);
  return size === undefined ? null : { size, alignment: 1 };
}

function layoutOfMembers(tokens: readonly Token[], isPacked: boolean, scope: TypeScope, depth: number): Layout | null {
  let size = 0;
  let alignment = 1;
  let statement: Token[] = [];
  for (const token of tokens) {
    if (token.kind === "directive" || "{}:".includes(token.text)) return null;
    if (token.text !== ";") {
      statement.push(token);
      continue;
    }
    const members = declaredTypes(statement, scope);
    statement = [];
    if (members === null) return null;
    for (const member of members) {
      const one = layout(member, scope, depth + 1);
      if (one === null) return null;
      if (!isPacked) {
        alignment = Math.max(alignment, one.alignment);
        size = roundUp(size, one.alignment);
      }
      size += one.size;
    }
  }
  return { size: roundUp(size, alignment), alignment };
}

function roundUp(size: number, alignment: number): number {
  return Math.ceil(size / alignment) * alignment;
}

/** Of `__u32 a, *b, c[4]`; null for what is not of that simple form. */
function declaredTypes(statement: readonly Token[], scope: TypeScope): CType[] | null {
  const types: CType[] = [];
  let words: readonly string[] | null = null;
  let rest = statement;
  while (rest.length > 0) {
    const comma = rest.findIndex(({ text }) => text === ",");
    const part = comma < 0 ? rest : rest.slice(0, comma);
    rest = comma < 0 ? [] : rest.slice(comma + 1);
    const bracket = part.findIndex(({ text }) => text === "[");
    const before = bracket < 0 ? part : part.slice(0, bracket);
    const lengths = bracket < 0 ? [] : lengthsOf(part.slice(bracket), scope);
    const names = before.filter(({ kind }) => kind === "name");
    const stars = before.filter(({ text }) => text === "*").length;
    if (lengths === null || names.length + stars !== before.length || names.length === 0) return null;
    words ??= names.slice(0, -1).map(({ text }) => text);
    types.push({ words, pointers: stars, lengths });
  }
  return types;
}

/** Of `[2][N]`; null where a length is not a number. */
export function lengthsOf(tokens: readonly Token[], scope: TypeScope): number[] | null {
  const lengths: number[] = [];
  for (let at = 0; at < tokens.length; at += 3) {
    const length = tokens[at + 1];
    if (tokens[at]?.text !== "[" || !length || tokens[at + 2]?.text !== "]") return null;
    const value = numberOf([length], scope.macros);
    if (value === null) return null;
    lengths.push(value);
  }
  return lengths;
}

/** `typedef __u32 name;` of this text */
function typedefOf(name: string, scope: TypeScope): CType | null {
  const { code } = scope;
  for (let at = 0; at < code.length; at++) {
    if (code[at]?.text !== "typedef") continue;
    const end = code.findIndex(({ text }, index) => index > at && (text === ";" || text === "{"));
    const statement = end < 0 ? [] : code.slice(at + 1, end);
    if (code[end]?.text !== ";" || statement.findLast(({ kind }) => kind === "name")?.text !== name) continue;
    return declaredTypes(statement, scope)?.[0] ?? null;
  }
  return null;
}

/** The number that the tokens are, or that the macro they name stands for; null for any other expression. */
export function numberOf(tokens: readonly Token[], macros: readonly Macro[], depth = 0): number | null {
  let inner = tokens;
  while (inner.length > 2 && inner[0]?.text === "(" && inner.at(-1)?.text === ")") inner = inner.slice(1, -1);
  const [only] = inner;
  if (!only || inner.length !== 1 || depth > depthLimit) return null;
  if (only.kind === "number") {
    const digits = /^(0[xX][0-9a-fA-F]+|\d+)[uUlL]*$/.exec(only.text)?.[1];
    if (digits === undefined) return null;
    return /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  }
  const macro = only.kind === "name" ? macros.findLast(({ name }) => name === only.text) : undefined;
  return macro === undefined || macro.takesArguments ? null : numberOf(macro.body, macros, depth + 1);
}

export function printType({ words, pointers, lengths }: CType): string {
  const stars = pointers > 0 ? ` ${"*".repeat(pointers)}` : "";
  return `${words.join(" ")}${stars}${lengths.map((length) => `[${length}]`).join("")}`;
}
