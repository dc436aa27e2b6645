/**
 * Cells' texts written as bytes, in lower case, for searching a million rows: the same texts that the table shows
 * (`format-entry.ts`), without a string a cell.
 */
import type { MapLayout } from "../tables/describe-map.ts";
import { formatEntryCells, isSummed } from "../tables/format-entry.ts";
import { formatColumn } from "../tables/format-value.ts";
import type { FieldNode, LayoutColumn } from "../tables/layout.ts";
import { keyOf, placeOfColumn, type RowViews, valueOf } from "./row-bytes.ts";
import { writeIpv6 } from "./write-ipv6.ts";

export interface CellWriter {
  /** bytes of the longest text */
  readonly most: number;
  /** gives where the text ends */
  write(row: number, out: Uint8Array, at: number): number;
}

type Write = (bytes: Uint8Array, base: number, out: Uint8Array, at: number) => number;

/** What stands beside the key. */
export type Labels = (row: number) => string | null;

export function cellWriters(
  map: MapLayout,
  rows: RowViews,
  column: number | null,
  labels: Labels | null,
): readonly CellWriter[] {
  if (column !== null) return [cellWriter(map, rows, column)];
  const all = map.columns.map((_, index) => cellWriter(map, rows, index));
  return labels === null ? all : [...all, textWriter(512, (row) => labels(row) ?? "")];
}

function cellWriter(map: MapLayout, rows: RowViews, column: number): CellWriter {
  const { fromKey, index } = placeOfColumn(map, column);
  const layout = fromKey ? map.key : map.value;
  const found = layout.columns[index];
  if (found === undefined) return textWriter(1, () => "");
  if (!fromKey && map.perCpu) return perCpuWriter(map, rows, column, found);
  const bytes = fromKey ? rows.keys : rows.values;
  const stride = fromKey ? rows.keySize : rows.stride;
  const fast = fastWrite(found, layout.littleEndian);
  if (fast !== null) return { most: fast.most, write: (row, out, at) => fast.write(bytes, row * stride, out, at) };
  const of = fromKey ? keyOf : valueOf;
  return textWriter(longestText(found), (row) => formatColumn(found, of(rows, row), layout.littleEndian));
}

function textWriter(most: number, textOf: (row: number) => string): CellWriter {
  return {
    most,
    write(row, out, at) {
      const text = textOf(row).toLowerCase();
      return at + Buffer.from(out.buffer, out.byteOffset, out.byteLength).write(text.slice(0, most / 3), at);
    },
  };
}

/** Generous: JSON names every field of every element. */
function longestText({ node }: LayoutColumn): number {
  return 4096 + node.size * 64;
}

function perCpuWriter(map: MapLayout, rows: RowViews, column: number, found: LayoutColumn): CellWriter {
  const { node, offset } = found;
  const form = node.kind === "field" ? node.form : null;
  const plain =
    node.kind === "field" &&
    form?.as === "integer" &&
    !form.signed &&
    node.bitOffset === 0 &&
    node.size <= 8 &&
    node.bitSize === node.size * 8;
  if (!plain || !isSummed(found) || !map.value.littleEndian) {
    return textWriter(
      longestText(found),
      (row) => formatEntryCells(map, keyOf(rows, row), valueOf(rows, row)).cells[column] ?? "",
    );
  }
  const { size } = node;
  return {
    most: 24,
    write(row, out, at) {
      let [low, high] = [0, 0];
      for (let cpu = 0; cpu < map.copies; cpu++) {
        const from = row * rows.stride + cpu * map.stride + offset;
        low += littleNumber(rows.values, from, Math.min(size, 4));
        if (size > 4) high += littleNumber(rows.values, from + 4, size - 4);
      }
      return writeWide(out, at, low, high);
    },
  };
}

interface Fast {
  readonly most: number;
  readonly write: Write;
}

/** Null where only the slow way knows the text. */
function fastWrite({ node, offset }: LayoutColumn, littleEndian: boolean): Fast | null {
  if (node.kind === "field") return fastField(node, offset, littleEndian);
  if (node.kind !== "struct" || !node.prefix) return null;
  const [length, address] = node.members;
  if (length?.node.kind !== "field" || address?.node.kind !== "field") return null;
  const left = fastField(address.node, offset + address.offset, littleEndian);
  const right = fastField(length.node, offset + length.offset, littleEndian);
  if (left === null || right === null) return null;
  return {
    most: left.most + right.most + 1,
    write(bytes, base, out, at) {
      const end = left.write(bytes, base, out, at);
      out[end] = slash;
      return right.write(bytes, base, out, end + 1);
    },
  };
}

