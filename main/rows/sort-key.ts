/**
 * A cell as bytes that compare as its values do: big-endian numbers with their sign turned round, addresses as they are.
 * Sorting and conditions work on these and never make a text.
 */
import type { MapLayout } from "../tables/describe-map.ts";
import { readBits } from "../tables/field-bits.ts";
import { isSummed } from "../tables/format-entry.ts";
import type { FieldNode, LayoutColumn } from "../tables/layout.ts";
import { placeOfColumn, type RowViews } from "./row-bytes.ts";

export interface SortKey {
  /** bytes a row */
  readonly width: number;
  write(row: number, out: Uint8Array, at: number): void;
  /** its first four bytes as one number, and those behind: most comparisons are decided by them. Null where it has fewer */
  readonly head: ((row: number) => number) | null;
  readonly next: ((row: number) => number) | null;
}

/** Longer values are told apart by their first bytes. */
const mostBytes = 64;

export function sortKey(map: MapLayout, column: number, rows: RowViews): SortKey {
  const { fromKey, index } = placeOfColumn(map, column);
  const layout = fromKey ? map.key : map.value;
  const found = layout.columns[index];
  if (found === undefined) return { width: 0, write: () => undefined, head: null, next: null };
  const bytes = fromKey ? rows.keys : rows.values;
  const stride = fromKey ? rows.keySize : rows.stride;
  if (!fromKey && map.perCpu && isSummed(found) && found.node.kind === "field") {
    return summed(found.node, found.offset, map, bytes, stride);
  }
  const { width, write, headAt } = columnKey(found, layout.littleEndian);
  return {
    width,
    write: (row, out, at) => write(bytes, row * stride, out, at),
    head: headAt === null ? null : wordOf(bytes, stride, headAt, 0),
    next: headAt === null || width < 8 ? null : wordOf(bytes, stride, headAt, 4),
  };
}

/** Where a key begins, byte by byte from the most significant one on. */
interface HeadAt {
  readonly first: number;
  readonly step: 1 | -1;
  /** turns the sign of the first byte round */
  readonly flip: 0 | 0x80;
}

function wordOf(bytes: Uint8Array, stride: number, head: HeadAt, from: 0 | 4): (row: number) => number {
  const { step } = head;
  const first = head.first + from * step;
  const flip = from === 0 ? head.flip : 0;
  const [second, third, fourth] = [first + step, first + 2 * step, first + 3 * step];
  return (row) => {
    const base = row * stride;
    const low = ((bytes[base + second] ?? 0) << 16) | ((bytes[base + third] ?? 0) << 8) | (bytes[base + fourth] ?? 0);
    return ((((bytes[base + first] ?? 0) ^ flip) << 24) | low) >>> 0;
  };
}

export interface ColumnKey {
  readonly width: number;
  /** null where it is not four bytes or more side by side */
  readonly headAt: HeadAt | null;
  /** `base` is where the key or value begins in `bytes` */
  write(bytes: Uint8Array, base: number, out: Uint8Array, at: number): void;
}

export function columnKey({ node, offset }: LayoutColumn, littleEndian: boolean): ColumnKey {
  if (node.kind === "field") return fieldKey(node, offset, littleEndian);
  if (node.kind === "struct" && node.prefix) {
    const [length, address] = node.members;
    if (length !== undefined && address !== undefined) {
      const from = offset + address.offset;
      const size = address.node.size;
      const lengthAt = offset + length.offset + (littleEndian ? 0 : 3);
      return {
        width: size + 1,
        headAt: size < 4 ? null : { first: from, step: 1, flip: 0 },
        write(bytes, base, out, at) {
          for (let index = 0; index < size; index++) out[at + index] = bytes[base + from + index] ?? 0;
          out[at + size] = bytes[base + lengthAt] ?? 0;
        },
      };
    }
  }
  return plain(offset, Math.min(node.size, mostBytes));
}

function plain(offset: number, width: number): ColumnKey {
  return {
    width,
    headAt: width < 4 ? null : { first: offset, step: 1, flip: 0 },
    write(bytes, base, out, at) {
      for (let index = 0; index < width; index++) out[at + index] = bytes[base + offset + index] ?? 0;
    },
  };
}

