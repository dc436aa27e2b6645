/** Other names for a program and its maps, in the files of a template. Pure: a text and the names, and the text anew. */
import type { Token, Tokens } from "../legacy/tokenise.ts";

export type Renames = ReadonlyMap<string, string>;

/** The name of a function or a global: not of a structure, a field, or a local that is called the same. */
export function renameInSource(text: string, { code, macros, comments }: Tokens, renames: Renames): string {
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  for (const tokens of [code, ...macros.map(({ body }) => body)]) {
    for (const [index, token] of tokens.entries()) {
      const to = token.kind === "name" ? renames.get(token.text) : undefined;
      if (to !== undefined && meansGlobal(tokens, index)) edits.push({ start: token.start, end: token.end, text: to });
    }
  }
  for (const { start, end } of comments) {
    edits.push({ start, end, text: renameInProse(text.slice(start, end), renames) });
  }
  return edits
    .toSorted((one, other) => other.start - one.start)
    .reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text);
}

/** A map is defined before SEC and used by its address; a function stands before its parameters. */
function meansGlobal(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text ?? "";
  const after = tokens[index + 1]?.text ?? "";
  if (before === "." || before === "->") return false;
  return before === "&" || after === "SEC" || after === "(";
}

/** In sentences a name is told from a word by what no word has. */
export function renameInProse(text: string, renames: Renames): string {
  const telling = new Map([...renames].filter(([from]) => /[_\d]/.test(from)));
  return replaceWords(text, telling);
}

/** README.md: code and code blocks as names, the rest as prose. `place` is where the copy lies, for the commands. */
export function renameInReadme(text: string, renames: Renames, place: { readonly from: string; readonly to: string }) {
  return text
    .split(/(```[^]*?```|`[^`\n]+`)/)
    .map((part, index) => {
      if (index % 2 === 0) return renameInProse(part, renames);
      // `struct event`: a type, whatever the map is called
      if (/^`(?:struct|enum|union) /.test(part)) return part;
      const code = part.startsWith("```") ? part : `\`${part.slice(1, -1)}\``;
      return code
        .split(place.from)
        .map((piece) => replaceWords(piece, renames))
        .join(place.to);
    })
    .join("");
}

/** packets.json: the names of maps and the program, and in its sentences what is clearly one of them. */
export function renameInPackets(text: string, renames: Renames): string {
  return text.replaceAll(
    /("(map|program|name)"\s*:\s*)"((?:[^"\\]|\\.)*)"/g,
    (_whole, head: string, field: string, value: string) =>
      `${head}"${field === "name" ? renameInProse(value, renames) : (renames.get(value) ?? value)}"`,
  );
}

function replaceWords(text: string, renames: Renames): string {
  // part of a longer name, of a path, or of a flag is something else; so is a quoted field
  return text.replaceAll(/(?<![\w./"-])[A-Za-z_]\w*(?![\w"]|[-./]\w)/g, (word) => renames.get(word) ?? word);
}
