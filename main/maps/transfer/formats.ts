/** The texts that a whole map is written as: what stands before, between and after its entries. */
import { release, hostname } from "node:os";
import { readFileSync } from "node:fs";
import { fail } from "../../../protocol/failures.ts";
import { compileCell, compilePadding, quoted } from "../../tables/printing/compile-cells.ts";
import { bpftoolPrinter } from "../../tables/printing/bpftool-entry.ts";
import { createEntryPrinter, type EntryPrinter, type Part } from "../../tables/printing/entry-printer.ts";
import { collectOperations, op } from "../../tables/printing/operations.ts";
import type { DescribedMap } from "../describe-entries.ts";
import { csvColumns } from "./csv-columns.ts";

export const formats = ["json", "csv", "batch"] as const;
export type Format = (typeof formats)[number];

export interface Framing {
  readonly head: string;
  readonly between: string;
  readonly tail: string;
  readonly printer: EntryPrinter;
}

/** @throws Failed `bad-value` where the format cannot say what the map holds */
export function framingOf(described: DescribedMap, format: Format | "snapshot"): Framing {
  switch (format) {
    case "json":
      return { head: "[", between: ",", tail: "]\n", printer: bpftool(described) };
    case "snapshot":
      return { head: snapshotHead(described), between: ",\n", tail: "\n]}\n", printer: bpftool(described) };
    case "csv":
      return { between: "", tail: "", ...csv(described) };
    case "batch":
      return { head: "", between: "", tail: "", printer: batch(described) };
  }
}

function bpftool({ description, layout, btf }: DescribedMap): EntryPrinter {
  const { copies, stride, perCpu } = layout;
  return bpftoolPrinter({ ...description.map, btf, copies, stride, perCpu });
}

/** What tells later which map this was, and when: beside bpftool's entries, so that each of them is read as such. */
function snapshotHead({ description }: DescribedMap): string {
  const { map, possibleCpus } = description;
  const { id, name, type, keySize, valueSize, maxEntries, flags } = map;
  const about = {
    snapshot: 1,
    taken: new Date().toISOString(),
    ...{ host: hostname(), kernel: release(), boot_id: bootId() },
    map: { id, name, type, key_size: keySize, value_size: valueSize, max_entries: maxEntries, flags },
    possible_cpus: possibleCpus,
  };
  return `${JSON.stringify(about).slice(0, -1)},"entries":[\n`;
}

export function bootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return null;
  }
}

function csv({ layout }: DescribedMap): Pick<Framing, "head" | "printer"> {
  const columns = csvColumns(layout);
  const parts: Part[] = columns.map(({ of, column, base, mask }, index) => {
    const into = collectOperations();
    const { littleEndian } = layout[of];
    if (index > 0) into.text(",");
    if (column !== null) compileCell(column, littleEndian, base, into);
    else if (mask !== null) compilePadding(layout[of], mask, base, into);
    if (index === columns.length - 1) into.text("\n");
    return { of, operations: into.done() };
  });
  return { head: `${columns.map(({ name }) => quoted(name)).join(",")}\n`, printer: createEntryPrinter(parts) };
}

const byId: Readonly<Record<string, string>> = { prog_array: "id", array_of_maps: "id", hash_of_maps: "id" };

function batch({ description, layout }: DescribedMap): EntryPrinter {
  const { id, name, type, keySize, valueSize } = description.map;
  if (layout.perCpu) {
    const message = `export map ${name} (id ${id}) as bpftool's commands: they write one value to all CPUs, and this map has one for each: export json or csv`;
    return fail({ kind: "bad-value", field: "format", message });
  }
  const key = collectOperations();
  key.text(`map update id ${id} key hex`);
  key.add(op.spacedHex, 0, { count: keySize });
  const value = collectOperations();
  value.text(" value");
  if (byId[type] === "id") {
    value.text(" id ");
    value.add(op.u32, 0);
  } else {
    value.text(" hex");
    value.add(op.spacedHex, 0, { count: valueSize });
  }
  value.text("\n");
  return createEntryPrinter([
    { of: "key", operations: key.done() },
    { of: "value", operations: value.done() },
  ]);
}
