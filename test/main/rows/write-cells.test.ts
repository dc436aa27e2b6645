/** What is searched is what is shown. */
import { describe, expect, it } from "vitest";
import { keyOf, valueOf, viewsOf } from "../../../main/rows/row-bytes.ts";
import { cellWriters } from "../../../main/rows/write-cells.ts";
import { formatEntryCells } from "../../../main/tables/format-entry.ts";
import { field, integer, layoutOf, mapOf, randomBytes, rowsOf } from "./rows-of.ts";

const prefix = {
  kind: "struct" as const,
  type: "struct p",
  size: 8,
  prefix: true,
  members: [
    { name: "length", offset: 0, node: integer(4) },
    { name: "address", offset: 4, node: field(4, { as: "ipv4" }) },
  ],
};
const fields = layoutOf([
  ["u8", integer(1)],
  ["s8", integer(1, true)],
  ["u16", integer(2)],
  ["be16", integer(2, false, true)],
  ["s16", integer(2, true)],
  ["u32", integer(4)],
  ["s32", integer(4, true)],
  ["be32", integer(4, false, true)],
  ["u64", integer(8)],
  ["s64", integer(8, true)],
  ["be64", integer(8, false, true)],
  ["u128", integer(16)],
  ["hex", integer(8, false, false, true)],
  ["bits", field(2, { as: "integer", signed: false, network: false, hex: false }, { bitOffset: 3, bitSize: 9 })],
  ["flag", field(1, { as: "boolean" })],
  ["double", field(8, { as: "float" })],
  [
    "action",
    field(1, {
      as: "enum",
      signed: false,
      values: [
        { name: "XDP_DROP", value: 1n },
        { name: "none", value: 0n },
      ],
    }),
  ],
  ["type", field(2, { as: "enum", signed: false, network: true, values: [{ name: "none", value: 0n }] })],
  ["mac", field(6, { as: "mac" })],
  ["v4", field(4, { as: "ipv4" })],
  ["v6", field(16, { as: "ipv6" })],
  ["raw", field(5, { as: "bytes" })],
  ["text", field(8, { as: "text" })],
  ["many", { kind: "array", type: "t[3]", size: 6, length: 3, element: integer(2) }],
]);

describe("cells as bytes", () => {
  it.each([0, 3])("are the texts of the table in lower case, with %i CPUs", (cpus) => {
    const map = mapOf(layoutOf([["prefix", prefix]]), fields, cpus);
    const random = randomBytes(7 + cpus);
    const entries = Array.from({ length: 400 }, () => ({ key: random(8), value: random(map.stride * map.copies) }));
    const rows = viewsOf(rowsOf(map, entries));
    const writers = cellWriters(map, rows, null, null);
    const out = Buffer.alloc(1 << 16);
    for (let row = 0; row < rows.count; row++) {
      const shown = formatEntryCells(map, keyOf(rows, row), valueOf(rows, row)).cells;
      const written = writers.map(({ write, most }) => {
        const end = write(row, out, 0);
        expect(end).toBeLessThanOrEqual(most);
        return out.toString("utf8", 0, end);
      });
      expect(written).toEqual(shown.map((cell) => cell.toLowerCase()));
    }
  });
});
