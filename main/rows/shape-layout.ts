/** A map's layout as the user wants to see it: columns in the formats that were chosen. */
import type { Column } from "../../protocol/maps.ts";
import type { ColumnFormat, RowsColumn } from "../../protocol/rows.ts";
import { choicesOf, describeField } from "../tables/describe-field.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import type { Layout, LayoutColumn, LayoutNode } from "../tables/layout.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import { formatsOf, shownFormat, type Surroundings, withFormat } from "./column-formats.ts";

/** By "key:PATH" and "value:PATH". */
export type ChosenFormats = Readonly<Record<string, ColumnFormat>>;

export function shapeLayout(map: MapLayout, chosen: ChosenFormats, surroundings: Surroundings): MapLayout {
  // The kernel's own redirect maps have their interface's name beside the number.
  const asTheyAre = /^(devmap|devmap_hash|cpumap)$/.test(map.type);
  const shape = (layout: Layout, from: Column["from"]): Layout => ({
    ...layout,
    columns: layout.columns.map((column) => {
      const format = chosen[`${from}:${column.path}`] ?? "auto";
      return asTheyAre && format === "auto" ? column : withFormat(column, format, surroundings);
    }),
  });
  const [key, value] = [shape(map.key, "key"), shape(map.value, "value")];
  const plain = [...map.key.columns, ...map.value.columns];
  const isAsBefore = (index: number, { node }: LayoutColumn): boolean => plain[index]?.node === node;
  const columns = [...key.columns, ...value.columns].map((column, index): Column => {
    const before = map.columns[index] ?? { path: column.path, from: "value" as const, type: column.node.type };
    return {
      path: before.path,
      from: before.from,
      type: before.type,
      align: isNumber(column.node) ? "number" : "text",
      hint:
        map.perCpu && before.from === "value"
          ? `${describeField(column.node)}; of one CPU: cpu 1: …, of each: all cpus: …`
          : ((isAsBefore(index, column) ? map.columns[index]?.hint : undefined) ?? describeField(column.node)),
      choices: choicesOf(column.node)?.slice() ?? null,
      ...(map.columns[index]?.leftOut === true ? { leftOut: true as const } : {}),
    };
  });
  return { ...map, key, value, columns };
}

function isNumber(node: LayoutNode): boolean {
  return node.kind === "field" && (node.form.as === "float" || (node.form.as === "integer" && !node.form.hex));
}

/** The columns as a window gets them; `plain` is the layout before it was shaped. */
export function rowsColumns(
  plain: MapLayout,
  shaped: MapLayout,
  chosen: ChosenFormats,
  surroundings: Surroundings,
): RowsColumn[] {
  const before: readonly LayoutColumn[] = [...plain.key.columns, ...plain.value.columns];
  const after: readonly LayoutColumn[] = [...shaped.key.columns, ...shaped.value.columns];
  return shaped.columns.map((column, index): RowsColumn => {
    const own = before[index];
    const node = after[index]?.node;
    const format = chosen[`${column.from}:${column.path}`] ?? "auto";
    const shown = own === undefined || own.node === node ? "auto" : shownFormat(own, format, surroundings);
    return {
      ...column,
      ...{ format, shown, where: shown === "ifindex" ? `in ${sayNetns(surroundings.netns)}` : null },
      formats: own === undefined ? [] : [...formatsOf(own)],
      counts:
        column.from === "value" &&
        node?.kind === "field" &&
        shown !== "cpu" &&
        node.form.as === "integer" &&
        !node.form.signed &&
        !node.form.network &&
        !node.form.hex &&
        node.size >= 4,
    };
  });
}
