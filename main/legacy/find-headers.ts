/** The sources that one source includes by `#include "…"`, for what has no line record in the object. */
import { dirname, join } from "node:path";
import { readSource } from "../source/read-source.ts";

const filesRead = 40;
/** beside the source, as the build looks for them */
const folders = [".", "include", "headers", "../common", "../headers", "../include"];

export interface Header {
  readonly path: string;
  readonly text: string;
}

/** In the order of their inclusion, each once; what is not found is left out. */
export async function findHeaders(path: string, text: string): Promise<readonly Header[]> {
  const found: Header[] = [];
  const seen = new Set([path]);
  const waiting = includes(text).map((name) => ({ name, from: dirname(path) }));
  for (let next = waiting.shift(); next && found.length < filesRead; next = waiting.shift()) {
    const { name, from } = next;
    for (const candidate of [join(from, name), ...folders.map((folder) => join(dirname(path), folder, name))]) {
      if (seen.has(candidate)) break;
      const header = await readSource(candidate).catch(() => null);
      if (header === null) continue;
      seen.add(candidate);
      found.push(header);
      waiting.push(...includes(header.text).map((one) => ({ name: one, from: dirname(candidate) })));
      break;
    }
  }
  return found;
}

function includes(text: string): string[] {
  return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"\n]{1,1000})"/gm)].map(([, name = ""]) => name);
}
