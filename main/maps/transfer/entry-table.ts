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
