import type { BtfType } from "./btf-types.ts";
import { type Failed, failed } from "./object-failure.ts";
import { readString } from "./read-string.ts";

/**
 * BTF as bytes with an index: types are decoded one at a time by btfType(), because a kernel's own BTF holds some
 * 150,000 of which a session looks at a handful. Plain data, so it can cross to a worker.
 */
export interface Btf {
  readonly littleEndian: boolean;
  /** Ids run from 0 (void) to typeCount - 1, those of `base` included. */
  readonly typeCount: number;
  readonly firstId: number;
  readonly types: Uint8Array;
  /** Byte offset in `types` of the type firstId + i. */
  readonly offsets: Uint32Array;
  readonly strings: Uint8Array;
  readonly firstString: number;
  readonly base: Btf | null;
}

const kinds = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  prototype: 13,
  variable: 14,
  dataSection: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** Bytes that follow the 12 of struct btf_type: [fixed, per element of vlen]; null for a number that is no kind. */
const tails: readonly (readonly [number, number] | null)[] = [
  null,
  [4, 0],
  [0, 0],
  [12, 0],
  [0, 12],
  [0, 12],
  [0, 8],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 8],
  [4, 0],
  [0, 12],
  [0, 0],
  [4, 0],
  [0, 0],
  [0, 12],
];

const stringLimit = 1 << 16;

/**
 * Reads a .BTF section or /sys/kernel/btf/NAME, of either byte order. A module's BTF is split: it continues the ids and
 * strings of `base` (vmlinux). Total: checks the header, every kind, every length and every name offset.
 */
export function readBtf(bytes: Uint8Array, base: Btf | null = null): { readonly ok: true; readonly btf: Btf } | Failed {
  const bad = (what: string) => failed("bad-btf", `BTF: ${what}: build with clang -g and a BTF version 1 toolchain`);
  const header = readBtfHeader(bytes, 24);
  if (typeof header === "string") return bad(header);
  const { view, littleEndian, length: headerLength } = header;
  const typesStart = headerLength + view.getUint32(8, littleEndian);
  const typesLength = view.getUint32(12, littleEndian);
  const stringsStart = headerLength + view.getUint32(16, littleEndian);
  const stringsLength = view.getUint32(20, littleEndian);
  if (typesStart + typesLength > bytes.length) return bad("truncated inside its types");
  if (stringsStart + stringsLength > bytes.length) return bad("truncated inside its strings");
  if (base && base.littleEndian !== littleEndian) return bad("byte order differs from that of its base");

  const firstId = base ? base.typeCount : 1;
  const firstString = base ? base.firstString + base.strings.length : 0;
  const stringsEnd = firstString + stringsLength;
  const offsets = new Uint32Array(Math.floor(typesLength / 12));
  let count = 0;
  let at = typesStart;
  const end = typesStart + typesLength;
  while (at < end) {
    if (at + 12 > end) return bad(`type ${firstId + count} is cut off`);
    const name = view.getUint32(at, littleEndian);
    const info = view.getUint32(at + 4, littleEndian);
    const tail = tails[(info >>> 24) & 0x1f];
    if (!tail) return bad(`type ${firstId + count} is of the unknown kind ${(info >>> 24) & 0x1f}`);
    if (name >= stringsEnd && name !== 0) {
      const hint = base ? "" : " (a module's BTF needs that of vmlinux as its base)";
      return bad(`type ${firstId + count} has its name outside the strings${hint}`);
    }
    offsets[count++] = at - typesStart;
    at += 12 + tail[0] + tail[1] * (info & 0xffff);
    if (at > end) return bad(`type ${firstId + count - 1} is cut off`);
  }
  return {
    ok: true,
    btf: {
      littleEndian,
      typeCount: firstId + count,
      firstId,
      types: bytes.subarray(typesStart, end),
      offsets: offsets.slice(0, count),
      strings: bytes.subarray(stringsStart, stringsStart + stringsLength),
      firstString,
      base,
    },
  };
}

/** The header that .BTF and .BTF.ext share, or what is wrong with it. */
export function readBtfHeader(
  bytes: Uint8Array,
  least: number,
): { readonly view: DataView; readonly littleEndian: boolean; readonly length: number } | string {
  if (bytes.length < 8) return "truncated inside its header";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint16(0, true);
  if (magic !== 0xeb9f && magic !== 0x9feb) return `magic is 0x${magic.toString(16)}, not 0xeb9f`;
  const littleEndian = magic === 0xeb9f;
  const version = view.getUint8(2);
  if (version !== 1) return `version ${version} is not supported, only 1 is`;
  const length = view.getUint32(4, littleEndian);
  if (length < least || length > bytes.length) return `header of ${length} bytes does not fit`;
  return { view, littleEndian, length };
}

