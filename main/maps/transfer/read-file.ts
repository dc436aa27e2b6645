/** A file ─▶ entries: its format found out by its content, all of it parsed and checked before anything is written. */
import { fail } from "../../../protocol/failures.ts";
import { type DescribedMap, plainMap } from "../describe-entries.ts";
import { checkEntries, findTwins, type Twins } from "./check-entries.ts";
import { createEntryTable, joinTables, shared } from "./entry-table.ts";
import { bootId, type Format } from "./formats.ts";
import { lastOfEach } from "./last-of-each.ts";
import { addProblems, asFailure, createProblems, type Problems } from "./problems.ts";
import { cutRows, readHeader } from "./read-csv.ts";
import { type ReadEntries, readAs } from "./read-as.ts";
import type { FileThreads } from "./threads/file-threads.ts";

export interface ReadFile extends ReadEntries {
  readonly format: Format;
}

/** A file that is smaller is read before a thread has started. */
export const worthThreads = 512 * 1024;

export interface OpenedFile extends ReadFile {
  /** rejects with what is wrong with the entries together (a key twice, too many): nothing is written before it resolves */
  readonly checked: Promise<void>;
}

/** @throws Failed `bad-value` with every line that is wrong */
export async function readEntries(...of: Parameters<typeof openEntries>): Promise<ReadFile> {
  const { checked, ...read } = await openEntries(...of);
  await checked;
  return read;
}

/** As readEntries, but what takes all entries together is still being checked. */
export async function openEntries(
  threads: FileThreads,
  name: string,
  whole: Uint8Array,
  described: DescribedMap,
  forced: Format | null,
): Promise<OpenedFile> {
  const { text, format } = openText(name, whole, forced);
  if (text.length < worthThreads) {
    return { ...readEntriesText(name, whole, described, forced), checked: Promise.resolve() };
  }
  const problems = createProblems();
  const read = { format, ...(await readOnThreads(threads, format, shared(text), plainMap(described), problems)) };
  const wrong = asFailure(name, problems);
  if (wrong !== null) throw wrong;
  const { keys, keySize, count } = read.entries;
  const trie = described.layout.type === "lpm_trie";
  const checking = threads
    .run({ do: "twins", keys: { keys, keySize, count }, trie })
    .then((twins) => finish(name, described, read, twins));
  // which of them count is known only then
  if (format === "batch") return { ...(await checking), checked: Promise.resolve() };
  const checked = checking.then(() => undefined);
  // whoever waits for it is told
  checked.catch(() => undefined);
  return { ...read, checked };
}

/** The same on this thread alone. @throws Failed as readEntries */
export function readEntriesText(
  name: string,
  whole: Uint8Array,
  described: DescribedMap,
  forced: Format | null,
): ReadFile {
  const { text, format } = openText(name, whole, forced);
  const problems = createProblems();
  const read = { format, ...readAs(format, text, described, problems) };
  const wrong = asFailure(name, problems);
  if (wrong !== null) throw wrong;
  return finish(name, described, read, findTwins(read.entries, described.layout.type === "lpm_trie"));
}

/** Held against the map as a whole. */
function finish(name: string, described: DescribedMap, read: ReadFile, twins: Twins): ReadFile {
  const wrong = asFailure(
    name,
    checkEntries(described, read.entries, {
      format: read.format,
      ofThisMap: isOfThisMap(read.about, described),
      twins,
    }),
  );
  if (wrong !== null) throw wrong;
  if (read.format !== "batch" || twins.same === 0) return read;
  return { ...read, entries: lastOfEach(read.entries, described.layout.type === "lpm_trie") };
}

/** A snapshot of the very map that is there now: ids in it still mean the same. */
function isOfThisMap({ boot_id: boot, map }: ReadFile["about"], { description }: DescribedMap): boolean {
  const now = bootId();
  const of = typeof map === "object" && map !== null && "id" in map ? map.id : null;
  return now !== null && boot === now && of === description.map.id;
}

function openText(name: string, whole: Uint8Array, forced: Format | null): { text: Uint8Array; format: Format } {
  const encoding = wrongEncoding(whole);
  if (encoding !== null) {
    const message = `import ${name}: it is ${encoding}, and nothing was written: save it as UTF-8 (in a spreadsheet: "CSV UTF-8")`;
    return fail({ kind: "bad-value", field: name, message });
  }
  const text = whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf ? whole.subarray(3) : whole;
  return { text, format: forced ?? detectFormat(text) };
}

/** Rows of a CSV file in several parts side by side; of other files nobody knows where an entry begins. */
async function readOnThreads(
  threads: FileThreads,
  format: Format,
  text: Uint8Array,
  described: DescribedMap,
  problems: Problems,
): Promise<ReadEntries> {
  if (format !== "csv") {
    const { entries, about, problems: found } = await threads.run({ do: "whole", described, format, text });
    addProblems(problems, found, 0);
    return { entries: joinTables([entries], [0]), about };
  }
  const header = readHeader(described.layout, text, problems);
  if (header === null) return { entries: createEntryTable(0, 0, 0).table, about: {} };
  const cuts = cutRows(text, header.end, threads.count);
  const head = text.subarray(0, header.end);
  const parts = await Promise.all(
    cuts.slice(1).map((to, index) => {
      return threads.run({ do: "rows", described, head, text: text.subarray(cuts[index], to) });
    }),
  );
  let line = header.lines + 1;
  const firsts: number[] = [];
  for (const part of parts) {
    firsts.push(line);
    addProblems(problems, part.problems, line);
    line += part.lines;
  }
  return {
    entries: joinTables(
      parts.map(({ entries }) => entries),
      firsts,
    ),
    about: {},
  };
}

/** By the first thing that stands there. */
export function detectFormat(text: Uint8Array): Format {
  const start = Buffer.from(text.subarray(0, 4096)).toString("latin1");
  if (/^\s*[[{]/.test(start)) return "json";
  const line = start.split("\n").find((each) => /\S/.test(each) && !/^\s*#/.test(each));
  return line !== undefined && /^\s*(bpftool\s+)?map\s+\w+\s/.test(line) ? "batch" : "csv";
}

function wrongEncoding(text: Uint8Array): string | null {
  const [one, two] = text;
  if ((one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff)) return "UTF-16";
  const start = text.subarray(0, 512);
  const zeros = start.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  if (zeros === 0) return null;
  return zeros > start.length / 3 ? "UTF-16" : "no text";
}
