/** Entries for tests of tables, with a layout of every kind of field. */
import type { RowBytes } from "../../../main/rows/row-bytes.ts";
import type { MapLayout } from "../../../main/tables/describe-map.ts";
import type { FieldForm, FieldNode, Layout, LayoutColumn, RecordNode } from "../../../main/tables/layout.ts";

export function field(size: number, form: FieldForm, bits: Partial<FieldNode> = {}): FieldNode {
  return { kind: "field", type: "t", size, bitOffset: 0, bitSize: size * 8, form, ...bits };
}

export const integer = (size: number, signed = false, network = false, hex = false): FieldNode =>
  field(size, { as: "integer", signed, network, hex });

export function layoutOf(nodes: readonly (readonly [string, LayoutColumn["node"]])[]): Layout {
  let offset = 0;
  const columns = nodes.map(([path, node]) => {
    const column = { path, offset, node };
    offset += node.size;
    return column;
  });
  const root: RecordNode = {
    kind: "struct",
    type: "struct t",
    size: offset,
    prefix: false,
    members: columns.map(({ path, offset: at, node }) => ({ name: path, offset: at, node })),
  };
  return { size: offset, littleEndian: true, root, columns };
}

export function mapOf(key: Layout, value: Layout, copies = 0): MapLayout {
  const columns = (layout: Layout, from: "key" | "value") =>
    layout.columns.map(({ path }) => ({ path, from, type: "t", align: "text" as const, hint: "", choices: null }));
  return {
    ...{
      type: "hash",
      maxEntries: 1_000_000,
      key,
      value,
      columns: [...columns(key, "key"), ...columns(value, "value")],
    },
    ...{ perCpu: copies > 0, copies: Math.max(1, copies), readOnly: null, resizable: true, programColumn: null },
    stride: copies > 0 ? Math.ceil(value.size / 8) * 8 : value.size,
  };
}

export function rowsOf(
  map: MapLayout,
  entries: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[],
): RowBytes {
  const stride = map.stride * map.copies;
  const keys = new SharedArrayBuffer(entries.length * map.key.size);
  const values = new SharedArrayBuffer(entries.length * stride);
  for (const [index, { key, value }] of entries.entries()) {
    new Uint8Array(keys).set(key, index * map.key.size);
    new Uint8Array(values).set(value, index * stride);
  }
  return { keys, values, keySize: map.key.size, stride, count: entries.length };
}

/** The same numbers every time. */
export function randomBytes(seed: number): (count: number) => Uint8Array {
  let state = seed;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      // zeros and small numbers are where texts differ most
      return state >>> 28 < 5 ? 0 : (state >>> 16) & 0xff;
    });
}
