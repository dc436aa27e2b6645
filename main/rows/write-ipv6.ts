/** RFC 5952, as bytes: the longest run of two or more zero groups is "::", the first of equals. */
const colon = 0x3a;
const digits = Buffer.from("0123456789abcdef");

export function writeIpv6(bytes: Uint8Array, from: number, out: Uint8Array, at: number): number {
  const { start, length } = longestRun(bytes, from);
  let to = at;
  for (let index = 0; index < 8; index++) {
    if (index === start) {
      out[to++] = colon;
      out[to++] = colon;
      index += length - 1;
      continue;
    }
    if (index > 0 && index !== start + length) out[to++] = colon;
    to = writeGroup(out, to, group(bytes, from, index));
  }
  return to;
}

function group(bytes: Uint8Array, from: number, index: number): number {
  return ((bytes[from + index * 2] ?? 0) << 8) | (bytes[from + index * 2 + 1] ?? 0);
}

function longestRun(bytes: Uint8Array, from: number): { readonly start: number; readonly length: number } {
  let best = { start: -9, length: 1 };
  let start = 0;
  for (let index = 0; index <= 8; index++) {
    if (index < 8 && group(bytes, from, index) === 0) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}

function writeGroup(out: Uint8Array, at: number, value: number): number {
  let to = at;
  for (let shift = 12; shift >= 0; shift -= 4) {
    if (to > at || shift === 0 || value >> shift !== 0) out[to++] = digits[(value >> shift) & 15] ?? 0;
  }
  return to;
}
