/** A filter's text cut into words, each with its place. */

export interface FilterWord {
  readonly kind: "word" | "quoted" | "operator" | "open" | "close" | "comma";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const operators = ["==", "!=", "<=", ">=", "<>", "&&", "||", "=", "<", ">", "~", "!"];

export type FilterWords =
  | { readonly ok: true; readonly words: readonly FilterWord[] }
  | { readonly ok: false; readonly start: number; readonly message: string };

export function filterWords(text: string): FilterWords {
  const words: FilterWord[] = [];
  let at = 0;
  while (at < text.length) {
    const letter = text[at] ?? "";
    if (/\s/.test(letter)) {
      at += 1;
      continue;
    }
    const start = at;
    if (letter === '"' || letter === "'") {
      const end = text.indexOf(letter, at + 1);
      if (end < 0) return { ok: false, start, message: `this ${letter} is not closed` };
      words.push({ kind: "quoted", text: text.slice(at + 1, end), start, end: end + 1 });
      at = end + 1;
      continue;
    }
    const kind = letter === "(" ? "open" : letter === ")" ? "close" : letter === "," ? "comma" : null;
    const operator = operators.find((one) => text.startsWith(one, at));
    if (kind !== null) at += 1;
    else if (operator !== undefined) at += operator.length;
    else while (at < text.length && !/[\s()"',]/.test(text[at] ?? "") && !startsOperator(text, at)) at += 1;
    words.push({
      kind: kind ?? (operator === undefined ? "word" : "operator"),
      text: text.slice(start, at),
      start,
      end: at,
    });
  }
  return { ok: true, words };
}

function startsOperator(text: string, at: number): boolean {
  return operators.some((one) => text.startsWith(one, at));
}