const slash = 0x2f;
const dot = 0x2e;
const colon = 0x3a;
const minus = 0x2d;
const zero = 0x30;
const hexDigits = Buffer.from("0123456789abcdef");

function fastField(node: FieldNode, offset: number, littleEndian: boolean): Fast | null {
  const { form, size } = node;
  switch (form.as) {
    case "integer":
      return fastInteger(node, offset, littleEndian);
    case "enum":
      return fastEnum(node, offset, littleEndian);
    case "ipv4":
      return {
        most: 15,
        write(bytes, base, out, at) {
          let to = at;
          for (let index = 0; index < 4; index++) {
            if (index > 0) out[to++] = dot;
            to = writeNumber(out, to, bytes[base + offset + index] ?? 0);
          }
          return to;
        },
      };
    case "ipv6":
      return { most: 45, write: (bytes, base, out, at) => writeIpv6(bytes, base + offset, out, at) };
    case "mac":
      return {
        most: 17,
        write(bytes, base, out, at) {
          let to = at;
          for (let index = 0; index < 6; index++) {
            if (index > 0) out[to++] = colon;
            to = writeHexByte(out, to, bytes[base + offset + index] ?? 0);
          }
          return to;
        },
      };
    case "bytes":
      return {
        most: size * 2 + 2,
        write(bytes, base, out, at) {
          out[at] = zero;
          out[at + 1] = 0x78;
          let to = at + 2;
          for (let index = 0; index < size; index++) to = writeHexByte(out, to, bytes[base + offset + index] ?? 0);
          return to;
        },
      };
    default:
      return null;
  }
}

function fastInteger(node: FieldNode, offset: number, littleEndian: boolean): Fast | null {
  const { form, size } = node;
  if (form.as !== "integer" || form.hex || size > 8 || node.bitOffset !== 0 || node.bitSize !== size * 8) return null;
  const little = littleEndian && !form.network;
  if (form.signed && size > 4) return null;
  const half = Math.min(size, 4);
  const range = 2 ** (size * 8);
  return {
    most: 24,
    write(bytes, base, out, at) {
      const from = base + offset;
      if (size <= 4) {
        const value = little ? littleNumber(bytes, from, half) : bigNumber(bytes, from, half);
        if (!form.signed || value < range / 2) return writeNumber(out, at, value);
        out[at] = minus;
        return writeNumber(out, at + 1, range - value);
      }
      const low = little ? littleNumber(bytes, from, 4) : bigNumber(bytes, from + size - 4, 4);
      const high = little ? littleNumber(bytes, from + 4, size - 4) : bigNumber(bytes, from, size - 4);
      return writeWide(out, at, low, high);
    },
  };
}

function fastEnum(node: FieldNode, offset: number, littleEndian: boolean): Fast | null {
  const { form, size } = node;
  if (form.as !== "enum" || form.signed || size > 4 || node.bitOffset !== 0 || node.bitSize !== size * 8) return null;
  const little = littleEndian && form.network !== true;
  const names = new Map(
    form.values.toReversed().map(({ name, value }) => [Number(value), Buffer.from(name.toLowerCase())]),
  );
  const most = Math.max(24, ...[...names.values()].map(({ length }) => length));
  return {
    most,
    write(bytes, base, out, at) {
      const value = little ? littleNumber(bytes, base + offset, size) : bigNumber(bytes, base + offset, size);
      const name = names.get(value);
      if (name === undefined) return writeNumber(out, at, value);
      out.set(name, at);
      return at + name.length;
    },
  };
}

function littleNumber(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}

function bigNumber(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let index = 0; index < size; index++) value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}

/** A whole number below 2^53. */
function writeNumber(out: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    out[at] = zero + value;
    return at + 1;
  }
  let length = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) length += 1;
  let rest = value;
  for (let index = at + length - 1; index >= at; index--) {
    const next = Math.floor(rest / 10);
    out[index] = zero + (rest - next * 10);
    rest = next;
  }
  return at + length;
}

/** high * 2^32 + low, of any size; both may be sums. */
function writeWide(out: Uint8Array, at: number, low: number, high: number): number {
  const whole = high * 0x1_0000_0000 + low;
  if (whole < Number.MAX_SAFE_INTEGER) return writeNumber(out, at, whole);
  const text = (BigInt(high) * 0x1_0000_0000n + BigInt(low)).toString();
  for (let index = 0; index < text.length; index++) out[at + index] = text.charCodeAt(index);
  return at + text.length;
}

function writeHexByte(out: Uint8Array, at: number, byte: number): number {
  out[at] = hexDigits[byte >> 4] ?? 0;
  out[at + 1] = hexDigits[byte & 15] ?? 0;
  return at + 2;
}
