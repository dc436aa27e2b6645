/** A key and a value as the command line takes them. */
import type { MapLayout } from "../tables/describe-map.ts";
import { formatEntryJson } from "../tables/format-entry.ts";
import { formatCells, type Json } from "../tables/format-value.ts";

export function typedKey(layout: MapLayout, key: Uint8Array): string {
  const cells = formatCells(layout.key, key);
  const [only] = cells;
  if (cells.length === 1 && only !== undefined) return only;
  return text(formatEntryJson(layout, key, new Uint8Array(layout.copies * layout.stride)).key);
}

export function typedValue(layout: MapLayout, value: Uint8Array): string {
  return text(formatEntryJson(layout, new Uint8Array(layout.key.size), value).value);
}

function text(json: Json): string {
  return typeof json === "string" ? json : JSON.stringify(json);
}
