/** Definitions of maps in the form of before libbpf 1.0: `struct bpf_map_def SEC("maps") name = { … };` */
import type { Token, Tokens } from "./tokenise.ts";

export interface Field {
  /** of struct bpf_map_def; "" for a value that has no place in it */
  readonly name: string;
  /** the tokens that name the field: `.key_size =`; empty where it goes by its position */
  readonly designator: readonly Token[];
  readonly value: readonly Token[];
  /** the `,` behind it */
  readonly comma: Token | null;
}

export interface Definition {
  readonly struct: "bpf_map_def" | "bpf_elf_map";
  /** as written: an identifier, or pasted of several in a macro */
  readonly name: string;
  readonly nameToken: Token;
  /** of the declaration's first and behind its last token, without its `;` */
  readonly start: number;
  readonly end: number;
  /** attributes in the order in which they stand, the one with the section too */
  readonly attributes: readonly (readonly Token[])[];
  readonly open: Token | null;
  readonly close: Token | null;
  readonly fields: readonly Field[];
  /** preprocessor lines between the braces */
  readonly directives: readonly Token[];
  /** what keeps it from being turned into another form by itself; null where nothing does */
  readonly odd: "array" | "no-initialiser" | "several" | "nested" | null;
}

export const fieldOrder = ["type", "key_size", "value_size", "max_entries", "map_flags"] as const;
const structs = new Set(["bpf_map_def", "bpf_elf_map"]);
const specifiers = new Set(["static", "const", "volatile", "extern"]);

/** In the order of the text. */
export function findDefinitions({ code, macros }: Tokens): readonly Definition[] {
  return [code, ...macros.map(({ body }) => body)]
    .flatMap((tokens) => findIn(tokens))
    .toSorted((a, b) => a.start - b.start);
}

function findIn(tokens: readonly Token[]): Definition[] {
  const found: Definition[] = [];
  for (let at = 0; at + 1 < tokens.length; at++) {
    if (tokens[at]?.text !== "struct" || !structs.has(tokens[at + 1]?.text ?? "")) continue;
    const definition = readDefinition(tokens, at);
    if (definition) found.push(definition);
  }
  return found;
}

function readDefinition(tokens: readonly Token[], at: number): Definition | null {
  const attributes: (readonly Token[])[] = [];
  const first = readBackwards(tokens, at, attributes);
  const words: Token[] = [];
  let isArray = false;
  let next = at + 2;
  for (; next < tokens.length; next++) {
    const token = tokens[next];
    if (!token) break;
    if (token.kind === "name") {
      if (tokens[next + 1]?.text === "(") {
        const end = closing(tokens, next + 1);
        attributes.push(tokens.slice(next, end + 1));
        next = end;
      } else if (specifiers.has(token.text)) continue;
      else words.push(token);
    } else if (token.text === "[") {
      isArray = true;
      next = closing(tokens, next);
    } else if (token.text === "##") continue;
    else break;
  }
  const names = pasted(tokens, words);
  attributes.push(...words.filter((word) => !names.includes(word)).map((word) => [word]));
  const [nameToken] = names;
  const lastName = names.at(-1);
  if (!nameToken || !lastName || !attributes.some(isMapsSection)) return null;
  const name = names.map(({ text }) => text).join("##");
  const head = {
    struct: tokens[at + 1]?.text === "bpf_elf_map" ? ("bpf_elf_map" as const) : ("bpf_map_def" as const),
    ...{ name, nameToken, attributes, start: tokens[first]?.start ?? 0 },
  };
  const open = tokens[next]?.text === "=" ? tokens[next + 1] : undefined;
  if (open?.text !== "{") {
    const end = tokens[next - 1]?.end ?? lastName.end;
    const odd = isArray ? "array" : "no-initialiser";
    return { ...head, end, open: null, close: null, fields: [], directives: [], odd };
  }
  const last = closing(tokens, next + 1);
  const close = tokens[last];
  if (close?.text !== "}") return null;
  const inside = tokens.slice(next + 2, last);
  const several = tokens[last + 1]?.text === ",";
  const nested = inside.some(({ text }) => text === "{");
  return {
    ...head,
    ...{ end: close.end, open, close },
    fields: readFields(inside),
    directives: inside.filter(({ kind }) => kind === "directive"),
    odd: isArray ? "array" : several ? "several" : nested ? "nested" : null,
  };
}

