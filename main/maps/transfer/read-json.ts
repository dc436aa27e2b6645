/**
 * Entries as `bpftool -j map dump` (or -p) prints them, alone or in a snapshot of ours; and as `xdpw map dump --json` does.
 * The bytes count. What bpftool adds for people (`formatted`) is held against them: who edited only that would be misled.
 */
import { isDeepStrictEqual } from "node:util";
import type { MapLayout } from "../../tables/describe-map.ts";
import type { Json } from "../../tables/format-value.ts";
import { parseJson } from "../../tables/parse-value.ts";
import type { EntryPrinter } from "../../tables/printing/entry-printer.ts";
import { sourceOf, targetOf } from "../../tables/printing/print-operations.ts";
import { createEntryTable, type EntryTable, type EntryTableWriter } from "./entry-table.ts";
import type { Problems } from "./problems.ts";
import { scanEntries } from "./scan-json.ts";

export interface ReadJson {
  readonly entries: EntryTable;
  /** what stands beside the entries: of a snapshot, which map it is */
  readonly about: Readonly<Record<string, unknown>>;
}

type JsonObject = Readonly<Record<string, unknown>>;

export function readJson(
  layout: MapLayout,
  valueStride: number,
  text: Uint8Array,
  printer: EntryPrinter,
  problems: Problems,
): ReadJson {
  const writer = createEntryTable(layout.key.size, valueStride, Math.max(16, Math.ceil(text.length / 200)));
  const scratch = Buffer.alloc(printer.longest);
  const exact = createExactReader(layout, text, writer, printer, scratch);
  const about = scanEntries(text, problems, exact, (value, line) => {
    const entry = writer.add(line);
    const wrong = readEntry(layout, writer.table, entry, value, printer, scratch);
    if (wrong === null) return;
    problems.add(line, null, wrong);
    writer.drop();
  });
  return { entries: writer.table, about };
}

/**
 * The usual case without parsing JSON: read the bytes from where they must be, print the entry, and compare the whole text.
 * Answers where the entry ends; -1 where it is anything else.
 */
function createExactReader(
  layout: MapLayout,
  text: Uint8Array,
  writer: EntryTableWriter,
  printer: EntryPrinter,
  scratch: Buffer,
): (at: number, line: number) => number {
  const { table } = writer;
  const target = targetOf(scratch);
  const keySize = layout.key.size;
  const valueSize = layout.value.size;
  if (layout.perCpu || keySize === 0 || valueSize === 0) return () => -1;
  const firstKey = '{"key":["0x'.length;
  const firstValue = firstKey + (keySize - 1) * 7 + '00"],"value":["0x'.length;
  return (start, line) => {
    if (start + firstValue + valueSize * 7 > text.length) return -1;
    const entry = writer.add(line);
    const read =
      readDigits(text, start + firstKey, table.keys, entry * keySize, keySize) &&
      readDigits(text, start + firstValue, table.values, entry * table.valueStride, valueSize);
    if (read) {
      const keys = sourceOf(table.keys, layout.key.littleEndian);
      const values = sourceOf(table.values, layout.value.littleEndian);
      const end = printer.print(keys, entry * keySize, values, entry * table.valueStride, target, 0);
      if (scratch.compare(text, start, start + end, 0, end) === 0) return start + end;
    }
    writer.drop();
    return -1;
  };
}

/** Two digits every seven characters. */
function readDigits(text: Uint8Array, start: number, target: Uint8Array, to: number, count: number): boolean {
  for (let each = 0; each < count; each++) {
    const high = digitOf(text[start + each * 7] as number);
    const low = digitOf(text[start + each * 7 + 1] as number);
    if (high < 0 || low < 0) return false;
    target[to + each] = high * 16 + low;
  }
  return true;
}

function digitOf(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  return byte >= 97 && byte <= 102 ? byte - 87 : -1;
}

