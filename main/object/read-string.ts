const decoder = new TextDecoder();

/**
 * The NUL-terminated string at `offset`, or null where the table holds none there.
 * Looks at `limit` bytes at most, so that a hostile table cannot make reading names quadratic.
 */
export function readString(table: Uint8Array, offset: number, limit: number): string | null {
  if (offset < 0 || offset >= table.length) return null;
  const window = table.subarray(offset, offset + limit);
  const end = window.indexOf(0);
  if (end < 0 && offset + limit >= table.length) return null;
  return decoder.decode(end < 0 ? window : window.subarray(0, end));
}
