/** A file ─▶ entries: its format found out by its content, all of it parsed and checked before anything is written. */
import { fail } from "../../../protocol/failures.ts";
import { bpftoolPrinter } from "../../tables/printing/bpftool-entry.ts";
import type { DescribedMap } from "../describe-entries.ts";
import { checkEntries } from "./check-entries.ts";
import type { EntryTable } from "./entry-table.ts";
import { bootId, type Format } from "./formats.ts";
import { lastOfEach } from "./last-of-each.ts";
import { asFailure, createProblems, type Problems } from "./problems.ts";
import { readBatchFile } from "./read-batch-file.ts";
import { readCsv } from "./read-csv.ts";
import { readJson } from "./read-json.ts";

export interface ReadFile {
  readonly format: Format;
  readonly entries: EntryTable;
  /** of a snapshot: what it says of itself */
  readonly about: Readonly<Record<string, unknown>>;
}

/** @throws Failed `bad-value` with every line that is wrong */
export function readEntriesText(
  name: string,
  whole: Uint8Array,
  described: DescribedMap,
  forced: Format | null,
): ReadFile {
  const encoding = wrongEncoding(whole);
  if (encoding !== null) {
    const message = `import ${name}: it is ${encoding}, and nothing was written: save it as UTF-8 (in a spreadsheet: "CSV UTF-8")`;
    return fail({ kind: "bad-value", field: name, message });
  }
  const text = whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf ? whole.subarray(3) : whole;
  const format = forced ?? detectFormat(text);
  const problems = createProblems();
  const read = { format, ...readAs(format, text, described, problems) };
  const failed =
    asFailure(name, problems) ??
    asFailure(name, checkEntries(described, read.entries, { format, ofThisMap: isOfThisMap(read.about, described) }));
  if (failed !== null) throw failed;
  if (format !== "batch") return read;
  return { ...read, entries: lastOfEach(read.entries, described.layout.type === "lpm_trie") };
}

/** A snapshot of the very map that is there now: ids in it still mean the same. */
function isOfThisMap({ boot_id: boot, map }: ReadFile["about"], { description }: DescribedMap): boolean {
  const now = bootId();
  const of = typeof map === "object" && map !== null && "id" in map ? map.id : null;
  return now !== null && boot === now && of === description.map.id;
}

function readAs(
  format: Format,
  text: Uint8Array,
  { description, layout, btf }: DescribedMap,
  problems: Problems,
): Pick<ReadFile, "entries" | "about"> {
  const { valueStride, map } = description;
  switch (format) {
    case "csv":
      return { entries: readCsv(layout, valueStride, text, problems), about: {} };
    case "batch":
      return { entries: readBatchFile(layout, valueStride, text, problems), about: {} };
    case "json": {
      const { copies, stride, perCpu } = layout;
      const printer = bpftoolPrinter({ ...map, btf, copies, stride, perCpu });
      return readJson(layout, valueStride, text, printer, problems);
    }
  }
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
