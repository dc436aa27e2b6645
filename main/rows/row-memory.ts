/** Room for the entries of one reading, in memory that threads share; it grows as they come. */
import type { RowBytes } from "./row-bytes.ts";

/** One table's entries are held up to here; of a larger map the first that were read. */
export const mostBytes = 192 * 1024 * 1024;
const firstRows = 1 << 20;

export interface RowMemory {
  readonly mostRows: number;
  /** room for so many rows more; false where that would be too many */
  ensure(rows: number): boolean;
  /** a page to where the next rows are */
  put(keys: Uint8Array, values: Uint8Array, count: number): void;
  clear(): void;
  readonly count: number;
  bytes(): RowBytes;
  /** as long as nothing is put */
  readonly keys: Buffer;
}

/** @param expected how many entries there may be */
export function createRowMemory(keySize: number, stride: number, expected: number): RowMemory {
  const entry = Math.max(1, keySize + stride);
  const mostRows = Math.max(1, Math.floor(mostBytes / entry));
  // Pages that nobody wrote to cost nothing.
  let capacity = Math.max(1, Math.min(expected, firstRows, mostRows));
  let keys = new SharedArrayBuffer(capacity * keySize);
  let values = new SharedArrayBuffer(capacity * stride);
  let count = 0;
  const grow = (to: number): void => {
    const more = [new SharedArrayBuffer(to * keySize), new SharedArrayBuffer(to * stride)] as const;
    new Uint8Array(more[0]).set(new Uint8Array(keys, 0, count * keySize));
    new Uint8Array(more[1]).set(new Uint8Array(values, 0, count * stride));
    [keys, values] = more;
    capacity = to;
  };
  return {
    mostRows,
    ensure(rows) {
      if (count + rows > mostRows) return false;
      if (count + rows > capacity) grow(Math.min(mostRows, Math.max(count + rows, capacity * 2)));
      return true;
    },
    put(pageKeys, pageValues, rows) {
      if (pageKeys.length !== rows * keySize || pageValues.length !== rows * stride) {
        const sizes = `${pageKeys.length} bytes of keys and ${pageValues.length} of values`;
        throw new Error(`a page of ${rows} entries has ${sizes}`);
      }
      new Uint8Array(keys).set(pageKeys, count * keySize);
      new Uint8Array(values).set(pageValues, count * stride);
      count += rows;
    },
    clear() {
      count = 0;
    },
    get count() {
      return count;
    },
    get keys() {
      return Buffer.from(keys, 0, count * keySize);
    },
    bytes: () => ({ keys, values, keySize, stride, count }),
  };
}
