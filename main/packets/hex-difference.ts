/** Two packets side by side: rows of sixteen bytes where they differ, and of the second only what differs. */
const rowBytes = 16;
const mostRows = 8;

export function hexDifference(expected: Uint8Array, actual: Uint8Array): readonly string[] {
  const lines: string[] = [];
  let rows = 0;
  for (let from = 0; from < Math.max(expected.length, actual.length); from += rowBytes) {
    const want = expected.subarray(from, from + rowBytes);
    const got = actual.subarray(from, from + rowBytes);
    if (want.length === got.length && want.every((byte, at) => byte === got[at])) continue;
    if (++rows > mostRows) {
      lines.push("and more");
      break;
    }
    const offset = from.toString(16).padStart(4, "0");
    const width = Math.max(want.length, got.length);
    const cells = (bytes: Uint8Array, other: Uint8Array | null): string =>
      Array.from({ length: width }, (_, at) => {
        const byte = bytes[at];
        if (byte === undefined) return "--";
        return byte === other?.[at] ? ".." : byte.toString(16).padStart(2, "0");
      }).join(" ");
    lines.push(`${offset}  expected  ${cells(want, null)}`, `      got       ${cells(got, want)}`);
  }
  return lines;
}
