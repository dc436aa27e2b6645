import { parseHex, parseIpv4, parseIpv6, parseMac } from "./addresses.ts";
import { type BadValue, badValue } from "./bad-value.ts";
import { describeField, rangeOf } from "./describe-field.ts";
import { writeBits } from "./field-bits.ts";
import type { FieldNode } from "./layout.ts";

/** No number of 128 bits is longer in any of the forms taken. */
const numberLength = 64;

/** Writes what `text` says into the field's place in `target`; the failure names field, what was given and what fits. */
export function parseField(
  field: FieldNode,
  text: string,
  path: string,
  target: Uint8Array,
  offset: number,
  littleEndian: boolean,
): BadValue | null {
  const bad = () => badValue(path, text, describeField(field));
  const given = text.trim();
  const { form, size } = field;
  switch (form.as) {
    case "integer":
    case "enum":
    case "boolean": {
      const value = parseNumber(field, given);
      if (value === null) return bad();
      const [least, greatest] = rangeOf(field);
      if (value < least || value > greatest) return bad();
      writeBits(field, target, offset, littleEndian, value);
      return null;
    }
    case "boot-time": {
      const value = parseInteger(given) ?? parseBootTime(given, form.bootedAt);
      if (value === null || value < 0n || value >= 1n << BigInt(field.bitSize)) return bad();
      writeBits(field, target, offset, littleEndian, value);
      return null;
    }
    case "float":
      return writeFloat(given, size, target, offset, littleEndian) ? null : bad();
    case "text": {
      const bytes = parseRaw(text, size) ?? new TextEncoder().encode(text);
      if (bytes.length > size || text.includes("\0")) return bad();
      target.fill(0, offset, offset + size);
      target.set(bytes, offset);
      return null;
    }
    case "mac":
      return put(parseMac(given) ?? parseRaw(given, size));
    case "ipv4":
      return put(parseIpv4(given) ?? parseRaw(given, size));
    case "ipv6":
      return put(parseIpv6(given) ?? parseRaw(given, size));
    case "bytes":
      return put(parseHex(given, size));
  }

  function put(bytes: Uint8Array | null): BadValue | null {
    if (!bytes) return bad();
    target.set(bytes, offset);
    return null;
  }
}

/** "0x" and all the field's bytes, which any byte field takes. */
function parseRaw(text: string, size: number): Uint8Array | null {
  return /^0x/i.test(text) ? parseHex(text, size) : null;
}

function parseNumber({ form }: FieldNode, text: string): bigint | null {
  if (form.as === "enum") {
    const named = form.values.find((entry) => entry.name === text);
    if (named) return named.value;
    // "tcp", "arp", "eth_p_ip"
    const lower = text.toLowerCase();
    const [like, ...others] = new Set(
      form.values.filter(({ name }) => name.toLowerCase() === lower).map(({ value }) => value),
    );
    if (like !== undefined && others.length === 0) return like;
  }
  if (form.as === "integer" && form.words !== undefined) {
    const named = form.words.find(({ name }) => name === text);
    if (named !== undefined) return named.value;
  }
  if (form.as === "boolean" && (text === "true" || text === "false")) return text === "true" ? 1n : 0n;
  return parseInteger(text);
}

/** Decimal or 0x hex with an optional sign; null for anything else. */
export function parseInteger(text: string): bigint | null {
  const parts = text.length > numberLength ? null : /^([+-]?)(\d+|0x[0-9a-f]+)$/i.exec(text);
  if (!parts) return null;
  const magnitude = BigInt(parts[2] ?? "0");
  return parts[1] === "-" ? -magnitude : magnitude;
}

/** "2026-01-31 12:00:00.123456" of the local wall clock. */
function parseBootTime(text: string, bootedAt: bigint): bigint | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?$/.exec(text);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const date = new Date(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
  if (Number.isNaN(date.getTime())) return null;
  return BigInt(date.getTime()) * 1_000_000n + BigInt((parts[7] ?? "").padEnd(9, "0")) - bootedAt;
}

function writeFloat(text: string, size: number, target: Uint8Array, offset: number, littleEndian: boolean): boolean {
  const view = new DataView(target.buffer, target.byteOffset + offset, size);
  if (/^0x/i.test(text)) {
    const bits = text.length === 2 + size * 2 ? parseInteger(text) : null;
    if (bits === null) return false;
    if (size === 4) view.setUint32(0, Number(bits), littleEndian);
    else view.setBigUint64(0, bits, littleEndian);
    return true;
  }
  const word = /^(NaN|-?Infinity)$/.test(text);
  if (!word && (text.length > 400 || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))) return false;
  const value = Number(text);
  // Too large for the type is not infinity: say so.
  if (!word && !Number.isFinite(size === 4 ? Math.fround(value) : value)) return false;
  if (size === 4) view.setFloat32(0, value, littleEndian);
  else view.setFloat64(0, value, littleEndian);
  return true;
}
