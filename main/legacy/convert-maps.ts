/**
 * `struct bpf_map_def SEC("maps")` into a BTF-defined map of the same type, sizes, entries and flags. Pure and total:
 * text in, edits out, each of them between what stays: comments, values and line breaks are left as they are.
 */
import type { LegacyMap, LegacyMaps, LegacyEdit } from "../../protocol/legacy-maps.ts";
import { type Definition, type Field, findDefinitions, fieldOrder, isMapsName } from "./find-definitions.ts";
import { type Comment, type Token, type Tokens, tokenise } from "./tokenise.ts";
import { numberOf, printType, type TypeScope } from "./type-sizes.ts";
import { typeFromUses } from "./types-from-uses.ts";

/** The kernel takes no types for these, or their size says more than a type would. */
const sizesStay =
  /^BPF_MAP_TYPE_(?:PROG_ARRAY|PERF_EVENT_ARRAY|CGROUP_ARRAY|STACK_TRACE|ARRAY_OF_MAPS|HASH_OF_MAPS|QUEUE|STACK|BLOOM_FILTER|RINGBUF|USER_RINGBUF)$/;
const taken = new Set<string>([...fieldOrder, "numa_node"]);
/** No source comes near; keeps a made-up one from taking long. */
const mapLimit = 500;
const macros =
  "#ifndef __uint\n#define __uint(name, val) int (*name)[val]\n#define __type(name, val) typeof(val) *name\n#endif\n";

export function convertLegacyMaps(text: string): LegacyMaps {
  if (!mayHoldLegacyMaps(text)) return { maps: [], edits: [] };
  const tokens = tokenise(text);
  const shared = sharedEdits(tokens);
  const places = linePlaces(text);
  const maps = findDefinitions(tokens)
    .slice(0, mapLimit)
    .map((definition) => describe(text, tokens, definition, shared, places));
  const seen = new Set<string>();
  const edits = maps
    .flatMap((map) => map.edits)
    .filter((edit) => {
      // what several maps need is edited once
      const key = JSON.stringify(edit);
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    })
    .toSorted(inOrder);
  return { maps, edits: withoutOtherMacros(edits) };
}

function inOrder(a: LegacyEdit, b: LegacyEdit): number {
  return a.start - b.start || a.end - b.end;
}

/** Each map brings the macros with it; of all the edits together the first are enough. */
function withoutOtherMacros(edits: readonly LegacyEdit[]): LegacyEdit[] {
  const isMacros = ({ text }: LegacyEdit): boolean => text.includes("#ifndef __uint");
  const first = edits.findIndex(isMacros);
  return edits.filter((edit, index) => index === first || !isMacros(edit));
}

/** Cheap: most sources hold none. */
export function mayHoldLegacyMaps(text: string): boolean {
  return /\bbpf_(?:map_def|elf_map)\b/.test(text);
}

/** @param edits in order, none over another */
export function applyEdits(text: string, edits: readonly LegacyEdit[]): string {
  let out = "";
  let at = 0;
  for (const { start, end, text: added } of edits) {
    out += text.slice(at, start) + added;
    at = end;
  }
  return out + text.slice(at);
}

function describe(
  text: string,
  tokens: Tokens,
  definition: Definition,
  shared: readonly LegacyEdit[],
  places: (offset: number) => { readonly line: number; readonly column: number },
): LegacyMap {
  const { name, nameToken, start, end } = definition;
  const why = whyNot(definition);
  const edits = why === null ? [...convert(text, tokens, definition), ...shared].toSorted(inOrder) : [];
  const converts = why === null;
  return { name, start, end, edits, ...places(nameToken.start), converts, explanation: explanation(definition, why) };
}

/** Functions that take a map by its old type take any pointer afterwards. */
function sharedEdits({ code, macros: defined }: Tokens): LegacyEdit[] {
  return [code, ...defined.map(({ body }) => body)].flatMap((tokens) =>
    tokens.flatMap((token, at) => {
      const struct = tokens[at - 1];
      if (token.text !== "bpf_map_def" || struct?.text !== "struct" || tokens[at + 1]?.text !== "*") return [];
      return [{ start: struct.start, end: token.end, text: "void" }];
    }),
  );
}

