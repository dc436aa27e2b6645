/**
 * Cells of a text file straight into the bytes of an entry. Only the usual spellings are read here: whatever else stands
 * in a cell is left to parse-node.ts, which knows all of them and says what is wrong.
 */
import { readUnsigned } from "./read-number.ts";
import type { LayoutColumn, LayoutNode } from "../layout.ts";

const kind = { other: 0, unsigned: 1, signed: 2, network: 3, boolean: 4, ipv4: 5, prefix4: 6, mac: 7, hex: 8 } as const;

export interface CellReader {
  readonly kind: number;
  /** bytes from the start of the key or value */
  readonly offset: number;
  readonly size: number;
  /** of a prefix: where its length is */
  readonly lengthOffset: number;
  readonly littleEndian: boolean;
}

export function createCellReader(column: LayoutColumn, base: number, littleEndian: boolean): CellReader {
  const { node } = column;
  const reader = { offset: base + column.offset, size: node.size, lengthOffset: 0, littleEndian };
  if (node.kind === "struct" && node.prefix) {
    const [length, address] = node.members;
    if (length !== undefined && address?.node.kind === "field" && address.node.form.as === "ipv4") {
      const { offset } = reader;
      return {
        ...{ ...reader, kind: kind.prefix4, size: 4 },
        ...{ offset: offset + address.offset, lengthOffset: offset + length.offset },
      };
    }
  }
  return { ...reader, kind: kindOf(node) };
}

function kindOf(node: LayoutNode): number {
  if (node.kind !== "field" || node.bitOffset !== 0 || node.bitSize !== node.size * 8) return kind.other;
  const { form, size } = node;
  switch (form.as) {
    case "integer":
      if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return kind.other;
      if (form.network && size > 1) return form.signed ? kind.other : kind.network;
      return form.signed ? kind.signed : kind.unsigned;
    case "boolean":
      return size === 1 ? kind.boolean : kind.other;
    case "ipv4":
      return kind.ipv4;
    case "mac":
      return kind.mac;
    case "bytes":
      return kind.hex;
    default:
      return kind.other;
  }
}

const dot = 46;
const colon = 58;
const slash = 47;
const minus = 45;

/** 16 for what is no digit of hex */
const hexValues = new Uint8Array(256).fill(16);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  hexValues[digit.charCodeAt(0)] = value;
  hexValues[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Reads the text from `at` on into `target`, whose key or value begins at `base`. Answers where the text ends, which the
 * caller holds against the end of the cell; -1 where it is nothing usual, and then `target` may hold anything there.
 */
export function readCell(reader: CellReader, text: Uint8Array, at: number, target: Uint8Array, base: number): number {
  const to = base + reader.offset;
  switch (reader.kind) {
    case kind.unsigned:
      return readUnsigned(text, at, target, to, reader.size, reader.littleEndian, false);
    case kind.network:
      return readUnsigned(text, at, target, to, reader.size, false, false);
    case kind.signed:
      return text[at] === minus
        ? readUnsigned(text, at + 1, target, to, reader.size, reader.littleEndian, true)
        : readSigned(text, at, target, to, reader);
    case kind.boolean:
      return readBoolean(text, at, target, to);
    case kind.ipv4:
      return readIpv4(text, at, target, to);
    case kind.prefix4: {
      const end = readIpv4(text, at, target, to);
      if (end < 0 || text[end] !== slash) return -1;
      const lengthAt = base + reader.lengthOffset;
      const after = readUnsigned(text, end + 1, target, lengthAt, 4, reader.littleEndian, false);
      const length = target[reader.littleEndian ? lengthAt : lengthAt + 3] as number;
      // of a length over 32 it is said elsewhere what is wrong with it
      return after < 0 || after > end + 3 || length > 32 ? -1 : after;
    }
    case kind.mac:
      return readMac(text, at, target, to);
    case kind.hex:
      return readHex(text, at, target, to, reader.size);
    default:
      return -1;
  }
}

function readSigned(text: Uint8Array, at: number, target: Uint8Array, to: number, reader: CellReader): number {
  const { size, littleEndian } = reader;
  const end = readUnsigned(text, at, target, to, size, littleEndian, false);
  const top = target[littleEndian ? to + size - 1 : to] as number;
  return top >= 0x80 ? -1 : end;
}

function readBoolean(text: Uint8Array, at: number, target: Uint8Array, to: number): number {
  const isTrue = text[at] === 116 && text[at + 1] === 114 && text[at + 2] === 117 && text[at + 3] === 101;
  if (isTrue) {
    target[to] = 1;
    return at + 4;
  }
  const isFalse = text[at] === 102 && text[at + 1] === 97 && text[at + 2] === 108 && text[at + 3] === 115;
  if (!isFalse || text[at + 4] !== 101) return -1;
  target[to] = 0;
  return at + 5;
}

function readIpv4(text: Uint8Array, start: number, target: Uint8Array, to: number): number {
  let at = start;
  for (let part = 0; part < 4; part++) {
    if (part > 0) {
      if (text[at] !== dot) return -1;
      at += 1;
    }
    const from = at;
    let value = 0;
    for (let digit = (text[at] as number) ^ 48; digit <= 9 && at < from + 4; digit = (text[at] as number) ^ 48) {
      value = (value * 10 + digit) | 0;
      at += 1;
    }
    const length = at - from;
    if (length === 0 || length > 3 || value > 255 || (length > 1 && text[from] === 48)) return -1;
    target[to + part] = value;
  }
  return at;
}

function readMac(text: Uint8Array, at: number, target: Uint8Array, to: number): number {
  for (let part = 0; part < 6; part++) {
    const from = at + part * 3;
    const high = hexValues[text[from] as number] as number;
    const low = hexValues[text[from + 1] as number] as number;
    if (!(high < 16 && low < 16) || (part > 0 && text[from - 1] !== colon)) return -1;
    target[to + part] = high * 16 + low;
  }
  return at + 17;
}

function readHex(text: Uint8Array, at: number, target: Uint8Array, to: number, size: number): number {
  if (text[at] !== 48 || text[at + 1] !== 120) return -1;
  for (let each = 0; each < size; each++) {
    const high = hexValues[text[at + 2 + each * 2] as number] as number;
    const low = hexValues[text[at + 3 + each * 2] as number] as number;
    if (!(high < 16 && low < 16)) return -1;
    target[to + each] = high * 16 + low;
  }
  return at + 2 + size * 2;
}
