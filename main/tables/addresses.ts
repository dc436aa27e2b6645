import { IPv6 } from "ipaddr.js";

/** Dotted decimal, four numbers, no leading zeros (which some readers take as octal); null for anything else. */
export function parseIpv4(text: string): Uint8Array | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (!parts || parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) return null;
  return Uint8Array.from(parts, Number);
}

export function formatIpv4(bytes: Uint8Array): string {
  return bytes.join(".");
}

/** RFC 4291 text without a zone; null for anything else. */
export function parseIpv6(text: string): Uint8Array | null {
  if (text.length > 45 || !text.includes(":") || text.includes("%") || !IPv6.isValid(text)) return null;
  return Uint8Array.from(IPv6.parse(text).toByteArray());
}

/** RFC 5952 text. */
export function formatIpv6(bytes: Uint8Array): string {
  return new IPv6([...bytes]).toRFC5952String();
}

/** "aa:bb:cc:dd:ee:ff", "aa-bb-…", "aabb.ccdd.eeff" as routers print it, "aabbccddeeff"; null for anything else. */
export function parseMac(text: string): Uint8Array | null {
  if (/^[0-9a-f]{12}$/i.test(text) || /^[0-9a-f]{4}(\.[0-9a-f]{4}){2}$/i.test(text)) {
    return parseHex(text.replaceAll(".", ""), 6);
  }
  if (!/^[0-9a-f]{1,2}([:-])[0-9a-f]{1,2}(\1[0-9a-f]{1,2}){4}$/i.test(text)) return null;
  return Uint8Array.from(text.split(/[:-]/), (pair) => Number.parseInt(pair, 16));
}

export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, hexByte).join(":");
}

/** "0x" and two lower-case digits a byte, in memory order. */
export function formatHex(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, hexByte).join("")}`;
}

/** "0x0a0b", "0a 0b" or "0a:0b", in memory order, of exactly `size` bytes; null for anything else. */
export function parseHex(text: string, size: number): Uint8Array | null {
  const digits = /^0x/i.test(text) ? text.slice(2) : text.replace(/[ :]/g, "");
  if (digits.length !== size * 2 || !/^[0-9a-f]*$/i.test(digits)) return null;
  return Uint8Array.from({ length: size }, (_, index) => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16));
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** 255.255.0.0 is 16; null for anything that is no mask: bits with a gap between. */
export function maskLength(text: string): number | null {
  const bytes = parseIpv4(text);
  if (bytes === null) return null;
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) ? bits.replaceAll("0", "").length : null;
}
