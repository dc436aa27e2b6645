/** A text of a known format ─▶ entries; every line that is wrong is said in `problems`. */
import { bpftoolPrinter } from "../../tables/printing/bpftool-entry.ts";
import type { DescribedMap } from "../describe-entries.ts";
import type { EntryTable } from "./entry-table.ts";
import type { Format } from "./formats.ts";
import type { Problems } from "./problems.ts";
import { readBatchFile } from "./read-batch-file.ts";
import { readCsv } from "./read-csv.ts";
import { readJson } from "./read-json.ts";

export interface ReadEntries {
  readonly entries: EntryTable;
  /** of a snapshot: what it says of itself */
  readonly about: Readonly<Record<string, unknown>>;
}

export function readAs(
  format: Format,
  text: Uint8Array,
  { description, layout, btf }: DescribedMap,
  problems: Problems,
): ReadEntries {
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