/** Index of the first token of the declaration: `static`, `SEC("maps")` and the like may stand before `struct`. */
function readBackwards(tokens: readonly Token[], at: number, attributes: (readonly Token[])[]): number {
  let first = at;
  for (;;) {
    const before = tokens[first - 1];
    if (before?.kind === "name" && specifiers.has(before.text)) first -= 1;
    else if (before?.text === ")") {
      const open = opening(tokens, first - 1);
      if (open < 1) return first;
      const attribute = tokens.slice(open - 1, first);
      if (attribute[0]?.kind !== "name" || !isMapsSection(attribute)) return first;
      attributes.unshift(attribute);
      first = open - 1;
    } else return first;
  }
}

/** Of several words the last is the name, with what `##` pastes to it; macros such as `__section_maps` are the others. */
function pasted(tokens: readonly Token[], words: readonly Token[]): readonly Token[] {
  const last = words.findLast(({ text }, index) => index === 0 || !text.startsWith("__"));
  if (!last) return [];
  const names = [last];
  for (let index = tokens.indexOf(last); tokens[index - 1]?.text === "##"; index -= 2) {
    const before = tokens[index - 2];
    if (!before || !words.includes(before)) break;
    names.unshift(before);
  }
  return names;
}

/** `SEC("maps")`, `__section("maps/x")`, `__section(maps)`, `__attribute__((section("maps"), used))`, `__section_maps`. */
export function isMapsSection(attribute: readonly Token[]): boolean {
  if (attribute.length === 1) return attribute[0]?.text.endsWith("_maps") === true;
  return attribute.slice(1).some(isMapsName);
}

export function isMapsName({ kind, text }: Token): boolean {
  return kind === "string"
    ? /^"maps(?:\/[^"]*)?"$/.test(text)
    : kind === "name" && /^(?:maps|ELF_SECTION_MAPS)$/.test(text);
}

function readFields(tokens: readonly Token[]): Field[] {
  const fields: Field[] = [];
  let position = 0;
  let start = 0;
  let depth = 0;
  const take = (end: number, comma: Token | null): void => {
    const words = trimmed(tokens.slice(start, end));
    start = comma === null ? end : end + 1;
    if (words.length === 0) return;
    const length = designatorLength(words);
    const given = length > 0 ? (words[words[0]?.text === "." ? 1 : 0]?.text ?? "") : null;
    const index = given === null ? position : fieldOrder.findIndex((name) => name === given);
    position = index < 0 ? fieldOrder.length : index + 1;
    fields.push({
      name: given ?? fieldOrder[index] ?? "",
      designator: words.slice(0, length),
      value: words.slice(length),
      comma,
    });
  };
  tokens.forEach((token, index) => {
    if ("([{".includes(token.text)) depth += 1;
    else if (")]}".includes(token.text)) depth -= 1;
    else if (token.text === "," && depth === 0) take(index, token);
    // of two branches of a condition each may end without a comma
    else if (token.kind === "directive" && depth === 0 && startsField(tokens, index)) take(index, null);
  });
  take(tokens.length, null);
  return fields;
}

function startsField(tokens: readonly Token[], from: number): boolean {
  const next = tokens.findIndex(({ kind }, index) => index > from && kind !== "directive");
  return next > 0 && designatorLength(tokens.slice(next, next + 3)) > 0;
}

/** Preprocessor lines before and behind an element belong to neither side. */
function trimmed(tokens: readonly Token[]): readonly Token[] {
  const first = tokens.findIndex(({ kind }) => kind !== "directive");
  return first < 0 ? [] : tokens.slice(first, tokens.findLastIndex(({ kind }) => kind !== "directive") + 1);
}

/** `.name =`, or GNU's old `name:` */
function designatorLength([first, second, third]: readonly Token[]): number {
  if (first?.text === "." && second?.kind === "name" && third?.text === "=") return 3;
  return first?.kind === "name" && second?.text === ":" ? 2 : 0;
}

/** Index of the bracket that closes the one at `open`; of the last token where none does. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const text = tokens[at]?.text ?? "";
    if (text === "(" || text === "[" || text === "{") depth += 1;
    else if (text === ")" || text === "]" || text === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}

/** Index of the bracket that the one at `close` closes; 0 where there is none. */
export function opening(tokens: readonly Token[], close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    const text = tokens[at]?.text ?? "";
    if (text === ")" || text === "]" || text === "}") depth += 1;
    else if (text === "(" || text === "[" || text === "{") depth -= 1;
    if (depth === 0) return at;
  }
  return 0;
}
