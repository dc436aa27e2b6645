import { formatHex, formatIpv4, formatIpv6, formatMac } from "./addresses.ts";
import { readBits } from "./field-bits.ts";
import type { FieldNode, Layout, LayoutColumn, LayoutNode } from "./layout.ts";

/** What JSON.parse gives; 64-bit integers are decimal strings. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * A key or value as JSON, with the names of its BTF:
 * - struct and union: an object (a union's members are views of the same bytes); array: an array;
 * - integers and enums of up to 32 bits: numbers, wider ones decimal strings; __be16, __be32 and __be64 in host order;
 * - an enum that has a name for the value: that name; _Bool: true or false; pointers: "0x…";
 * - float: a number, or a string for what JSON lacks ("NaN", "Infinity", "-0", or its bits as "0x…");
 * - six bytes: "02:00:00:00:00:01"; addresses: "192.0.2.1", "2001:db8::1"; char arrays: text;
 *   other byte arrays, text that is none, and what has no BTF: "0x…" in memory order.
 * Bytes of another length than the layout's come back as "0x…".
 */
export function formatJson(layout: Layout, bytes: Uint8Array): Json {
  if (bytes.length !== layout.size) return formatHex(bytes);
  return formatNode(layout.root, bytes, 0, layout.littleEndian);
}

/** One text for each column of the layout. Bytes of another length show as hex in the first. */
export function formatCells(layout: Layout, bytes: Uint8Array): readonly string[] {
  if (bytes.length !== layout.size) return layout.columns.map((_, index) => (index === 0 ? formatHex(bytes) : ""));
  return layout.columns.map((column) => formatColumn(column, bytes, layout.littleEndian));
}

/** The text of one cell: a field's value, a prefix as 192.0.2.0/24, or JSON for an array or record in one column. */
export function formatColumn({ node, offset }: LayoutColumn, bytes: Uint8Array, littleEndian: boolean): string {
  if (node.kind === "field") return String(formatField(node, bytes, offset, littleEndian));
  if (node.kind === "struct" && node.prefix) {
    const [length, address] = node.members;
    if (length && address) {
      const cell = (member: typeof length): string => {
        const json = formatNode(member.node, bytes, offset + member.offset, littleEndian);
        return typeof json === "string" ? json : JSON.stringify(json);
      };
      return `${cell(address)}/${cell(length)}`;
    }
  }
  return JSON.stringify(formatNode(node, bytes, offset, littleEndian));
}

export function formatNode(node: LayoutNode, bytes: Uint8Array, offset: number, littleEndian: boolean): Json {
  switch (node.kind) {
    case "field":
      return formatField(node, bytes, offset, littleEndian);
    case "array":
      return Array.from({ length: node.length }, (_, index) =>
        formatNode(node.element, bytes, offset + index * node.element.size, littleEndian),
      );
    case "struct":
    case "union": {
      const entries: (readonly [string, Json])[] = [];
      for (const member of node.members) {
        const value = formatNode(member.node, bytes, offset + member.offset, littleEndian);
        if (member.name !== "") entries.push([member.name, value]);
        else if (typeof value === "object" && value !== null) entries.push(...Object.entries(value));
      }
      return Object.fromEntries(entries);
    }
  }
}

function formatField(
  field: FieldNode,
  bytes: Uint8Array,
  offset: number,
  littleEndian: boolean,
): string | number | boolean {
  const { form } = field;
  const raw = bytes.subarray(offset, offset + field.size);
  switch (form.as) {
    case "integer": {
      const bits = readBits(field, bytes, offset, littleEndian);
      if (form.hex) return `0x${bits.toString(16)}`;
      const value = form.signed ? BigInt.asIntN(field.bitSize, bits) : bits;
      return field.bitSize <= 32 ? Number(value) : value.toString();
    }
    case "enum": {
      const bits = readBits(field, bytes, offset, littleEndian);
      const value = form.signed ? BigInt.asIntN(field.bitSize, bits) : bits;
      const name = form.values.find((entry) => entry.value === value)?.name;
      return name ?? (field.bitSize <= 32 ? Number(value) : value.toString());
    }
    case "boolean": {
      const value = Number(readBits(field, bytes, offset, littleEndian));
      return value > 1 ? value : value === 1;
    }
    case "boot-time":
      return formatBootTime(readBits(field, bytes, offset, littleEndian), form.bootedAt);
    case "float":
      return formatFloat(raw, littleEndian);
    case "text":
      return formatText(raw);
    case "mac":
      return formatMac(raw);
    case "ipv4":
      return formatIpv4(raw);
    case "ipv6":
      return formatIpv6(raw);
    case "bytes":
      return formatHex(raw);
  }
}

/** Local wall clock to the nanosecond, so that it can be typed back as it was; 0 was never. */
function formatBootTime(nanoseconds: bigint, bootedAt: bigint): string {
  if (nanoseconds === 0n) return "0";
  const at = bootedAt + nanoseconds;
  const date = new Date(Number(at / 1_000_000n));
  if (Number.isNaN(date.getTime())) return nanoseconds.toString();
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const parts = String(at % 1_000_000_000n).padStart(9, "0");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${parts}`;
}

function formatFloat(raw: Uint8Array, littleEndian: boolean): string | number {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const value = raw.length === 4 ? view.getFloat32(0, littleEndian) : view.getFloat64(0, littleEndian);
  if (Number.isNaN(value)) {
    // Bits beside the usual ones would be lost in a "NaN".
    const bits = raw.length === 4 ? BigInt(view.getUint32(0, littleEndian)) : view.getBigUint64(0, littleEndian);
    const usual = raw.length === 4 ? 0x7fc00000n : 0x7ff8000000000000n;
    return bits === usual ? "NaN" : `0x${bits.toString(16).padStart(raw.length * 2, "0")}`;
  }
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? "-0" : String(value);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text up to the first NUL when all after it are NULs and it has no control characters; else the bytes. */
function formatText(raw: Uint8Array): string {
  const end = raw.indexOf(0);
  const text = end < 0 ? raw : raw.subarray(0, end);
  if (end >= 0 && raw.subarray(end).some((byte) => byte !== 0)) return formatHex(raw);
  try {
    const decoded = strict.decode(text);
    return /\p{Cc}/u.test(decoded) ? formatHex(raw) : decoded;
  } catch {
    return formatHex(raw);
  }
}
