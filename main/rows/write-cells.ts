/**
 * Cells' texts written as bytes, in lower case, for searching a million rows: the same texts that the table shows
 * (`format-entry.ts`), without a string a cell.
 */
import type { MapLayout } from "../tables/describe-map.ts";
import { formatEntryCells, isSummed } from "../tables/format-entry.ts";
import { formatColumn } from "../tables/format-value.ts";
import type { FieldNode, LayoutColumn } from "../tables/layout.ts";
import { writeByte, writeHexByte, writeUint32, writeUint64 } from "../tables/printing/digits.ts";
import { type CanHold, numbersHold, prefixesHold, texts } from "./cell-alphabets.ts";
import { keyOf, placeOfColumn, type RowViews, valueOf } from "./row-bytes.ts";
import { writeIpv6 } from "./write-ipv6.ts";

export interface CellWriter {
  /** bytes of the longest text */
  readonly most: number;
  /** false where no text of it can have this one, in lower case, in it: then nothing needs to be written */
  readonly holds: CanHold;
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
  if (fast !== null) {
    const { most, holds, write } = fast;
    return { most, holds, write: (row, out, at) => write(bytes, row * stride, out, at) };
  }
  const of = fromKey ? keyOf : valueOf;
  return textWriter(longestText(found), (row) => formatColumn(found, of(rows, row), layout.littleEndian));
}

function textWriter(most: number, textOf: (row: number) => string): CellWriter {
  return {
    most,
    holds: texts.any,
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
  const [lowOf, highOf] = [numberOf(Math.min(size, 4), true), size > 4 ? numberOf(size - 4, true) : null];
  return {
    most: 24,
    holds: numbersHold(24, false),
    write(row, out, at) {
      let [low, high] = [0, 0];
      for (let cpu = 0; cpu < map.copies; cpu++) {
        const from = row * rows.stride + cpu * map.stride + offset;
        low += lowOf(rows.values, from);
        if (highOf !== null) high += highOf(rows.values, from + 4);
      }
      return writeSum(out, at, low, high);
    },
  };
}

interface Fast {
  readonly most: number;
  readonly holds: CanHold;
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
    holds: prefixesHold(left.holds, right.holds),
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
        holds: texts.ipv4,
        write(bytes, base, out, at) {
          const from = base + offset;
          let to = writeByte(out, at, bytes[from] as number);
          for (let index = 1; index < 4; index++) {
            out[to] = dot;
            to = writeByte(out, to + 1, bytes[from + index] as number);
          }
          return to;
        },
      };
    case "ipv6":
      return { most: 45, holds: texts.ipv6, write: (bytes, base, out, at) => writeIpv6(bytes, base + offset, out, at) };
    case "mac":
      return {
        most: 17,
        holds: texts.mac,
        write(bytes, base, out, at) {
          let to = at;
          for (let index = 0; index < 6; index++) {
            if (index > 0) out[to++] = colon;
            to = writeHexByte(out, to, bytes[base + offset + index] as number);
          }
          return to;
        },
      };
    case "bytes":
      return {
        most: size * 2 + 2,
        holds: texts.bytes,
        write(bytes, base, out, at) {
          out[at] = zero;
          out[at + 1] = 0x78;
          let to = at + 2;
          for (let index = 0; index < size; index++) to = writeHexByte(out, to, bytes[base + offset + index] as number);
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
  const range = 2 ** (size * 8);
  const holds = numbersHold(String(range - 1).length, form.signed);
  if (size <= 4) {
    const read = numberOf(size, little);
    const half = form.signed ? range / 2 : range;
    return {
      ...{ most: 24, holds },
      write(bytes, base, out, at) {
        const value = read(bytes, base + offset);
        if (value < half) return writeUint32(out, at, value);
        out[at] = minus;
        return writeUint32(out, at + 1, range - value);
      },
    };
  }
  const [lowOf, highOf] = [numberOf(4, little), numberOf(size - 4, little)];
  const [lowAt, highAt] = little ? [offset, offset + 4] : [offset + size - 4, offset];
  return {
    ...{ most: 24, holds: numbersHold(20, false) },
    write: (bytes, base, out, at) => writeUint64(out, at, highOf(bytes, base + highAt), lowOf(bytes, base + lowAt)),
  };
}

function fastEnum(node: FieldNode, offset: number, littleEndian: boolean): Fast | null {
  const { form, size } = node;
  if (form.as !== "enum" || form.signed || size > 4 || node.bitOffset !== 0 || node.bitSize !== size * 8) return null;
  const read = numberOf(size, littleEndian && form.network !== true);
  const names = new Map(
    form.values.toReversed().map(({ name, value }) => [Number(value), Buffer.from(name.toLowerCase())]),
  );
  const most = Math.max(24, ...[...names.values()].map(({ length }) => length));
  const numbers = numbersHold(10, false);
  return {
    most,
    holds: (needle) => numbers(needle) || form.values.some(({ name }) => name.toLowerCase().includes(needle)),
    write(bytes, base, out, at) {
      const value = read(bytes, base + offset);
      const name = names.get(value);
      if (name === undefined) return writeUint32(out, at, value);
      out.set(name, at);
      return at + name.length;
    },
  };
}

type ReadNumber = (bytes: Uint8Array, at: number) => number;

/** Whole numbers of up to four bytes. */
function numberOf(size: number, little: boolean): ReadNumber {
  if (size === 1) return (bytes, at) => bytes[at] as number;
  if (size === 2) {
    return little
      ? (bytes, at) => (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
      : (bytes, at) => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  }
  if (size === 3) {
    const [first, step] = little ? [0, 1] : [2, -1];
    return (bytes, at) =>
      (bytes[at + first] as number) |
      ((bytes[at + first + step] as number) << 8) |
      ((bytes[at + first + 2 * step] as number) << 16);
  }
  return little
    ? (bytes, at) =>
        ((bytes[at] as number) |
          ((bytes[at + 1] as number) << 8) |
          ((bytes[at + 2] as number) << 16) |
          ((bytes[at + 3] as number) << 24)) >>>
        0
    : (bytes, at) =>
        (((bytes[at] as number) << 24) |
          ((bytes[at + 1] as number) << 16) |
          ((bytes[at + 2] as number) << 8) |
          (bytes[at + 3] as number)) >>>
        0;
}

/** high * 2^32 + low, of any size: both are sums. */
function writeSum(out: Uint8Array, at: number, low: number, high: number): number {
  const whole = high * 0x1_0000_0000 + low;
  if (whole < Number.MAX_SAFE_INTEGER) {
    return writeUint64(out, at, Math.floor(whole / 0x1_0000_0000), whole % 0x1_0000_0000);
  }
  const text = (BigInt(high) * 0x1_0000_0000n + BigInt(low)).toString();
  for (let index = 0; index < text.length; index++) out[at + index] = text.charCodeAt(index);
  return at + text.length;
}
