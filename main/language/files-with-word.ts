/** Sources and headers around a document in which a name stands: clangd without an index knows open files only. */
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import { readSource } from "../source/read-source.ts";
import { ownFolder } from "./confine.ts";

const depthLimit = 4;
const looked = 1000;
const taken = 64;
const largest = 1024 * 1024;

export interface FileText {
  readonly path: string;
  readonly text: string;
}

/** At most {@link taken}; of the folder that holds the document's folder, or of its own where that would be a home. */
export async function filesWithWord(
  path: string,
  word: string,
  token: CancellationToken,
): Promise<readonly FileText[]> {
  const root = ownFolder(path);
  if (root === null || !/^\w+$/.test(word)) return [];
  const pattern = new RegExp(`\\b${word}\\b`);
  const found: FileText[] = [];
  let count = 0;
  const folders: { readonly folder: string; readonly depth: number }[] = [{ folder: root, depth: 0 }];
  for (let next = folders.shift(); next !== undefined; next = folders.shift()) {
    for (const entry of await list(next.folder)) {
      if (token.isCancellationRequested || ++count > looked || found.length >= taken) return found;
      const file = join(next.folder, entry.name);
      if (entry.isDirectory()) {
        if (next.depth < depthLimit && !/^(\.|node_modules$)/.test(entry.name)) {
          folders.push({ folder: file, depth: next.depth + 1 });
        }
      } else if (entry.isFile() && file !== path && /\.[ch]$/.test(entry.name)) {
        const text = await textOf(file);
        if (text !== null && pattern.test(text)) found.push({ path: file, text });
      }
    }
  }
  return found;
}

async function textOf(path: string): Promise<string | null> {
  try {
    if ((await stat(path)).size > largest) return null;
    return (await readSource(path)).text;
  } catch {
    return null;
  }
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