function linePlaces(text: string): (offset: number) => { readonly line: number; readonly column: number } {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = firstAfter(starts, offset, (start) => start) - 1;
    return { line: line + 1, column: byteLength(text.slice(starts[line] ?? 0, offset)) + 1 };
  };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Index of the first item whose place is over `offset`, in a list that is in order. */
function firstAfter<T>(items: readonly T[], offset: number, place: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && place(item) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function explanation({ name, struct }: Definition, why: string | null): string {
  if (struct === "bpf_elf_map") {
    return `map ${name} is a struct bpf_elf_map, the form of iproute2's own loader, which libbpf does not know: define it anew with its types in SEC(".maps"), and pin it with __uint(pinning, LIBBPF_PIN_BY_NAME) where it was pinned`;
  }
  const what = `map ${name} is defined as struct bpf_map_def in section "maps", the form of before libbpf 1.0, which libbpf 1.0 and later refuse`;
  return why === null
    ? `${what}: turn it into a BTF-defined map in SEC(".maps") with the same type, sizes, entries and flags`
    : `${what}: define it anew in SEC(".maps"); it is not turned into that form by itself because ${why}`;
}

function whyNot({ struct, odd, fields, directives }: Definition): string | null {
  if (struct === "bpf_elf_map") return "it is made for another loader";
  if (odd === "array") return "it is an array of definitions: each map needs a name of its own";
  if (odd === "no-initialiser") return "its type and sizes are not given where it is declared";
  if (odd === "several") return "several maps are declared at once";
  if (odd === "nested") return "its initialiser holds braces";
  const strange = fields.find(({ name }) => !taken.has(name));
  if (strange) return strange.name === "" ? "it has too many values" : `its field ${strange.name} has no counterpart`;
  if (!fields.some(({ name }) => name === "type")) return "it names no type";
  if (fields.some(({ value }) => value.length === 0)) return "a field has no value";
  if (directives.length === 0) {
    const twice = fields.find(({ name }, index) => fields.findIndex((other) => other.name === name) < index);
    return twice ? `${twice.name} is given twice` : null;
  }
  const cut = [...fields].some((field) =>
    [...field.designator, ...field.value].some(({ kind }) => kind === "directive"),
  );
  const byPosition = fields.some(({ designator }) => designator.length === 0);
  return cut || byPosition ? "preprocessor conditions cut through its values" : null;
}

function convert(text: string, { code, macros: defined, comments }: Tokens, definition: Definition): LegacyEdit[] {
  const { start, open, close, fields, attributes, name, nameToken } = definition;
  if (open === null || close === null) return [];
  const scope: TypeScope = { code, macros: defined };
  const edit = (from: number, to: number, added: string): LegacyEdit => ({
    ...{ start: from, end: to },
    text: added + commentsWithin(text, comments, from, to),
  });
  const type = fields.find((field) => field.name === "type")?.value[0]?.text ?? "";
  const keepSizes = sizesStay.test(resolve(type, scope));
  const behind = attributes.map((attribute) =>
    attribute.length === 1 ? 'SEC(".maps")' : inMapsSection(attribute, text),
  );
  return [
    ...(needsMacros(code) ? [macrosBefore(text, start)] : []),
    edit(start, open.start, "struct "),
    ...fields.flatMap((field) => fieldEdits(field, { edit, keepSizes, map: nameToken.text, scope })),
    edit(close.end, close.end, ` ${name} ${behind.join(" ")}`),
  ];
}

interface FieldContext {
  readonly edit: (from: number, to: number, added: string) => LegacyEdit;
  readonly keepSizes: boolean;
  readonly map: string;
  readonly scope: TypeScope;
}

function fieldEdits(field: Field, { edit, keepSizes, map, scope }: FieldContext): LegacyEdit[] {
  const { name, designator, value, comma } = field;
  const first = value[0];
  const last = value.at(-1);
  if (!first || !last) return [];
  const start = designator[0]?.start ?? first.start;
  const finish = (added: string): LegacyEdit =>
    comma === null ? edit(last.end, last.end, added) : edit(comma.start, comma.end, added);
  const role = name === "key_size" ? "key" : name === "value_size" ? "value" : null;
  if (role !== null && !keepSizes) {
    const operand = sizeofOperand(value);
    if (operand !== null) {
      const inner = operand[0]?.start ?? first.end;
      // of sizeof(type) the closing parenthesis stays and closes __type( instead
      return [edit(start, inner, `__type(${role}, `), finish(last === operand.at(-1) ? ");" : ";")];
    }
    const size = numberOf(value, scope.macros);
    const type = size === null || size === 0 ? null : typeFromUses(map, role, size, start, scope);
    if (type !== null) return [edit(start, last.end, `__type(${role}, ${printType(type)}`), finish(");")];
  }
  return [edit(start, first.start, `__uint(${name}, `), finish(");")];
}

/** The type or expression of a lone sizeof; null for any other value, and for one that a macro's argument cannot hold. */
function sizeofOperand(value: readonly Token[]): readonly Token[] | null {
  if (value[0]?.text !== "sizeof") return null;
  const isWrapped = value[1]?.text === "(" && value.at(-1)?.text === ")";
  const inner = isWrapped ? value.slice(2, -1) : value.slice(1);
  if (!isWrapped && !(inner.length === 1 && inner[0]?.kind === "name")) return null;
  let depth = 0;
  for (const { text } of inner) {
    if (text === "(" || text === "[") depth += 1;
    else if (text === ")" || text === "]") depth -= 1;
    if (depth < 0 || "{},".includes(text)) return null;
  }
  return depth === 0 && inner.length > 0 ? inner : null;
}

/** What an object-like macro of this text stands for, where that is one word. */
function resolve(word: string, { macros: defined }: TypeScope): string {
  let meant = word;
  for (let step = 0; step < 8; step++) {
    const macro = defined.findLast(({ name, takesArguments }) => name === meant && !takesArguments);
    if (macro?.body.length !== 1) break;
    meant = macro.body[0]?.text ?? meant;
  }
  return meant;
}

function inMapsSection(attribute: readonly Token[], text: string): string {
  const section = attribute.slice(1).find(isMapsName);
  const from = attribute[0]?.start ?? 0;
  const to = attribute.at(-1)?.end ?? from;
  if (!section) return text.slice(from, to);
  const name = section.kind === "string" ? '".maps"' : ".maps";
  return text.slice(from, section.start) + name + text.slice(section.end, to);
}

/** Where libbpf's header is not included by that name, an older one may stand in its place that lacks the macros. */
function needsMacros(code: readonly Token[]): boolean {
  return !code.some(
    ({ kind, text }) =>
      kind === "directive" &&
      (/^#[ \t]*include[ \t]*[<"]bpf\/bpf_helpers\.h[>"]/.test(text) || /^#[ \t]*define[ \t]+__uint\b/.test(text)),
  );
}

function macrosBefore(text: string, start: number): LegacyEdit {
  const added = text.includes("\r\n") ? macros.replaceAll("\n", "\r\n") : macros;
  let at = text.lastIndexOf("\n", start - 1) + 1;
  if (start === 0) at = 0;
  // within a macro's body the line that continues others is no place for directives
  const isContinued = (): boolean => at > 0 && /\\\r?\n$/.test(text.slice(Math.max(0, at - 3), at));
  if (isContinued() || /^[ \t]*#/.test(text.slice(at, start))) {
    while (isContinued()) at = at < 2 ? 0 : text.lastIndexOf("\n", at - 2) + 1;
    return { start: at, end: at, text: added };
  }
  if (text.slice(at, start).trim() === "") return { start: at, end: at, text: added };
  return { start, end: start, text: `${text.includes("\r\n") ? "\r\n" : "\n"}${added}` };
}

/** Comments of a part that is replaced, to stand behind what replaces it. */
function commentsWithin(text: string, comments: readonly Comment[], from: number, to: number): string {
  let kept = "";
  for (let at = firstAfter(comments, from - 1, ({ start }) => start); at < comments.length; at++) {
    const comment = comments[at];
    if (!comment || comment.end > to) break;
    kept += `${text.slice(comment.start, comment.end)}${text[comment.start + 1] === "/" ? "\n" : " "}`;
  }
  return kept;
}
