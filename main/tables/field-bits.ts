import type { FieldNode } from "./layout.ts";

/** The bits of a field as an unsigned number, in the byte order that it is stored in. */
export function readBits(field: FieldNode, bytes: Uint8Array, offset: number, littleEndian: boolean): bigint {
  const order = isLittle(field, littleEndian);
  let whole = 0n;
  for (let index = 0; index < field.size; index++) {
    whole = (whole << 8n) | BigInt(bytes[offset + (order ? field.size - 1 - index : index)] ?? 0);
  }
  return BigInt.asUintN(field.bitSize, whole >> shiftOf(field, order));
}

/** Writes the bits of a field and leaves its neighbours in the same bytes as they are. */
export function writeBits(
  field: FieldNode,
  bytes: Uint8Array,
  offset: number,
  littleEndian: boolean,
  value: bigint,
): void {
  const order = isLittle(field, littleEndian);
  const shift = shiftOf(field, order);
  const mask = ((1n << BigInt(field.bitSize)) - 1n) << shift;
  const bits = BigInt.asUintN(field.bitSize, value) << shift;
  for (let index = 0; index < field.size; index++) {
    const at = offset + (order ? index : field.size - 1 - index);
    const place = BigInt(index * 8);
    const keep = ~Number((mask >> place) & 0xffn) & 0xff;
    bytes[at] = ((bytes[at] ?? 0) & keep) | Number((bits >> place) & 0xffn);
  }
}

function isLittle(field: FieldNode, littleEndian: boolean): boolean {
  const { form } = field;
  return (form.as === "integer" || form.as === "enum") && form.network === true ? false : littleEndian;
}

function shiftOf(field: FieldNode, littleEndian: boolean): bigint {
  return BigInt(littleEndian ? field.bitOffset : field.size * 8 - field.bitOffset - field.bitSize);
}
