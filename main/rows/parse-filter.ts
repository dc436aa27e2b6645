/**
 * What is typed into the filter bar, to conditions on bytes:
 *   prefix in 10.0.0.0/8 and (ifindex == eth1 or not packets > 1000) and "free text"
 * Words without a comparison are free text. Total: any text gives conditions, or what is wrong with it and where.
 */
import type { WrongFilter } from "../../protocol/rows.ts";
import { parseIpv4, parseIpv6 } from "../tables/addresses.ts";
import { describeField } from "../tables/describe-field.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import { isSummed } from "../tables/format-entry.ts";
import type { LayoutColumn } from "../tables/layout.ts";
import { parseInteger } from "../tables/parse-field.ts";
import { parseColumn } from "../tables/parse-node.ts";
import { type FilterWord, filterWords } from "./filter-words.ts";
import { placeOfColumn } from "./row-bytes.ts";
import { columnKey, sumKey } from "./sort-key.ts";

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** Columns by their index among the map's; bytes as the column's sort key has them. */
export type Condition =
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "compare"; readonly column: number; readonly is: Comparison; readonly bytes: Uint8Array }
  | { readonly kind: "oneOf"; readonly column: number; readonly values: readonly Uint8Array[] }
  | { readonly kind: "between"; readonly column: number; readonly least: Uint8Array; readonly most: Uint8Array }
  /** an address, or a prefix, in this one */
  | { readonly kind: "within"; readonly column: number; readonly address: Uint8Array; readonly bits: number }
  /** null: in any cell */
  | { readonly kind: "has"; readonly column: number | null; readonly text: string };

export type ParsedFilter =
  /** null lets everything through */
  { readonly ok: true; readonly condition: Condition | null } | { readonly ok: false; readonly wrong: WrongFilter };

class Wrong extends Error {
  readonly wrong: WrongFilter;
  constructor(wrong: WrongFilter) {
    super(wrong.message);
    this.wrong = wrong;
  }
}

const deepest = 100;

export function parseFilter(map: MapLayout, text: string): ParsedFilter {
  const cut = filterWords(text);
  if (!cut.ok) return { ok: false, wrong: { message: cut.message, start: cut.start, end: text.length } };
  if (cut.words.length === 0) return { ok: true, condition: null };
  try {
    const parser = new Parser(map, cut.words, text.length);
    return { ok: true, condition: parser.whole() };
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, wrong: error.wrong };
    throw error;
  }
}

const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ["==", "=="],
  ["=", "=="],
  ["!=", "!="],
  ["<>", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
]);

class Parser {
  readonly #map: MapLayout;
  readonly #words: readonly FilterWord[];
  readonly #length: number;
  #at = 0;
  #depth = 0;

  constructor(map: MapLayout, words: readonly FilterWord[], length: number) {
    this.#map = map;
    this.#words = words;
    this.#length = length;
  }

