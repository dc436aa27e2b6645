import { badValue } from "./bad-value.ts";
import type { MapLayout } from "./describe-map.ts";
import { isSummed, splitCopies } from "./format-entry.ts";
import { isPadding, leftOutOf } from "./left-out.ts";
import { formatColumn, type Json } from "./format-value.ts";
import type { LayoutColumn } from "./layout.ts";
import { type CpuTexts, readCpus, textOfCpu } from "./parse-cpus.ts";
import { type Parsed, parseCells, parseJson, parseText } from "./parse-value.ts";

export type ParsedEntry =
  | { readonly ok: true; readonly key: Uint8Array; readonly value: Uint8Array }
  | Exclude<Parsed, { ok: true }>;

/**
 * An edited or new row to bytes. `cells` are in the order of the map's columns; null keeps what `existing` has.
 * In a per-CPU map a number goes to the first CPU and the others become zero, so that the sum shown is the one typed;
 * what is not summed goes to every CPU; "cpu 2: 7" goes to that one, "all cpus: 7" to each. A new entry's other CPUs are zero.
 */
export function parseEntryCells(
  map: MapLayout,
  cells: readonly (string | null)[],
  existing: { readonly key: Uint8Array; readonly value: Uint8Array } | null,
): ParsedEntry {
  const keyColumns = map.key.columns.length;
  const key = parseCells(map.key, cells.slice(0, keyColumns), existing?.key ?? null, isPadding);
  if (!key.ok) return key;
  const given = cells.slice(keyColumns);
  const before = existing ? splitCopies(map, existing.value) : null;
  const cpus: (CpuTexts | null)[] = [];
  for (const [index, { path }] of map.value.columns.entries()) {
    const cell = given[index] ?? null;
    const read = map.perCpu && cell !== null ? readCpus(cell, map.copies, path) : null;
    if (read?.ok === false) return read;
    cpus.push(read?.texts ?? null);
  }
  const value = joinCopies(map, (cpu) => {
    const own = map.value.columns.map((column, index) => {
      const cell = given[index] ?? null;
      const texts = cpus[index] ?? null;
      // of a CPU that is not named, a new entry has zeros
      if (texts !== null) return textOfCpu(texts, cpu) ?? (before === null ? zerosOf(column) : null);
      return cell !== null && cpu > 0 && isSummed(column) ? "0" : cell;
    });
    return parseCells(map.value, own, before?.[cpu] ?? null, leftOutOf(map.value));
  });
  return value.ok ? { ok: true, key: key.bytes, value: value.bytes } : value;
}

function zerosOf({ node, offset }: LayoutColumn): string {
  return formatColumn({ node, offset, path: "" }, new Uint8Array(offset + node.size), true);
}

/** A key as a user types it on a command line: see parseText. */
export function parseKeyText(map: MapLayout, text: string): Parsed {
  return parseText(map.key, text, null, "key", isPadding);
}

/**
 * A value as a user types it. For a per-CPU map: a JSON array with one value a CPU, one value for every CPU (as bpftool
 * does), or values of single ones: "cpu 2: packets=1; cpu 3: packets=4". JSON with some of a struct's fields changes those of `existing` (all CPUs' bytes).
 */
export function parseValueText(map: MapLayout, text: string, existing: Uint8Array | null): Parsed {
  const before = existing ? splitCopies(map, existing) : null;
  if (!map.perCpu) return joinCopies(map, () => parseText(map.value, text, existing, "value", leftOutOf(map.value)));
  const cpus = readCpus(text, map.copies, "value");
  if (cpus?.ok === false) return cpus;
  if (cpus !== null) {
    return joinCopies(map, (cpu) => {
      const own = textOfCpu(cpus.texts, cpu);
      if (own !== null) return parseText(map.value, own, before?.[cpu] ?? null);
      return { ok: true, bytes: Uint8Array.from(before?.[cpu] ?? new Uint8Array(map.value.size)) };
    });
  }
  const list = readArray(text);
  if (list && (map.value.root.kind !== "array" || list.every(Array.isArray))) {
    if (list.length !== map.copies) {
      return { ok: false, failure: badValue("value", list, `one value for each of the ${map.copies} possible CPUs`) };
    }
    return joinCopies(map, (cpu) => parseJson(map.value, list[cpu] ?? null, before?.[cpu] ?? null, `value[${cpu}]`));
  }
  return joinCopies(map, (cpu) => parseText(map.value, text, before?.[cpu] ?? null, "value", leftOutOf(map.value)));
}

function joinCopies(map: MapLayout, parse: (cpu: number) => Parsed): Parsed {
  const bytes = new Uint8Array(map.copies * map.stride);
  for (let cpu = 0; cpu < map.copies; cpu++) {
    const copy = parse(cpu);
    if (!copy.ok) return copy;
    bytes.set(copy.bytes, cpu * map.stride);
  }
  return { ok: true, bytes };
}

function readArray(text: string): readonly Json[] | null {
  if (!text.trim().startsWith("[")) return null;
  try {
    const json = JSON.parse(text) as Json;
    return Array.isArray(json) ? json : null;
  } catch {
    return null;
  }
}
