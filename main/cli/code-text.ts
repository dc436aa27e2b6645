/** A code view for a terminal, with the C lines before the code that was made of them, as `objdump -S` prints it. */
import { readSource } from "../source/read-source.ts";
import type { Code, CodeLine } from "../../protocol/views.ts";
import type { Paint } from "./command.ts";
import { shortPath } from "./diagnostic-lines.ts";

export async function codeText(code: Code, cwd: string, paint: Paint): Promise<string> {
  const sources = await readSources(code);
  const lines: string[] = [];
  const heads = new Set(code.functions.map(({ line }) => line));
  let before = "";
  for (const [index, { text, kind, at }] of code.lines.entries()) {
    if (heads.has(index)) before = "";
    const place = JSON.stringify(at.map(({ file, line }) => [file, line]));
    if (kind === "code" && at.length > 0 && place !== before) {
      lines.push(paint.dim(sourceLine(code, at, sources, cwd)));
      before = place;
    }
    lines.push(kind === "heading" ? paint.bold(text) : kind === "other" ? paint.dim(text) : text);
  }
  return `${lines.join("\n")}\n`;
}

function sourceLine(code: Code, at: CodeLine["at"], sources: readonly (readonly string[] | null)[], cwd: string) {
  const named = at.map(({ file, line }) => `${shortPath(code.files[file] ?? "", cwd)}:${line}`);
  const [first] = at;
  const text = first === undefined ? undefined : sources[first.file]?.[first.line - 1];
  const inlined = named.slice(1).map((place) => ` (inlined at ${place})`);
  return `; ${named[0] ?? ""}${inlined.join("")}${text === undefined ? "" : `  ${text.trim()}`}`;
}

/** Null for a file that is not there (any more): its lines are named all the same. */
async function readSources(code: Code): Promise<readonly (readonly string[] | null)[]> {
  return Promise.all(
    code.files.map(async (file) => {
      try {
        return (await readSource(file)).text.split(/\r?\n/);
      } catch {
        return null;
      }
    }),
  );
}
