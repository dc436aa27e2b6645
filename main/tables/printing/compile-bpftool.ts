/**
 * How `bpftool -j map dump` writes a type: names of BTF, numbers as numbers whatever their size, bit fields as "0x…", texts
 * of printable char arrays, an anonymous member under the name "". Where bpftool's own output is no JSON (floating point),
 * a number stands.
 */
import type { BtfEnum, BtfInt, BtfMember } from "../../object/btf-types.ts";
import { type Btf, btfType } from "../../object/read-btf.ts";
import { btfSize, resolveBtfType } from "../../object/resolve-btf.ts";
import { collectOperations, op, type Operation, type Operations } from "./operations.ts";

const depthLimit = 32;
/** A damaged BTF may name more than any map has. */
const operationLimit = 65_536;

interface Walk {
  readonly btf: Btf;
  /** bytes of the whole: nothing is read beyond them */
  readonly size: number;
  readonly budget: { operations: number };
}

/** Null where the type does not describe so many bytes. */
export function compileBpftool(btf: Btf, typeId: number, size: number): readonly Operation[] | null {
  if (typeId === 0 || btfSize(btf, typeId) !== size) return null;
  const into = collectOperations();
  return compileType({ btf, size, budget: { operations: operationLimit } }, typeId, 0, 0, 0, into) ? into.done() : null;
}

/** `bit`: of the byte at `offset`, where the type begins. False where the description is damaged. */
function compileType(
  walk: Walk,
  typeId: number,
  offset: number,
  bit: number,
  depth: number,
  into: Operations,
): boolean {
  const type = behindQualifiers(walk.btf, typeId, true);
  const size = btfSize(walk.btf, typeId) ?? 0;
  if (depth > depthLimit || --walk.budget.operations < 0 || offset + size > walk.size) return false;
  switch (type.kind) {
    case "int":
      return compileInteger(type, offset, bit, into);
    case "pointer":
      into.add(op.u64, offset);
      return true;
    case "float":
      if (size !== 4 && size !== 8) return false;
      into.add(op.float, offset, { size });
      return true;
    case "enum":
    case "enum64":
      return compileEnum(type, offset, into);
    case "struct":
    case "union":
      return compileMembers(walk, type.members, offset, depth, into);
    case "array":
      return compileArray(walk, type.type, type.length, offset, depth, into);
    case "variable":
      into.text(`{${JSON.stringify(type.name)}:`);
      if (!compileType(walk, type.type, offset, bit, depth + 1, into)) return false;
      into.text("}");
      return true;
    case "dataSection": {
      into.text(`{${JSON.stringify(type.name)}:[`);
      for (const [index, variable] of type.variables.entries()) {
        if (index > 0) into.text(",");
        if (!compileType(walk, variable.type, offset + variable.offset, 0, depth + 1, into)) return false;
      }
      into.text("]}");
      return true;
    }
    default:
      into.text("null");
      return true;
  }
}

/** A variable is kept as it is: its name shows. */
function behindQualifiers(btf: Btf, typeId: number, typedefs: boolean) {
  let type = btfType(btf, typeId);
  for (let step = 0; step < 64; step++) {
    if (type.kind === "const" || type.kind === "volatile" || type.kind === "restrict" || type.kind === "typeTag") {
      type = btfType(btf, type.type);
    } else if (typedefs && type.kind === "typedef") {
      type = btfType(btf, type.type);
    } else {
      return type;
    }
  }
  return type;
}

function compileMembers(
  walk: Walk,
  members: readonly BtfMember[],
  offset: number,
  depth: number,
  into: Operations,
): boolean {
  into.text("{");
  for (const [index, member] of members.entries()) {
    into.text(`${index > 0 ? "," : ""}${JSON.stringify(member.name)}:`);
    const at = offset + Math.floor(member.bitOffset / 8);
    const bit = member.bitOffset % 8;
    if (member.bitSize > 0) {
      if (at + Math.ceil((bit + member.bitSize) / 8) > walk.size) return false;
      into.add(op.bits, at, { count: bit, size: member.bitSize });
    } else if (!compileType(walk, member.type, at, bit, depth + 1, into)) {
      return false;
    }
  }
  into.text("}");
  return true;
}

const unsigned: Readonly<Record<number, number>> = { 8: op.u8, 16: op.u16, 32: op.u32, 64: op.u64 };
const signed: Readonly<Record<number, number>> = { 8: op.s8, 16: op.s16, 32: op.s32, 64: op.s64 };

function compileInteger(type: BtfInt, offset: number, bit: number, into: Operations): boolean {
  const code = (type.signed ? signed : unsigned)[type.bits];
  const start = bit + type.bitOffset;
  if (type.bits > 128 || type.size > 16) return false;
  if (start !== 0 || code === undefined) {
    into.add(op.bits, offset + Math.floor(start / 8), { count: start % 8, size: type.bits });
  } else if (type.bool) {
    into.add(op.boolean, offset);
  } else if (type.char) {
    into.add(op.other, offset, { size: 8, format: (bytes, base) => charText(bytes[base + offset] ?? 0) });
  } else {
    into.add(code, offset);
  }
  return true;
}

function charText(value: number): Uint8Array {
  return Buffer.from(JSON.stringify(String.fromCharCode(value)));
}

function compileEnum(type: BtfEnum, offset: number, into: Operations): boolean {
  const { size } = type;
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return false;
  if (type.kind === "enum64" && type.values.some(({ value }) => value !== BigInt.asIntN(32, value))) {
    const names = new Map(
      type.values.toReversed().map(({ name, value }) => [BigInt.asUintN(64, value), JSON.stringify(name)]),
    );
    const format = (bytes: Uint8Array, base: number): Uint8Array => {
      const value = new DataView(bytes.buffer, bytes.byteOffset + base + offset, 8).getBigUint64(0, true);
      return Buffer.from(names.get(value) ?? BigInt.asIntN(64, value).toString());
    };
    const longest = Math.max(24, ...[...names.values()].map((name) => name.length * 3));
    into.add(op.other, offset, { size: longest, format });
    return true;
  }
  // By the bits that are there: a packed enum's 200 is a byte that reads as -56. The first name of a value counts.
  const names = new Map(
    type.values
      .toReversed()
      .map(({ name, value }) => [
        Number(BigInt.asIntN(Math.min(32, size * 8), value)),
        new Uint8Array(Buffer.from(JSON.stringify(name))),
      ]),
  );
  into.add(op.enum, offset, { size, names });
  return true;
}

function compileArray(
  walk: Walk,
  elementId: number,
  length: number,
  offset: number,
  depth: number,
  into: Operations,
): boolean {
  const size = btfSize(walk.btf, elementId) ?? 0;
  if (offset + size * length > walk.size) return false;
  if (size === 0 || length === 0) {
    into.text("[]");
    return true;
  }
  const named = behindQualifiers(walk.btf, elementId, false);
  const { type } = resolveBtfType(walk.btf, elementId);
  const text = named.kind === "int" && named.size === 1 && (named.char || named.name === "char");
  const plain = text ? collectOperations() : into;
  plain.text("[");
  if (type.kind === "int" && type.bits === 8 && type.bitOffset === 0 && !type.signed && !type.char && !type.bool) {
    plain.add(op.bytes, offset, { count: length });
  } else {
    const inner = collectOperations();
    if (!compileType({ ...walk, size }, elementId, 0, 0, depth + 1, inner)) return false;
    plain.add(op.repeat, offset, { count: length, size, inner: inner.done() });
  }
  plain.text("]");
  if (text) into.add(op.string, offset, { count: length, inner: plain.done() });
  return true;
}