/** The string at a BTF name offset; empty where there is none. */
export function btfString(btf: Btf, offset: number): string {
  for (let holder: Btf | null = btf; holder; holder = holder.base) {
    if (offset >= holder.firstString) return readString(holder.strings, offset - holder.firstString, stringLimit) ?? "";
  }
  return "";
}

/** Decodes one type; an id that does not exist reads as void, as a damaged reference would have to. */
export function btfType(btf: Btf, id: number): BtfType {
  let holder: Btf = btf;
  while (id < holder.firstId && holder.base) holder = holder.base;
  const at = holder.offsets[id - holder.firstId];
  if (at === undefined) return { id, kind: "void" };
  const view = new DataView(holder.types.buffer, holder.types.byteOffset, holder.types.byteLength);
  const u32 = (offset: number) => view.getUint32(offset, btf.littleEndian);
  const info = u32(at + 4);
  const vlen = info & 0xffff;
  const flag = info >>> 31 === 1;
  const name = btfString(btf, u32(at));
  /** The union in struct btf_type: a size, or the id of another type. */
  const third = u32(at + 8);
  const tail = at + 12;
  const each = <Item>(size: number, read: (offset: number) => Item): Item[] => {
    const items: Item[] = [];
    for (let index = 0; index < vlen; index++) items.push(read(tail + index * size));
    return items;
  };
  switch ((info >>> 24) & 0x1f) {
    case kinds.int: {
      const encoding = u32(tail);
      const has = (bit: number) => ((encoding >>> 24) & bit) !== 0;
      return {
        id,
        kind: "int",
        name,
        size: third,
        bitOffset: (encoding >>> 16) & 0xff,
        bits: encoding & 0xff,
        signed: has(1),
        char: has(2),
        bool: has(4),
      };
    }
    case kinds.pointer:
      return { id, kind: "pointer", type: third };
    case kinds.array:
      return { id, kind: "array", type: u32(tail), indexType: u32(tail + 4), length: u32(tail + 8) };
    case kinds.struct:
    case kinds.union: {
      const kind = ((info >>> 24) & 0x1f) === kinds.struct ? "struct" : "union";
      const members = each(12, (offset) => {
        const position = u32(offset + 8);
        return {
          name: btfString(btf, u32(offset)),
          type: u32(offset + 4),
          bitOffset: flag ? position & 0xffffff : position,
          bitSize: flag ? position >>> 24 : 0,
        };
      });
      return { id, kind, name, size: third, members };
    }
    case kinds.enum: {
      const values = each(8, (offset) => ({
        name: btfString(btf, u32(offset)),
        value: BigInt(flag ? u32(offset + 4) | 0 : u32(offset + 4)),
      }));
      return { id, kind: "enum", name, size: third, signed: flag, values };
    }
    case kinds.enum64: {
      const values = each(12, (offset) => {
        const value = (BigInt(u32(offset + 8)) << 32n) | BigInt(u32(offset + 4));
        return { name: btfString(btf, u32(offset)), value: flag ? BigInt.asIntN(64, value) : value };
      });
      return { id, kind: "enum64", name, size: third, signed: flag, values };
    }
    case kinds.forward:
      return { id, kind: "forward", name, isUnion: flag };
    case kinds.typedef:
      return { id, kind: "typedef", name, type: third };
    case kinds.volatile:
      return { id, kind: "volatile", name, type: third };
    case kinds.const:
      return { id, kind: "const", name, type: third };
    case kinds.restrict:
      return { id, kind: "restrict", name, type: third };
    case kinds.typeTag:
      return { id, kind: "typeTag", name, type: third };
    case kinds.function:
      return { id, kind: "function", name, type: third, linkage: vlen };
    case kinds.prototype: {
      const parameters = each(8, (offset) => ({ name: btfString(btf, u32(offset)), type: u32(offset + 4) }));
      return { id, kind: "prototype", type: third, parameters };
    }
    case kinds.variable:
      return { id, kind: "variable", name, type: third, linkage: u32(tail) };
    case kinds.dataSection: {
      const variables = each(12, (offset) => ({ type: u32(offset), offset: u32(offset + 4), size: u32(offset + 8) }));
      return { id, kind: "dataSection", name, size: third, variables };
    }
    case kinds.float:
      return { id, kind: "float", name, size: third };
    case kinds.declTag:
      return { id, kind: "declTag", name, type: third, componentIndex: u32(tail) | 0 };
    default:
      return { id, kind: "void" };
  }
}
