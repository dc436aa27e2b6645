/**
 * Which of some sources include a header, directly or through others: by reading their #include lines. Lines that the
 * preprocessor would pass over count too, names made by macros do not; the folders of the system are not looked into.
 */
import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { readBytes, sourceText } from "./read-source.ts";

/** Files read for one source: a project's own headers are fewer. */
const mostFiles = 500;
const includeLine = /^[ \t]*#[ \t]*include(?:_next)?[ \t]*["<]([^">\n]{1,4096})[">]/gm;
const folderFlag = /^(?:-I|-iquote|-isystem|-idirafter)(.+)$/;

export interface Candidate {
  readonly path: string;
  /** unsaved; null for what the file holds */
  readonly text: string | null;
}

/** `flagsOf`: the words of a source's flags, paths in them absolute. Never throws: what cannot be read includes nothing. */
export async function findIncluders(
  header: string,
  candidates: readonly Candidate[],
  flagsOf: (path: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const wanted = await real(header);
  if (wanted === null) return [];
  const found: string[] = [];
  for (const { path, text } of candidates) {
    const folders = foldersOf(await flagsOf(path).catch(() => []));
    if (await includes(path, text, wanted, folders)) found.push(path);
  }
  return found;
}

async function includes(
  source: string,
  given: string | null,
  wanted: string,
  folders: readonly string[],
): Promise<boolean> {
  const seen = new Set<string>();
  const waiting = [source];
  for (let path = waiting.pop(); path !== undefined && seen.size < mostFiles; path = waiting.pop()) {
    const text = path === source && given !== null ? given : await read(path);
    for (const [, name = ""] of text.matchAll(includeLine)) {
      for (const folder of [dirname(path), ...folders]) {
        const target = await real(resolve(folder, name));
        if (target === null) continue;
        if (target === wanted) return true;
        if (!seen.has(target)) waiting.push(target);
        seen.add(target);
        break;
      }
    }
  }
  return false;
}

function foldersOf(flags: readonly string[]): readonly string[] {
  return flags.flatMap((flag, index) => {
    if (["-I", "-iquote", "-isystem", "-idirafter"].includes(flag)) return flags.slice(index + 1, index + 2);
    const joined = folderFlag.exec(flag)?.[1];
    return joined === undefined ? [] : [joined];
  });
}

const real = (path: string): Promise<string | null> => realpath(path).catch(() => null);

async function read(path: string): Promise<string> {
  try {
    return sourceText(path, await readBytes(path));
  } catch {
    return "";
  }
}
