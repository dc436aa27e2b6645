import {
  decimalLengths,
  decimalWords,
  hexStringEnds,
  hexStringStarts,
  writeAscii,
  writeByte,
  writeHexByte,
  writeInt32,
  writeInt64,
  writeUint32,
  writeUint64,
} from "./digits.ts";
import { op, type Operation } from "./operations.ts";

/** Where the bytes of keys or values are, and which order their numbers have. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
}

export function sourceOf(bytes: Uint8Array, littleEndian: boolean): Source {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), littleEndian };
}

/** Where text goes: four bytes are written at a time, so there is room for `slack` more than the text takes. */
export interface Target {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export function targetOf(bytes: Uint8Array): Target {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** bytes behind a text that writing it may touch */
export const slack = 4;

const comma = 44;
const quote = 34;
const backslash = 92;
const open = 91;
const close = 93;

/**
 * Writes what the operations make of the bytes from `base` on, and answers where the text ends. The caller has made room:
 * longestText() says how much.
 */
export function printOperations(
  operations: readonly Operation[],
  source: Source,
  base: number,
  target: Target,
  start: number,
): number {
  const { bytes, view, littleEndian } = source;
  const { bytes: out, view: words } = target;
  let at = start;
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index] as Operation;
    const from = base + operation.offset;
    switch (operation.code) {
      case op.text: {
        const { fours } = operation;
        for (let each = 0; each < fours.length; each++) words.setInt32(at + each * 4, fours[each] as number, true);
        at += operation.text.length;
        break;
      }
      case op.u8:
        at = writeByte(out, at, bytes[from] as number);
        break;
      case op.u16:
        at = writeUint32(out, at, view.getUint16(from, littleEndian));
        break;
      case op.u32:
        at = writeUint32(out, at, view.getUint32(from, littleEndian));
        break;
      case op.u64:
        at = writeUint64(
          out,
          at,
          view.getUint32(littleEndian ? from + 4 : from, littleEndian),
          view.getUint32(littleEndian ? from : from + 4, littleEndian),
        );
        break;
      case op.s8:
        at = writeInt32(out, at, view.getInt8(from));
        break;
      case op.s16:
        at = writeInt32(out, at, view.getInt16(from, littleEndian));
        break;
      case op.s32:
        at = writeInt32(out, at, view.getInt32(from, littleEndian));
        break;
      case op.s64:
        at = writeInt64(
          out,
          at,
          view.getUint32(littleEndian ? from + 4 : from, littleEndian),
          view.getUint32(littleEndian ? from : from + 4, littleEndian),
        );
        break;
      case op.bytes:
        for (let each = 0; each < operation.count; each++) {
          const value = bytes[from + each] as number;
          words.setInt32(at, decimalWords[value] as number, true);
          at += decimalLengths[value] as number;
        }
        // the comma behind the last
        if (operation.count > 0) at -= 1;
        break;
      case op.hexArray:
        // ["0x00","0x00"]: seven bytes each with the comma behind it, and a bracket in place of the last
        out[at++] = open;
        for (let each = 0; each < operation.count; each++, at += 7) {
          const value = bytes[from + each] as number;
          words.setInt32(at, hexStringStarts[value] as number, true);
          words.setInt32(at + 4, hexStringEnds[value] as number, true);
        }
        if (operation.count > 0) at -= 1;
        out[at++] = close;
        break;
      case op.hex:
        out[at] = 48;
        out[at + 1] = 120;
        at += 2;
        for (let each = 0; each < operation.count; each++) at = writeHexByte(out, at, bytes[from + each] as number);
        break;
      case op.spacedHex:
        for (let each = 0; each < operation.count; each++) {
          out[at] = 32;
          at = writeHexByte(out, at + 1, bytes[from + each] as number);
        }
        break;
      case op.ipv4:
        for (let each = 0; each < 4; each++) {
          if (each > 0) out[at++] = 46;
          at = writeByte(out, at, bytes[from + each] as number);
        }
        break;
      case op.mac:
        for (let each = 0; each < 6; each++) {
          if (each > 0) out[at++] = 58;
          at = writeHexByte(out, at, bytes[from + each] as number);
        }
        break;
      case op.network:
        if (operation.size === 2) at = writeUint32(out, at, view.getUint16(from));
        else if (operation.size === 4) at = writeUint32(out, at, view.getUint32(from));
        else at = writeUint64(out, at, view.getUint32(from), view.getUint32(from + 4));
        break;
      case op.boolean:
        at = writeAscii(out, at, bytes[from] === 0 ? "false" : "true");
        break;
      case op.truth: {
        const value = bytes[from] as number;
        at = value > 1 ? writeUint32(out, at, value) : writeAscii(out, at, value === 0 ? "false" : "true");
        break;
      }
      case op.enum:
        at = printEnum(operation, source, from, out, at);
        break;
      case op.bits:
        at = printBits(operation, source, from, out, at);
        break;
      case op.string:
        at = printString(operation, source, base, target, at);
        break;
      case op.repeat:
        for (let each = 0; each < operation.count; each++) {
          if (each > 0) out[at++] = comma;
          at = printOperations(operation.inner, source, from + each * operation.size, target, at);
        }
        break;
      case op.float: {
        const value = operation.size === 4 ? view.getFloat32(from, littleEndian) : view.getFloat64(from, littleEndian);
        at = writeAscii(out, at, Number.isFinite(value) ? String(value) : `"${value}"`);
        break;
      }
      default: {
        const text = operation.format?.(bytes, base);
        if (text !== undefined) {
          out.set(text, at);
          at += text.length;
        }
      }
    }
  }
  return at;
}

function printEnum({ size, names }: Operation, source: Source, from: number, out: Uint8Array, at: number): number {
  const { view, littleEndian } = source;
  const value =
    size === 4
      ? view.getInt32(from, littleEndian)
      : size === 2
        ? view.getInt16(from, littleEndian)
        : size === 1
          ? view.getInt8(from)
          : null;
  if (value === null) {
    const wide = view.getBigInt64(from, littleEndian);
    const known = wide === BigInt.asIntN(32, wide) ? names?.get(Number(wide)) : undefined;
    return known === undefined ? writeAscii(out, at, wide.toString()) : copy(known, out, at);
  }
  const name = names?.get(value);
  return name === undefined ? writeInt32(out, at, value) : copy(name, out, at);
}

function copy(text: Uint8Array, out: Uint8Array, at: number): number {
  out.set(text, at);
  return at + text.length;
}

/** The bits as libbpf's tools take them out: least significant first, of as many bytes as they touch. */
function printBits({ count, size }: Operation, source: Source, from: number, out: Uint8Array, at: number): number {
  let value = 0n;
  const touched = Math.ceil((count + size) / 8);
  for (let each = touched - 1; each >= 0; each--) value = (value << 8n) | BigInt(source.bytes[from + each] ?? 0);
  const bits = BigInt.asUintN(size, value >> BigInt(count));
  return writeAscii(out, at, `"0x${bits.toString(16)}"`);
}

function printString(operation: Operation, source: Source, base: number, target: Target, start: number): number {
  const { bytes } = source;
  const { bytes: out } = target;
  const from = base + operation.offset;
  let at = start;
  out[at++] = quote;
  for (let each = 0; each < operation.count; each++) {
    const value = bytes[from + each] as number;
    if (value === 0) {
      out[at++] = quote;
      return at;
    }
    if (value < 0x20 || value > 0x7e) break;
    if (value === quote || value === backslash) out[at++] = backslash;
    out[at++] = value;
  }
  // no text, or none that ends
  return printOperations(operation.inner, source, base, target, start);
}
