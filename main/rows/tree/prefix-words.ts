/** Addresses as 32-bit words, most significant first: one of an IPv4 address, four of an IPv6 one. */
import type { RowViews } from "../row-bytes.ts";
import type { PrefixShape } from "./prefix-shape.ts";

export interface Prefix {
  /** without the bits beyond the length */
  readonly words: readonly number[];
  readonly length: number;
}

/** What word `word` keeps of an address in a prefix of that length. */
export function maskWord(word: number, length: number): number {
  const bits = length - word * 32;
  return bits <= 0 ? 0 : bits >= 32 ? 0xffff_ffff : (0xffff_ffff << (32 - bits)) >>> 0;
}

export function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

/** As the key has it: it may be more than an address has bits. */
export function lengthOfRow({ keys, keySize }: RowViews, shape: PrefixShape, row: number): number {
  const at = row * keySize + shape.lengthAt;
  let length = 0;
  for (let index = 0; index < shape.lengthSize; index++) {
    length = length * 256 + (keys[at + (shape.lengthLittle ? shape.lengthSize - 1 - index : index)] as number);
  }
  return length;
}

/** The first address behind the prefix, written over `words`; behind the last one there is, all zeros. */
export function stepBeyond(words: Uint32Array, at: number, length: number): void {
  if (length === 0) return;
  let word = (length - 1) >> 5;
  let sum = (words[at + word] as number) + 2 ** (31 - ((length - 1) & 31));
  while (sum > 0xffff_ffff) {
    words[at + word] = sum - 0x1_0000_0000;
    if (word === 0) return;
    word -= 1;
    sum = (words[at + word] as number) + 1;
  }
  words[at + word] = sum;
}

export function prefixBytes({ words }: Prefix): Uint8Array {
  return Uint8Array.from(words.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]));
}
