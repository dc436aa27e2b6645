/** A layout compiled to a flat list: what to write for one key or value, step by step. */

export const op = {
  /** `text` as it is */
  text: 0,
  u8: 1,
  u16: 2,
  u32: 3,
  u64: 4,
  s8: 5,
  s16: 6,
  s32: 7,
  s64: 8,
  /** `size` bits from bit `count` of the byte at `offset`, least significant first, as 0x… */
  bits: 9,
  /** false for 0, else true */
  boolean: 10,
  /** the name in `names` of the `size` bytes, else the signed number */
  enum: 11,
  /** `count` bytes as decimal numbers, with commas between */
  bytes: 12,
  /** `count` bytes of text as JSON, where they are printable up to a NUL; else `inner` */
  string: 13,
  /** `inner`, `count` times, `size` bytes further each time, with commas between */
  repeat: 14,
  /** 32 or 64 bits of floating point, as JSON can say it */
  float: 15,
  /** `count` bytes as ["0x0a","0x0b"] */
  hexArray: 16,
  /** `count` bytes as 0x0a0b */
  hex: 17,
  /** `count` bytes, each behind a blank: " 0a 0b" */
  spacedHex: 23,
  /** dotted decimal */
  ipv4: 18,
  /** six bytes with colons */
  mac: 19,
  /** `size` bytes most significant first, as an unsigned number */
  network: 20,
  /** 0 false, 1 true, else the number */
  truth: 21,
  /** whatever `format` makes of it */
  other: 22,
} as const;

export interface Operation {
  readonly code: number;
  readonly offset: number;
  readonly count: number;
  readonly size: number;
  readonly text: Uint8Array;
  /** `text`, four bytes in each, the first in the lowest; zeros behind it */
  readonly fours: Int32Array;
  /** by the least significant 32 bits, where `size` is at most 4 */
  readonly names: ReadonlyMap<number, Uint8Array> | null;
  readonly inner: readonly Operation[];
  readonly format: ((bytes: Uint8Array, base: number) => Uint8Array) | null;
}

/** Collects operations; what is written anyway between two of them becomes one. */
export interface Operations {
  text(text: string): void;
  add(code: number, offset: number, more?: Partial<Operation>): void;
  done(): readonly Operation[];
}

const nothing = new Uint8Array(0);

export function collectOperations(): Operations {
  const list: Operation[] = [];
  let waiting = "";
  const push = (code: number, offset: number, more: Partial<Operation>): void => {
    // all of one shape, so that the loop over them stays quick
    const { count = 0, size = 0, text = nothing, names = null, inner = [], format = null } = more;
    list.push({ code, offset, count, size, text, fours: foursOf(text), names, inner, format });
  };
  const flush = (): void => {
    if (waiting !== "") push(op.text, 0, { text: Buffer.from(waiting) });
    waiting = "";
  };
  return {
    text(text) {
      waiting += text;
    },
    add(code, offset, more = {}) {
      flush();
      push(code, offset, more);
    },
    done() {
      flush();
      return list;
    },
  };
}

function foursOf(text: Uint8Array): Int32Array {
  const padded = new Uint8Array(Math.ceil(text.length / 4) * 4);
  padded.set(text);
  const view = new DataView(padded.buffer);
  return Int32Array.from({ length: padded.length / 4 }, (_, index) => view.getInt32(index * 4, true));
}

/** No text of the operations is longer, in bytes; for those with a `format`, `size` says how long it can be. */
export function longestText(operations: readonly Operation[]): number {
  return operations.reduce((sum, each) => sum + longestOf(each), 0);
}

function longestOf({ code, count, size, text, names, inner }: Operation): number {
  switch (code) {
    case op.text:
      return text.length;
    case op.hexArray:
      return count * 7 + 2;
    case op.enum:
      return Math.max(24, ...[...(names?.values() ?? [])].map((name) => name.length));
    case op.bytes:
    case op.spacedHex:
      return count * 4;
    case op.string:
      return Math.max(count * 2 + 2, longestText(inner));
    case op.repeat:
      return count * (longestText(inner) + 1);
    case op.hex:
      return count * 2 + 2;
    case op.other:
      return size;
    default:
      return 40;
  }
}
