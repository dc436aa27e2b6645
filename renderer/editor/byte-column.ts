/** Compilers count columns in bytes of UTF-8, editors in UTF-16 units. Both are 1-based. */
export function columnOfByte(line: string, byteColumn: number): number {
  let bytes = 1;
  let column = 1;
  for (const character of line) {
    if (bytes >= byteColumn) return column;
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    column += character.length;
  }
  return column;
}
