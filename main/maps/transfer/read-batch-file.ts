/**
 * A file of commands for `bpftool batch file` to entries: `map update id 7 key hex 01 02 value hex 03 04`. Which map they
 * name does not matter: the entries go into the one that was asked for.
 */
import type { MapLayout } from "../../tables/describe-map.ts";
import { createEntryTable, type EntryTable } from "./entry-table.ts";
import type { Problems } from "./problems.ts";

const newline = 10;
const blank = 32;

export function readBatchFile(
  layout: MapLayout,
  valueStride: number,
  text: Uint8Array,
  problems: Problems,
): EntryTable {
  const keySize = layout.key.size;
  const writer = createEntryTable(keySize, valueStride, Math.max(16, Math.ceil(text.length / 64)));
  const { table } = writer;
  const words = createWords(text);
  let line = 0;
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf(newline, at);
    if (end < 0) end = text.length;
    line += 1;
    words.start(at, end);
    at = end + 1;
    if (!words.next() || words.starts(35)) continue;
    if (words.is("bpftool") && !words.next()) continue;
    const entry = writer.add(line);
    const problem = readLine(words, table, entry, layout);
    if (problem === null) continue;
    problems.add(line, words.column(), problem);
    writer.drop();
  }
  return table;
}

/** What is wrong with the line; null where nothing is. */
function readLine(words: Words, table: EntryTable, entry: number, layout: MapLayout): string | null {
  if (!words.is("map") || !words.next() || !words.is("update")) {
    return `only lines of \`map update … key … value …\` can be imported, not ${words.shown()}`;
  }
  for (;;) {
    if (!words.next()) return "no key: give `key hex` and its bytes";
    if (words.is("key")) break;
  }
  const wrongKey = words.bytes(table.keys, entry * table.keySize, layout.key.size, "key");
  if (wrongKey !== null) return wrongKey;
  if (!words.is("value")) return `a key has ${layout.key.size} bytes; then value is expected, not ${words.shown()}`;
  const at = entry * table.valueStride;
  const wrongValue = words.bytes(table.values, at, layout.value.size, "value");
  if (wrongValue !== null) return wrongValue;
  // as bpftool does it: one value for all CPUs
  for (let cpu = 1; cpu < layout.copies; cpu++) {
    table.values.copyWithin(at + cpu * layout.stride, at, at + layout.value.size);
  }
  if (words.over() || words.is("any")) return null;
  return words.is("exist") || words.is("noexist")
    ? `${words.shown()} cannot be promised for a whole file: leave it out`
    : `a value has ${layout.value.size} bytes; ${words.shown()} is too much`;
}

type Words = ReturnType<typeof createWords>;

/** The words of one line at a time, without a string each. */
function createWords(text: Uint8Array) {
  let lineStart = 0;
  let lineEnd = 0;
  let from = 0;
  let to = 0;

  const next = (): boolean => {
    from = to;
    while (from < lineEnd && (text[from] as number) <= blank) from += 1;
    to = from;
    while (to < lineEnd && (text[to] as number) > blank) to += 1;
    return to > from;
  };
  const is = (word: string): boolean => {
    if (to - from !== word.length) return false;
    for (let each = 0; each < word.length; each++) if (text[from + each] !== word.charCodeAt(each)) return false;
    return true;
  };
  const shown = (): string =>
    to > from
      ? JSON.stringify(Buffer.from(text.subarray(from, Math.min(to, from + 40))).toString("utf8"))
      : "the end of the line";
  const number = (base: number): number => {
    let at = from;
    let radix = base;
    const prefixed = text[at] === 48 && (text[at + 1] === 120 || text[at + 1] === 88);
    if (prefixed) {
      radix = 16;
      at += 2;
    }
    if (at >= to || to - at > 3) return -1;
    let value = 0;
    for (; at < to; at++) {
      const byte = (text[at] as number) | 32;
      const digit = byte >= 97 ? byte - 87 : (text[at] as number) - 48;
      if (!(digit >= 0 && digit < radix)) return -1;
      value = value * radix + digit;
    }
    return value <= 255 ? value : -1;
  };
  return {
    start(at: number, end: number) {
      lineStart = at;
      lineEnd = end;
      to = at;
    },
    next,
    is,
    shown,
    starts: (byte: number): boolean => text[from] === byte,
    over: (): boolean => to === from,
    column: (): number => Buffer.from(text.subarray(lineStart, from)).toString("utf8").length + 1,
    /** reads `hex`, where it is there, and the bytes; the word after them is the current one then */
    bytes(target: Uint8Array, at: number, size: number, what: string): string | null {
      next();
      const base = is("hex") ? 16 : 10;
      if (base === 16) next();
      for (let each = 0; each < size; each++) {
        const value = number(base);
        if (value < 0) return `${what}: ${size} bytes are needed; byte ${each + 1} is ${shown()}`;
        target[at + each] = value;
        next();
      }
      return null;
    },
  };
}
