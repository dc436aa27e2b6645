/** Decimal digits to the bytes of a number, without a string or a BigInt. */

const word = 4_294_967_296;
const powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * Writes the number that begins at `at` into `size` (1, 2, 4 or 8) bytes. Answers where its digits end; -1 where there are
 * none, or where it does not fit. `negative`: its two's complement, and it must fit as a signed number.
 */
export function readUnsigned(
  text: Uint8Array,
  start: number,
  target: Uint8Array,
  to: number,
  size: number,
  littleEndian: boolean,
  negative: boolean,
): number {
  let at = start;
  let value = 0;
  let digit = (text[at] as number) - 48;
  while (digit >= 0 && digit <= 9 && at - start < 9) {
    value = value * 10 + digit;
    at += 1;
    digit = (text[at] as number) - 48;
  }
  if (at === start) return -1;
  let high = 0;
  let low = value;
  if (digit >= 0 && digit <= 9) {
    // Up to 20 digits: nine more, and two more, in numbers of their own; then all together in two halves.
    const second = at;
    let middle = 0;
    while (digit >= 0 && digit <= 9 && at - second < 9) {
      middle = middle * 10 + digit;
      at += 1;
      digit = (text[at] as number) - 48;
    }
    const third = at;
    let rest = 0;
    while (digit >= 0 && digit <= 9 && at - third < 2) {
      rest = rest * 10 + digit;
      at += 1;
      digit = (text[at] as number) - 48;
    }
    if (digit >= 0 && digit <= 9) return -1;
    const power = powers[at - third] as number;
    const upper = value;
    const lower = middle * power + rest;
    const scale = (powers[third - second] as number) * power;
    // upper * scale + lower, in limbs of 16 bits: no step exceeds 2^53
    const scaleHigh = Math.floor(scale / 65_536);
    const scaleLow = scale - scaleHigh * 65_536;
    const lowerHigh = Math.floor(lower / 65_536);
    const one = upper * scaleLow + (lower - lowerHigh * 65_536);
    const oneHigh = Math.floor(one / 65_536);
    const two = upper * scaleHigh + lowerHigh + oneHigh;
    high = Math.floor(two / 65_536);
    low = (two - high * 65_536) * 65_536 + (one - oneHigh * 65_536);
    if (high >= word) return -1;
  }
  if (negative && (high !== 0 || low !== 0)) {
    if (
      size === 8 ? high > 0x8000_0000 || (high === 0x8000_0000 && low !== 0) : high > 0 || low > 2 ** (size * 8 - 1)
    ) {
      return -1;
    }
    low = low === 0 ? 0 : word - low;
    high = low === 0 ? word - high : word - 1 - high;
    if (high === word) high = 0;
  } else if (size < 8 && (high !== 0 || low >= 2 ** (size * 8))) {
    return -1;
  }
  const lowAt = littleEndian ? to : to + size - 1;
  const step = littleEndian ? 1 : -1;
  for (let each = 0, rest = low; each < Math.min(size, 4); each++, rest >>>= 8)
    target[lowAt + each * step] = rest & 0xff;
  if (size === 8) {
    for (let each = 4, rest = high; each < 8; each++, rest >>>= 8) target[lowAt + each * step] = rest & 0xff;
  }
  return at;
}
