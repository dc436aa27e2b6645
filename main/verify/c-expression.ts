/** Reading one line of C as far as needed to name what an instruction works on. No parser: what is unsure is null. */

/** Longer lines are generated: they are read no further. */
const lineLimit = 1024;
const identifier = /[A-Za-z_]\w*/y;
const keywords = new Set(["if", "else", "for", "while", "do", "return", "switch", "case", "sizeof", "goto", "asm"]);

export interface Expression {
  /** As "ip->ttl" or "payload[3]" or "*value". */
  readonly text: string;
  /** The variable that it starts from. */
  readonly base: string;
}

/** The access that starts or ends at a column (0-based) of the line: clang names the member's or the array's place. */
export function expressionAt(given: string, column: number): Expression | null {
  const line = given.slice(0, lineLimit);
  if (column < 0 || column >= line.length) return null;
  if (/^(?:[-+*/%&|^]?=(?!=)|<<=|>>=|\+\+|--)/.test(line.slice(column, column + 3)))
    return assignedBefore(line, column);
  if (line[column] === "*") {
    const operand = /^\*\s*([A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*)*)(?![\w(])/.exec(line.slice(column));
    const name = operand?.[1] ?? "";
    return operand ? { text: `*${name}`, base: /^\w+/.exec(name)?.[0] ?? name } : null;
  }
  identifier.lastIndex = column;
  const word = identifier.exec(line)?.[0];
  if (word === undefined || (column > 0 && /\w/.test(line[column - 1] ?? ""))) return null;
  let end = column + word.length;
  const head = chainBefore(line, column);
  const start = column - head.length;
  // What follows belongs to it as long as it stays in the same object: members by ".", elements by "[…]".
  for (;;) {
    const rest = /^(?:\.[A-Za-z_]\w*|\[[^\][]{1,60}\])/.exec(line.slice(end));
    if (!rest) break;
    end += rest[0].length;
  }
  const text = line.slice(start, end);
  const base = /^[A-Za-z_]\w*/.exec(text)?.[0];
  if (base === undefined || keywords.has(base) || line[end] === "(") return null;
  return text === base ? null : { text, base };
}

/** What stands before "=", "+=" or "++": clang names the operator's place for a store. */
function assignedBefore(line: string, column: number): Expression | null {
  const found = /(?:\*\s*)?([A-Za-z_]\w*)(?:(?:->|\.)[A-Za-z_]\w*|\[[^\][]{1,60}\])*$/.exec(
    line.slice(0, column).trimEnd().slice(-200),
  );
  const text = found?.[0].replace(/^\*\s*/, "*") ?? "";
  return found && text !== found[1] ? { text, base: found[1] ?? "" } : null;
}

/** "eth->" before "h_proto", "entry->packets[i]." and so on. */
function chainBefore(line: string, column: number): string {
  const before = line.slice(0, column);
  return /(?:[A-Za-z_]\w*(?:\[[^\][]{1,60}\])?(?:->|\.))+$/.exec(before.slice(-200))?.[0] ?? "";
}

/** The one access through a pointer in the line; null where there are none or several. */
export function onlyAccess(given: string): Expression | null {
  const found = new Map<string, Expression>();
  for (const match of given.slice(0, lineLimit).matchAll(/([A-Za-z_]\w*)(?:->[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/g)) {
    found.set(match[0], { text: match[0], base: match[1] ?? "" });
  }
  const [only] = found.values();
  return found.size === 1 && only ? only : null;
}

/** "struct ethhdr *eth = data;" is { variable: "eth", value: "data" }: casts and brackets around the value are cut. */
export function assignment(given: string): { readonly variable: string; readonly value: string } | null {
  const line = given.slice(0, lineLimit);
  const found =
    /^(?:const\s+|volatile\s+)*(?:(?:struct|union|enum)\s+)?(?:[A-Za-z_]\w*[\s*]+)*?([A-Za-z_]\w*)\s*=\s*([^=].*);/.exec(
      line.trim().slice(0, 300),
    );
  const variable = found?.[1];
  if (variable === undefined || keywords.has(variable)) return null;
  return { variable, value: withoutCasts(found?.[2] ?? "") };
}

/** "(void *)(long)ctx->data" is "ctx->data". */
export function withoutCasts(given: string): string {
  let text = given.trim();
  for (let turn = 0; turn < 8; turn++) {
    const cut = text
      .replace(
        /^\(\s*(?:(?:const|volatile|unsigned|signed|struct|union|enum)\s+)*[A-Za-z_]\w*(?:\s+(?:int|long|char))*[\s*]*\)\s*(?=[A-Za-z_(&*])/,
        "",
      )
      .trim();
    if (cut === text) break;
    text = cut;
  }
  return text;
}

/** The arguments of the call of `name` in the line, in order; null where the line has no such call, or several. */
export function callArguments(given: string, name: string): readonly string[] | null {
  const line = given.slice(0, lineLimit);
  const at = line.indexOf(`${name}(`);
  if (at < 0 || /\w/.test(line[at - 1] ?? "") || line.indexOf(`${name}(`, at + 1) >= 0) return null;
  const parts: string[] = [];
  let depth = 0;
  let start = at + name.length + 1;
  for (let position = start; position < line.length; position++) {
    const letter = line[position];
    if (letter === '"' || letter === "'") return null;
    if (letter === "(" || letter === "[" || letter === "{") depth++;
    else if ((letter === ")" || letter === "]" || letter === "}") && depth > 0) depth--;
    else if (depth === 0 && (letter === "," || letter === ")")) {
      parts.push(line.slice(start, position).trim());
      start = position + 1;
      if (letter === ")") return parts.length === 1 && parts[0] === "" ? [] : parts;
    }
  }
  return null;
}
