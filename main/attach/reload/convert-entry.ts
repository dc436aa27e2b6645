/** One entry of the running map as the newer map has it. Pure. */
import type { RawEntry } from "../../maps/read-entries.ts";
import type { MapLayout } from "../../tables/describe-map.ts";
import { formatEntryCells, splitCopies } from "../../tables/format-entry.ts";
import { formatCells } from "../../tables/format-value.ts";
import type { EntryConversion } from "./compare-maps.ts";

/** Null where a value does not fit its newer field. Each CPU's value of a per-CPU map goes to the same CPU. */
export function convertEntry(
  { key, value }: EntryConversion,
  running: MapLayout,
  newer: MapLayout,
  entry: RawEntry,
): RawEntry | null {
  const newKey = key.convert(entry.key);
  if (newKey === null) return null;
  const whole = Buffer.alloc(newer.copies * newer.stride);
  const copies = splitCopies(running, entry.value);
  for (let cpu = 0; cpu < newer.copies; cpu++) {
    const copy = copies[cpu];
    const converted = copy === undefined ? null : value.convert(copy);
    if (converted === null) return null;
    whole.set(converted, cpu * newer.stride);
  }
  return { key: Buffer.from(newKey), value: whole };
}

/** "rx_packets 12, rx_bytes 840"; a scalar is itself. */
export function valueText(layout: MapLayout, key: Uint8Array, value: Uint8Array): string {
  const { cells } = formatEntryCells(layout, key, value);
  const columns = layout.value.columns;
  const texts = cells.slice(layout.key.columns.length);
  if (columns.length === 1) return texts[0] ?? "";
  return columns.map(({ path }, index) => `${path} ${texts[index] ?? ""}`).join(", ");
}

export function keyText(layout: MapLayout, key: Uint8Array): string {
  const cells = formatCells(layout.key, key);
  if (cells.length === 1) return cells[0] ?? "";
  return layout.key.columns.map(({ path }, index) => `${path} ${cells[index] ?? ""}`).join(", ");
}
