/** The columns of a map's table in a CSV file: their names in the header, and where each belongs. */
import type { MapLayout } from "../../tables/describe-map.ts";
import type { LayoutColumn } from "../../tables/layout.ts";
import { paddingOf } from "../../tables/printing/coverage.ts";

export interface CsvColumn {
  /** as the header says it */
  readonly name: string;
  readonly of: "key" | "value";
  /** null: the bits that no column shows (padding) */
  readonly column: LayoutColumn | null;
  /** bytes to the value of its CPU */
  readonly base: number;
  /** the mask of the padding's bits */
  readonly mask: Uint8Array | null;
}

/**
 * Names are the paths of the fields; where key and value have the same, "key.addr" and "value.addr". Each CPU's value has
 * columns of its own: "packets@cpu0". Padding, where there is any, is a column that is empty for zeros.
 */
export function csvColumns(layout: MapLayout): readonly CsvColumn[] {
  const paths = [...layout.key.columns, ...layout.value.columns].map(({ path }) => path);
  const name = (of: "key" | "value", path: string): string =>
    paths.indexOf(path) === paths.lastIndexOf(path) ? path : `${of}.${path}`;
  const keyMask = paddingOf(layout.key);
  const valueMask = paddingOf(layout.value);
  const columns: CsvColumn[] = layout.key.columns.map((column) => ({
    ...{ name: name("key", column.path), of: "key" as const, column, base: 0, mask: null },
  }));
  if (keyMask !== null) columns.push({ name: "key:padding", of: "key", column: null, base: 0, mask: keyMask });
  for (let cpu = 0; cpu < layout.copies; cpu++) {
    const base = cpu * layout.stride;
    const suffix = layout.perCpu ? `@cpu${cpu}` : "";
    for (const column of layout.value.columns) {
      columns.push({ name: `${name("value", column.path)}${suffix}`, of: "value", column, base, mask: null });
    }
    if (valueMask !== null) {
      columns.push({ name: `value:padding${suffix}`, of: "value", column: null, base, mask: valueMask });
    }
  }
  return columns;
}
