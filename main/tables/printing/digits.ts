/**
 * Numbers as ASCII digits, straight into bytes: no strings are made. Each function writes at `at` and answers where the
 * text ends; the caller has made room.
 */

/** "00" to "99" */
const pairs = new Uint8Array(200);
/** the first and the second digit of each byte in hex */
const hexHigh = new Uint8Array(256);
const hexLow = new Uint8Array(256);
for (let value = 0; value < 100; value++) {
  pairs[value * 2] = 48 + Math.floor(value / 10);
  pairs[value * 2 + 1] = 48 + (value % 10);
}
for (let value = 0; value < 256; value++) {
  hexHigh[value] = "0123456789abcdef".charCodeAt(value >> 4);
  hexLow[value] = "0123456789abcdef".charCodeAt(value & 15);
}

/** Each byte as decimal digits and a comma, at most four characters in one word, the first in its lowest byte. */
export const decimalWords = new Int32Array(256);
/** of them, the comma among them */
export const decimalLengths = new Uint8Array(256);
/** Each byte as `"0x0a","`: its first four characters, and the next four. */
export const hexStringStarts = new Int32Array(256);
export const hexStringEnds = new Int32Array(256);
for (let value = 0; value < 256; value++) {
  const decimal = `${value},`;
  decimalWords[value] = wordOf(decimal.padEnd(4, "\0"), 0);
  decimalLengths[value] = decimal.length;
  const hex = `"0x${value.toString(16).padStart(2, "0")}","`;
  hexStringStarts[value] = wordOf(hex, 0);
  hexStringEnds[value] = wordOf(hex, 4);
}

/** Four characters, the first in the lowest byte. */
function wordOf(text: string, at: number): number {
  const code = (index: number): number => text.charCodeAt(at + index);
  return code(0) | (code(1) << 8) | (code(2) << 16) | (code(3) << 24);
}

const billion = 1_000_000_000;
const word = 4_294_967_296;

/** 0 … 255 */
export function writeByte(bytes: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    bytes[at] = 48 + value;
    return at + 1;
  }
  let place = at;
  let rest = value;
  if (value >= 100) {
    const hundreds = value >= 200 ? 2 : 1;
    bytes[place++] = 48 + hundreds;
    rest -= hundreds * 100;
  }
  bytes[place] = pairs[rest * 2] as number;
  bytes[place + 1] = pairs[rest * 2 + 1] as number;
  return place + 2;
}

/** 0 … 2^32-1 */
export function writeUint32(bytes: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    bytes[at] = 48 + value;
    return at + 1;
  }
  const end = at + lengthOf(value);
  let rest = value;
  let place = end;
  while (rest >= 100) {
    const next = (rest / 100) >>> 0;
    const pair = (rest - next * 100) * 2;
    place -= 2;
    bytes[place] = pairs[pair] as number;
    bytes[place + 1] = pairs[pair + 1] as number;
    rest = next;
  }
  if (rest >= 10) {
    bytes[place - 2] = pairs[rest * 2] as number;
    bytes[place - 1] = pairs[rest * 2 + 1] as number;
  } else {
    bytes[place - 1] = 48 + rest;
  }
  return end;
}

function lengthOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1_000 ? 3 : 4;
  if (value < 100_000_000) return value < 1_000_000 ? (value < 100_000 ? 5 : 6) : value < 10_000_000 ? 7 : 8;
  return value < billion ? 9 : 10;
}

/** -2^31 … 2^31-1 */
export function writeInt32(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0) return writeUint32(bytes, at, value);
  bytes[at] = 45;
  return writeUint32(bytes, at + 1, -value);
}

/** From its two halves, so that no BigInt is made. */
export function writeUint64(bytes: Uint8Array, at: number, high: number, low: number): number {
  if (high === 0) return writeUint32(bytes, at, low);
  // Long division by 10^9 in limbs of 16 bits: every step stays below 2^53.
  const first = Math.floor(high / billion);
  let rest = (high - first * billion) * 65_536 + (low >>> 16);
  const second = Math.floor(rest / billion);
  rest = (rest - second * billion) * 65_536 + (low & 0xffff);
  const third = Math.floor(rest / billion);
  rest -= third * billion;
  // first * 2^32 + second * 2^16 + third < 1.9 * 10^10
  const quotient = first * word + second * 65_536 + third;
  return writeNine(bytes, writeUint(bytes, at, quotient), rest);
}

/** 0 … 2^53-1 */
function writeUint(bytes: Uint8Array, at: number, value: number): number {
  if (value < word) return writeUint32(bytes, at, value);
  const quotient = Math.floor(value / billion);
  return writeNine(bytes, writeUint32(bytes, at, quotient), value - quotient * billion);
}

/** Nine digits, with leading zeros. */
function writeNine(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  for (let place = at + 7; place > at; place -= 2) {
    const next = (rest / 100) >>> 0;
    const pair = (rest - next * 100) * 2;
    bytes[place] = pairs[pair] as number;
    bytes[place + 1] = pairs[pair + 1] as number;
    rest = next;
  }
  bytes[at] = 48 + rest;
  return at + 9;
}

/** Two's complement in two halves. */
export function writeInt64(bytes: Uint8Array, at: number, high: number, low: number): number {
  if (high < 0x8000_0000) return writeUint64(bytes, at, high, low);
  bytes[at] = 45;
  const negated = (~low + 1) >>> 0;
  return writeUint64(bytes, at + 1, (~high + (negated === 0 ? 1 : 0)) >>> 0, negated);
}

/** Two digits of one byte. */
export function writeHexByte(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = hexHigh[value] as number;
  bytes[at + 1] = hexLow[value] as number;
  return at + 2;
}

/** ASCII text. */
export function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
  return at + text.length;
}