  whole(): Condition {
    const found = this.#any();
    const rest = this.#words[this.#at];
    if (rest !== undefined)
      throw this.#wrong(
        rest,
        rest.kind === "close" ? "there is no ( for this )" : `nothing can be made of ${rest.text} here`,
      );
    return found;
  }

  #any(): Condition {
    const of = [this.#all()];
    while (this.#take("or", "||")) of.push(this.#all());
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: "any", of };
  }

  #all(): Condition {
    const of = [this.#one()];
    for (;;) {
      const next = this.#words[this.#at];
      if (this.#take("and", "&&")) of.push(this.#one());
      // two conditions beside each other are both meant
      else if (next !== undefined && next.kind !== "close" && next.kind !== "comma" && !isWord(next, "or", "||"))
        of.push(this.#one());
      else break;
    }
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: "all", of };
  }

  #one(): Condition {
    if (++this.#depth > deepest) throw this.#wrong(this.#words[this.#at], "this is nested too deep");
    try {
      if (this.#take("not", "!")) return { kind: "not", of: this.#one() };
      const word = this.#words[this.#at];
      if (word === undefined) throw this.#wrong(undefined, "a condition is missing here");
      if (word.kind === "open") {
        this.#at += 1;
        const inner = this.#any();
        if (this.#words[this.#at]?.kind !== "close") throw this.#wrong(word, "this ( is not closed");
        this.#at += 1;
        return inner;
      }
      if (word.kind !== "word" && word.kind !== "quoted")
        throw this.#wrong(word, `a column or a text is missing before ${word.text}`);
      if (isWord(word, "and", "or", "in")) throw this.#wrong(word, `a condition is missing before ${word.text}`);
      this.#at += 1;
      const next = this.#words[this.#at];
      const compares =
        next !== undefined && next.kind !== "quoted" && (comparisons.has(next.text) || isWord(next, "in", "~", "has"));
      if (!compares) return { kind: "has", column: null, text: word.text };
      this.#at += 1;
      return this.#condition(this.#column(word), next);
    } finally {
      this.#depth -= 1;
    }
  }

  #condition(column: number, operator: FilterWord): Condition {
    if (isWord(operator, "~", "has")) return { kind: "has", column, text: this.#value(operator).text };
    const is = comparisons.get(operator.text);
    if (is !== undefined) {
      const value = this.#value(operator);
      return { kind: "compare", column, is, bytes: this.#bytes(column, value) };
    }
    return this.#in(column, operator);
  }

  /** `in 10.0.0.0/8`, `in 1000..2000`, `in (80, 443)` */
  #in(column: number, operator: FilterWord): Condition {
    const first = this.#words[this.#at];
    if (first?.kind === "open") {
      this.#at += 1;
      const values: Uint8Array[] = [];
      do values.push(this.#bytes(column, this.#value(operator)));
      while (this.#words[this.#at]?.kind === "comma" && ++this.#at > 0);
      if (this.#words[this.#at]?.kind !== "close") throw this.#wrong(first, "this ( is not closed");
      this.#at += 1;
      return { kind: "oneOf", column, values };
    }
    const value = this.#value(operator);
    const size = addressSize(this.#columnOf(column));
    const [from, to] = value.text.split("..");
    if (to !== undefined && from !== undefined && value.kind === "word") {
      const least = this.#bytes(column, { ...value, text: from, end: value.start + from.length });
      return {
        kind: "between",
        column,
        least,
        most: this.#bytes(column, { ...value, text: to, start: value.end - to.length }),
      };
    }
    if (size === null) {
      const { path } = this.#columnOf(column);
      throw this.#wrong(value, `${path} is no address: give a range such as 10..20 or a list such as (1, 2, 3)`);
    }
    const within = readPrefix(value.text, size);
    if (within === null) {
      const example = size === 4 ? "10.0.0.0/8" : "2001:db8::/32";
      throw this.#wrong(
        value,
        `${value.text} is no ${size === 4 ? "IPv4" : "IPv6"} prefix such as ${example}, range or list`,
      );
    }
    return { kind: "within", column, ...within };
  }

  #value(after: FilterWord): FilterWord {
    const value = this.#words[this.#at];
    if (value === undefined || (value.kind !== "word" && value.kind !== "quoted")) {
      throw this.#wrong(
        value ?? after,
        value === undefined ? `a value is missing after ${after.text}` : `a value is missing before ${value.text}`,
      );
    }
    this.#at += 1;
    return value;
  }

  #columnOf(column: number): LayoutColumn {
    const { fromKey, index } = placeOfColumn(this.#map, column);
    const found = (fromKey ? this.#map.key : this.#map.value).columns[index];
    if (found === undefined) throw new Error(`no column ${column}`);
    return found;
  }

  #column(word: FilterWord): number {
    const { columns } = this.#map;
    const exact = columns.findIndex(({ path }) => path === word.text);
    if (exact >= 0) return exact;
    const name = word.text.toLowerCase();
    const alike = columns.flatMap(({ path }, index) => {
      const low = path.toLowerCase();
      return low === name || low.endsWith(`.${name}`) ? [index] : [];
    });
    const [only, ...others] = alike;
    if (only !== undefined && others.length === 0) return only;
    const names = (only === undefined ? columns.map((_, index) => index) : alike).map(
      (index) => columns[index]?.path ?? "",
    );
    const list = `${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}`;
    throw this.#wrong(
      word,
      only === undefined ? `there is no column ${word.text}; there are ${list}` : `${word.text} may be ${list}`,
    );
  }

  #bytes(column: number, value: FilterWord): Uint8Array {
    const { fromKey } = placeOfColumn(this.#map, column);
    const layout = fromKey ? this.#map.key : this.#map.value;
    const found = this.#columnOf(column);
    if (!fromKey && this.#map.perCpu && isSummed(found) && found.node.kind === "field") {
      const number = parseInteger(value.text);
      if (number === null) throw this.#wrong(value, `${found.path}: ${value.text} is no whole number`);
      return sumKey(found.node, this.#map, number);
    }
    const bytes = new Uint8Array(layout.size);
    if (parseColumn(found, value.text, bytes, layout.littleEndian) !== null) {
      throw this.#wrong(value, `${found.path}: ${value.text} does not fit: give ${describeField(found.node)}`);
    }
    const key = columnKey(found, layout.littleEndian);
    const out = new Uint8Array(key.width);
    key.write(bytes, 0, out, 0);
    return out;
  }

  #take(word: string, sign: string): boolean {
    const next = this.#words[this.#at];
    if (next === undefined || !isWord(next, word, sign)) return false;
    this.#at += 1;
    return true;
  }

  #wrong(word: FilterWord | undefined, message: string): Wrong {
    return new Wrong({ message, start: word?.start ?? this.#length, end: word?.end ?? this.#length });
  }
}

function isWord(word: FilterWord, ...any: readonly string[]): boolean {
  return word.kind !== "quoted" && any.includes(word.text.toLowerCase());
}

/** How many bytes an address in that column has; null where it holds none. */
export function addressSize({ node }: LayoutColumn): number | null {
  if (node.kind === "struct" && node.prefix) return node.size - 4;
  if (node.kind !== "field") return null;
  return node.form.as === "ipv4" ? 4 : node.form.as === "ipv6" ? 16 : null;
}

function readPrefix(text: string, size: number): { readonly address: Uint8Array; readonly bits: number } | null {
  const [before = "", after, ...rest] = text.split("/");
  const address = size === 4 ? parseIpv4(before) : parseIpv6(before);
  if (address === null || rest.length > 0) return null;
  const bits = after === undefined ? size * 8 : /^\d{1,3}$/.test(after) ? Number(after) : Number.NaN;
  return bits <= size * 8 ? { address, bits } : null;
}
