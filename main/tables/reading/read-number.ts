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
  // Of the digits' bytes, and of no others, 0 to 9 is left.
  let digit = (text[at] as number) ^ 48;
  for (const end = start + 9; digit <= 9 && at < end; digit = (text[at] as number) ^ 48) {
    value = (value * 10 + digit) | 0;
    at += 1;
  }
  if (at === start) return -1;
  let high = 0;
  let low = value;
  if (digit <= 9) {
    // Up to 20 digits: nine more, and two more, in numbers of their own; then all together in two halves.
    const second = at;
    let middle = 0;
    for (const end = second + 9; digit <= 9 && at < end; digit = (text[at] as number) ^ 48) {
      middle = (middle * 10 + digit) | 0;
      at += 1;
    }
    if (digit > 9 && at - start <= 15) {
      const whole = value * (powers[at - second] as number) + middle;
      high = Math.floor(whole / word);
      low = whole - high * word;
      return finish(target, to, size, littleEndian, negative, high, low) ? at : -1;
    }
    const third = at;
    let rest = 0;
    for (const end = third + 2; digit <= 9 && at < end; digit = (text[at] as number) ^ 48) {
      rest = rest * 10 + digit;
      at += 1;
    }
    if (digit <= 9) return -1;
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
  return finish(target, to, size, littleEndian, negative, high, low) ? at : -1;
}

/** Writes what fits. */
function finish(
  target: Uint8Array,
  to: number,
  size: number,
  littleEndian: boolean,
  negative: boolean,
  high: number,
  low: number,
): boolean {
  if (!negative) {
    if (size < 8 && (high !== 0 || low >= 2 * halves(size))) return false;
    writeWord(target, to, size, littleEndian, low | 0, high | 0);
    return true;
  }
  const fits =
    size === 8 ? high < 0x8000_0000 || (high === 0x8000_0000 && low === 0) : high === 0 && low <= halves(size);
  if (!fits) return false;
  const flipped = low === 0 ? (word - high) % word : word - 1 - high;
  writeWord(target, to, size, littleEndian, -low | 0, flipped | 0);
  return true;
}

/** Half of what so many bytes count. */
function halves(size: number): number {
  return size === 4 ? 0x8000_0000 : size === 2 ? 0x8000 : 0x80;
}

function writeWord(
  target: Uint8Array,
  to: number,
  size: number,
  littleEndian: boolean,
  low: number,
  high: number,
): void {
  let at = littleEndian ? to : to + size - 1;
  const step = littleEndian ? 1 : -1;
  target[at] = low;
  if (size === 1) return;
  at += step;
  target[at] = low >> 8;
  if (size === 2) return;
  at += step;
  target[at] = low >> 16;
  at += step;
  target[at] = low >> 24;
  if (size === 4) return;
  at += step;
  target[at] = high;
  at += step;
  target[at] = high >> 8;
  at += step;
  target[at] = high >> 16;
  at += step;
  target[at] = high >> 24;
}