/** What is wrong; null where nothing is. */
function readEntry(
  layout: MapLayout,
  table: EntryTable,
  entry: number,
  value: unknown,
  printer: EntryPrinter,
  scratch: Buffer,
): string | null {
  if (!isObject(value)) return "an entry is an object with key and value";
  if (isObject(value["value"]) && typeof value["value"]["error"] === "string") {
    return `the entry has no value, but an error: ${value["value"]["error"]}`;
  }
  const key = table.keys.subarray(entry * table.keySize, (entry + 1) * table.keySize);
  const bytes = table.values.subarray(entry * table.valueStride, (entry + 1) * table.valueStride);
  const given = value["values"] ?? value["value"];
  const wrong = readPart(layout, "key", value["key"], key) ?? readValues(layout, given, bytes);
  if (wrong !== null) return wrong;
  if (value["formatted"] === undefined) return null;
  const keys = sourceOf(key, layout.key.littleEndian);
  const end = printer.print(keys, 0, sourceOf(bytes, layout.value.littleEndian), 0, targetOf(scratch), 0);
  const printed = JSON.parse(scratch.toString("utf8", 0, end)) as JsonObject;
  // of a map that has no BTF, or another: nothing to hold it against
  if (printed["formatted"] === undefined || isDeepStrictEqual(printed["formatted"], value["formatted"])) return null;
  return `"formatted" says something else than the bytes of key and value: ${difference(value["formatted"], printed["formatted"], "formatted")}; what counts is the bytes: change them, or leave "formatted" out`;
}

function readValues(layout: MapLayout, given: unknown, bytes: Uint8Array): string | null {
  if (!layout.perCpu) return readPart(layout, "value", given, bytes);
  if (!Array.isArray(given) || given.length !== layout.copies) {
    return `values: one for each of the ${layout.copies} possible CPUs is needed`;
  }
  for (const [cpu, item] of (given as readonly unknown[]).entries()) {
    const own = bytes.subarray(cpu * layout.stride, cpu * layout.stride + layout.value.size);
    const wrong = readPart(layout, "value", isObject(item) && "cpu" in item ? item["value"] : item, own);
    if (wrong !== null) return `CPU ${cpu}: ${wrong}`;
  }
  return null;
}

/** As bpftool prints bytes, `["0x0a"]`; or typed, as `xdpw map dump --json` does. */
function readPart(layout: MapLayout, of: "key" | "value", given: unknown, target: Uint8Array): string | null {
  const { size } = layout[of];
  if (given === undefined) return `${of} is missing`;
  if (Array.isArray(given) && given.length > 0 && given.every(isHexByte)) {
    if (given.length !== size) return `${of}: the map's has ${size} bytes, not ${given.length}`;
    for (const [index, byte] of given.entries()) target[index] = Number(byte);
    return null;
  }
  const parsed = parseJson(layout[of], given as Json, null, of);
  if (!parsed.ok) return parsed.failure.message;
  target.set(parsed.bytes);
  return null;
}

function isHexByte(value: unknown): value is string {
  return typeof value === "string" && /^0x[0-9a-f]{1,2}$/i.test(value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first place where two values differ. */
function difference(given: unknown, found: unknown, path: string): string {
  if (isObject(given) && isObject(found)) {
    for (const name of Object.keys({ ...found, ...given })) {
      if (!isDeepStrictEqual(given[name], found[name])) return difference(given[name], found[name], `${path}.${name}`);
    }
  }
  if (Array.isArray(given) && Array.isArray(found) && given.length === found.length) {
    const at = given.findIndex((item, index) => !isDeepStrictEqual(item, found[index]));
    return difference(given[at], found[at], `${path}[${at}]`);
  }
  const shown = (value: unknown): string => (value === undefined ? "missing" : JSON.stringify(value).slice(0, 60));
  return `${path} is ${shown(given)}, by the bytes ${shown(found)}`;
}