function fieldKey(node: FieldNode, offset: number, littleEndian: boolean): ColumnKey {
  const { form, size } = node;
  switch (form.as) {
    case "integer":
    case "enum":
    case "boolean":
    case "boot-time": {
      const signed = (form.as === "integer" || form.as === "enum") && form.signed;
      if (node.bitOffset !== 0 || node.bitSize !== size * 8) return bitsKey(node, offset, littleEndian, signed);
      const network = (form.as === "integer" || form.as === "enum") && form.network === true;
      const first = littleEndian && !network ? offset + size - 1 : offset;
      const step = littleEndian && !network ? -1 : 1;
      const flip = signed ? 0x80 : 0;
      return {
        width: size,
        headAt: size < 4 ? null : { first, step, flip },
        write(bytes, base, out, at) {
          let from = base + first;
          out[at] = (bytes[from] ?? 0) ^ flip;
          for (let index = 1; index < size; index++) {
            from += step;
            out[at + index] = bytes[from] ?? 0;
          }
        },
      };
    }
    case "float":
      return {
        width: size,
        headAt: null,
        write(bytes, base, out, at) {
          for (let index = 0; index < size; index++) {
            out[at + index] = bytes[base + offset + (littleEndian ? size - 1 - index : index)] ?? 0;
          }
          // negative numbers the other way round, before the positive ones
          const mask = ((out[at] ?? 0) & 0x80) !== 0 ? 0xff : 0;
          if (mask === 0) out[at] = (out[at] ?? 0) ^ 0x80;
          else for (let index = 0; index < size; index++) out[at + index] = (out[at + index] ?? 0) ^ mask;
        },
      };
    default:
      return plain(offset, Math.min(size, mostBytes));
  }
}

function bitsKey(node: FieldNode, offset: number, littleEndian: boolean, signed: boolean): ColumnKey {
  const turn = signed ? 1n << BigInt(node.bitSize - 1) : 0n;
  return {
    width: 8,
    headAt: null,
    write(bytes, base, out, at) {
      let bits = readBits(node, bytes, base + offset, littleEndian) ^ turn;
      for (let index = 7; index >= 0; index--) {
        out[at + index] = Number(bits & 0xffn);
        bits >>= 8n;
      }
    },
  };
}

/** Of an integer of a per-CPU map: the sum over the CPUs, in 80 bits, which no sum of 64-bit numbers leaves. */
function summed(node: FieldNode, offset: number, map: MapLayout, bytes: Uint8Array, stride: number): SortKey {
  const little = map.value.littleEndian;
  const half = new Uint8Array(16);
  const key = fieldKey(node, offset, little);
  // Signed ones with their sign turned: that adds 2^(bits-1) a CPU to the sum, which is the same for every row.
  return {
    width: 10,
    ...{ head: null, next: null },
    write(row, out, at) {
      out.fill(0, at, at + 10);
      for (let cpu = 0; cpu < map.copies; cpu++) {
        key.write(bytes, row * stride + cpu * map.stride, half, 0);
        let carry = 0;
        for (let index = 0; index < 10; index++) {
          const from = key.width - 1 - index;
          const sum = (out[at + 9 - index] ?? 0) + (from >= 0 ? (half[from] ?? 0) : 0) + carry;
          out[at + 9 - index] = sum & 0xff;
          carry = sum >> 8;
        }
      }
    },
  };
}

/** The key that {@link sortKey} gives for a sum of `value`. */
export function sumKey(node: FieldNode, map: MapLayout, value: bigint): Uint8Array {
  const signed = node.form.as === "integer" && node.form.signed;
  let sum = value + (signed ? BigInt(map.copies) << BigInt(node.bitSize - 1) : 0n);
  const out = new Uint8Array(10);
  for (let index = 9; index >= 0; index--) {
    out[index] = Number(BigInt.asUintN(8, sum));
    sum >>= 8n;
  }
  return out;
}
