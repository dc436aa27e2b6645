/** Many entries as bytes, with the line of the file that each came from. */
export interface EntryTable {
  readonly keySize: number;
  /** bytes of one value as the kernel moves it: those of all CPUs, where each has its own */
  readonly valueStride: number;
  readonly count: number;
  /** count * keySize bytes, and room behind them */
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  /** from 1; 0 where there is none */
  readonly lines: Uint32Array;
}

/** Tables one behind the other, in memory that threads share; `lines`: how many to add to the line numbers of each. */
export function joinTables(tables: readonly EntryTable[], lines: readonly number[]): EntryTable {
  const count = tables.reduce((sum, table) => sum + table.count, 0);
  const { keySize, valueStride } = tables[0] ?? { keySize: 0, valueStride: 0 };
  const joined = {
    ...{ keySize, valueStride, count },
    keys: new Uint8Array(new SharedArrayBuffer(count * keySize)),
    values: new Uint8Array(new SharedArrayBuffer(count * valueStride)),
    lines: new Uint32Array(new SharedArrayBuffer(count * 4)),
  };
  let entry = 0;
  for (const [index, table] of tables.entries()) {
    joined.keys.set(table.keys.subarray(0, table.count * keySize), entry * keySize);
    joined.values.set(table.values.subarray(0, table.count * valueStride), entry * valueStride);
    const more = lines[index] ?? 0;
    const numbered = Math.min(table.count, table.lines.length);
    for (let own = 0; own < numbered; own++) joined.lines[entry + own] = (table.lines[own] as number) + more;
    entry += table.count;
  }
  return joined;
}

/** What cannot be moved to another thread is copied there; this can be seen from all. */
export function shared(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

export interface EntryTableWriter {
  readonly table: EntryTable;
  /** begins another entry, of zeros: its number */
  add(line: number): number;
  /** takes the last one back */
  drop(): void;
}

export function createEntryTable(keySize: number, valueStride: number, expected = 1024): EntryTableWriter {
  const table = {
    keySize,
    valueStride,
    count: 0,
    keys: new Uint8Array(expected * keySize) as Uint8Array,
    values: new Uint8Array(expected * valueStride) as Uint8Array,
    lines: new Uint32Array(expected),
  };
  let room = expected;
  return {
    table,
    add(line) {
      if (table.count === room) {
        room *= 2;
        table.keys = grown(table.keys, room * keySize);
        table.values = grown(table.values, room * valueStride);
        const lines = new Uint32Array(room);
        lines.set(table.lines);
        table.lines = lines;
      }
      table.lines[table.count] = line;
      table.count += 1;
      return table.count - 1;
    },
    drop() {
      table.count -= 1;
      table.keys.fill(0, table.count * keySize, (table.count + 1) * keySize);
      table.values.fill(0, table.count * valueStride, (table.count + 1) * valueStride);
    },
  };
}

function grown(bytes: Uint8Array, size: number): Uint8Array {
  const larger = new Uint8Array(size);
  larger.set(bytes);
  return larger;
}
