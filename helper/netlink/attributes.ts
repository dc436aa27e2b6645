/** Netlink attributes (struct nlattr, include/uapi/linux/netlink.h). Reading is total: what is cut off or too short is left out. */
import { endianness } from "node:os";

const header = 4;
/** without NLA_F_NESTED and NLA_F_NET_BYTEORDER */
const typeMask = 0x3fff;
const nested = 0x8000;
const little = endianness() === "LE";

export interface Attribute {
  readonly type: number;
  readonly data: Buffer;
}

export function readAttributes(bytes: Buffer): Attribute[] {
  const found: Attribute[] = [];
  let at = 0;
  while (at + header <= bytes.length) {
    const length = little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
    const type = little ? bytes.readUInt16LE(at + 2) : bytes.readUInt16BE(at + 2);
    if (length < header || at + length > bytes.length) break;
    found.push({ type: type & typeMask, data: bytes.subarray(at + header, at + length) });
    at += (length + 3) & ~3;
  }
  return found;
}

/** The last of each type. */
export function attributesByType(bytes: Buffer): Map<number, Buffer> {
  return new Map(readAttributes(bytes).map(({ type, data }) => [type, data]));
}

/** null where it is missing or too short */
export function asU8(data: Buffer | undefined): number | null {
  return data === undefined || data.length < 1 ? null : data.readUInt8(0);
}

export function asU32(data: Buffer | undefined): number | null {
  if (data === undefined || data.length < 4) return null;
  return little ? data.readUInt32LE(0) : data.readUInt32BE(0);
}

/** The kernel also sends small ones as 32 bits (NLA_UINT). */
export function asU64(data: Buffer | undefined): bigint | null {
  if (data === undefined || data.length < 8) {
    const small = asU32(data);
    return small === null ? null : BigInt(small);
  }
  return little ? data.readBigUInt64LE(0) : data.readBigUInt64BE(0);
}

/** Up to its NUL. Bytes that are not UTF-8 become U+FFFD: the kernel lets any byte into a name. */
export function asText(data: Buffer | undefined): string | null {
  if (data === undefined) return null;
  const end = data.indexOf(0);
  return data.toString("utf8", 0, end < 0 ? data.length : end);
}

export function putU32(type: number, value: number): Buffer {
  const data = Buffer.alloc(4);
  if (little) data.writeUInt32LE(value);
  else data.writeUInt32BE(value);
  return put(type, data);
}

export function putBytes(type: number, data: Buffer): Buffer {
  return put(type, data);
}

/** with its NUL */
export function putText(type: number, text: string): Buffer {
  return put(type, Buffer.from(`${text}\0`));
}

/** NLA_FLAG: there or not */
export function putFlag(type: number): Buffer {
  return put(type, Buffer.alloc(0));
}

export function putNested(type: number, ...inner: readonly Buffer[]): Buffer {
  return put(type | nested, Buffer.concat(inner));
}

function put(type: number, data: Buffer): Buffer {
  const length = header + data.length;
  const bytes = Buffer.alloc((length + 3) & ~3);
  if (little) {
    bytes.writeUInt16LE(length, 0);
    bytes.writeUInt16LE(type, 2);
  } else {
    bytes.writeUInt16BE(length, 0);
    bytes.writeUInt16BE(type, 2);
  }
  data.copy(bytes, header);
  return bytes;
}
