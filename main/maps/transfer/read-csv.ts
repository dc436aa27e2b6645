/** A CSV file with a header to entries: RFC 4180, with comma, semicolon or tab between the cells. */
import { parseHex } from "../../tables/addresses.ts";
import type { MapLayout } from "../../tables/describe-map.ts";
import { parseColumn } from "../../tables/parse-node.ts";
import { type CellReader, createCellReader, readCell } from "../../tables/reading/cell-readers.ts";
import { matchHeader, type HeaderColumn } from "./csv-header.ts";
import { createEntryTable, type EntryTable } from "./entry-table.ts";
import type { Problems } from "./problems.ts";
import { splitCells } from "./split-cells.ts";

const newline = 10;
const carriageReturn = 13;
const quote = 34;

interface Reader extends HeaderColumn {
  readonly fast: CellReader | null;
}

export interface CsvHeader {
  readonly columns: readonly HeaderColumn[];
  readonly delimiter: number;
  /** where the first row begins, and its line */
  readonly end: number;
  readonly lines: number;
}

export interface CsvRows {
  /** every row that is right */
  readonly entries: EntryTable;
  /** how many lines they took */
  readonly lines: number;
}

/** Null where it does not fit the map, which is then said. */
export function readHeader(layout: MapLayout, text: Uint8Array, problems: Problems): CsvHeader | null {
  const { delimiter, end, lines, ...header } = splitCells(text, 0, null);
  const columns = matchHeader(layout, { ...header, delimiter, end, lines }, problems);
  return columns === null ? null : { columns, delimiter, end, lines };
}

/** Every row that is right; what is not is said in `problems`. */
export function readCsv(layout: MapLayout, valueStride: number, text: Uint8Array, problems: Problems): EntryTable {
  const header = readHeader(layout, text, problems);
  if (header === null) return createEntryTable(layout.key.size, valueStride, 0).table;
  return readRows(layout, valueStride, header, text.subarray(header.end), header.lines + 1, problems).entries;
}

/** `text`: rows alone, from the beginning of one to the end of one; `first`: the line of its first row. */
export function readRows(
  layout: MapLayout,
  valueStride: number,
  { columns, delimiter }: CsvHeader,
  text: Uint8Array,
  first: number,
  problems: Problems,
): CsvRows {
  // 40 bytes a row are few: more room than is needed, at the most
  const writer = createEntryTable(layout.key.size, valueStride, Math.max(16, Math.ceil(text.length / 40)));
  const { table } = writer;
  const readers: readonly Reader[] = columns.map((each) => ({
    ...each,
    fast: each.whole || each.column.column === null ? null : fastReader(layout, each),
  }));
  let line = first;
  for (let at = 0; at < text.length; ) {
    const byte = text[at] as number;
    if (byte === newline || byte === carriageReturn) {
      if (byte === newline) line += 1;
      at += 1;
      continue;
    }
    const entry = writer.add(line);
    const end = readRow(layout, readers, text, at, delimiter, table, entry);
    if (end >= 0) {
      line += 1;
      at = end;
      continue;
    }
    const row = splitCells(text, at, delimiter);
    if (!readSlowly(layout, readers, row, table, entry, line, problems)) writer.drop();
    line += row.lines;
    at = row.end;
  }
  return { entries: table, lines: line - first };
}

/**
 * Places that cut the rows into so many parts of some length, each from the beginning of a row: all parts' beginnings, and the
 * end. One part where a cell may hold a line break.
 */
export function cutRows(text: Uint8Array, start: number, parts: number): readonly number[] {
  const cuts = [start];
  const quoted = text.indexOf(quote, start) >= 0;
  for (let part = 1; part < parts && !quoted; part++) {
    const wanted = start + Math.floor(((text.length - start) / parts) * part);
    const at = text.indexOf(newline, Math.max(wanted, cuts.at(-1) ?? start));
    if (at < 0 || at + 1 >= text.length) break;
    cuts.push(at + 1);
  }
  return [...cuts, text.length];
}

function fastReader(layout: MapLayout, { column }: HeaderColumn): CellReader | null {
  if (column.column === null) return null;
  return createCellReader(column.column, column.base, layout[column.of].littleEndian);
}

/** Where the next row begins; -1 where something in this one is not usual, and has to be looked at in quiet. */
function readRow(
  layout: MapLayout,
  readers: readonly Reader[],
  text: Uint8Array,
  start: number,
  delimiter: number,
  table: EntryTable,
  entry: number,
): number {
  const { keys, values, keySize, valueStride } = table;
  let at = start;
  for (let index = 0; index < readers.length; index++) {
    const { fast, column } = readers[index] as Reader;
    // padding that is zeros is an empty cell
    if (fast === null) {
      if (column.mask === null) return -1;
    } else {
      const from = at;
      at =
        column.of === "key"
          ? readCell(fast, text, from, keys, entry * keySize)
          : readCell(fast, text, from, values, entry * valueStride);
      if (at < 0 || !endsCell(text, at, delimiter)) {
        const own = column.of === "key" ? keys : values;
        const base = (column.of === "key" ? entry * keySize : entry * valueStride) + column.base;
        at = readText(layout, column, text, from, delimiter, own.subarray(base, base + layout[column.of].size));
        if (at < 0) return -1;
      }
    }
    if (index < readers.length - 1) {
      if (text[at] !== delimiter) return -1;
      at += 1;
    }
  }
  if (text[at] === carriageReturn) at += 1;
  if (at >= text.length) return at;
  return text[at] === newline ? at + 1 : -1;
}

function endsCell(text: Uint8Array, at: number, delimiter: number): boolean {
  const byte = text[at];
  return byte === delimiter || byte === newline || byte === carriageReturn || byte === undefined;
}

/** A cell without quotes in another spelling than the usual; -1 where it is not right, or in quotes. */
function readText(
  layout: MapLayout,
  { column, of }: HeaderColumn["column"],
  text: Uint8Array,
  from: number,
  delimiter: number,
  own: Uint8Array,
): number {
  if (column === null || text[from] === quote) return -1;
  let end = from;
  while (!endsCell(text, end, delimiter)) {
    // what is not ASCII is decoded, and checked, elsewhere
    if ((text[end] as number) > 0x7e) return -1;
    end += 1;
  }
  const cell = Buffer.from(text.buffer, text.byteOffset + from, end - from).toString("latin1");
  return parseColumn(column, cell, own, layout[of].littleEndian) === null ? end : -1;
}

function readSlowly(
  layout: MapLayout,
  readers: readonly Reader[],
  row: ReturnType<typeof splitCells>,
  table: EntryTable,
  entry: number,
  line: number,
  problems: Problems,
): boolean {
  const before = problems.count;
  const { cells } = row;
  if (row.problem !== null) {
    problems.add(line, row.problem.column, row.problem.message);
    return false;
  }
  if (cells.length !== readers.length) {
    const column = cells[Math.min(cells.length, readers.length)]?.column ?? null;
    const words = `${cells.length} ${cells.length === 1 ? "cell" : "cells"}, and the header has ${readers.length} columns`;
    problems.add(
      line,
      column,
      cells.length > readers.length ? `too many columns: ${words}` : `too few columns: ${words}`,
    );
    return false;
  }
  const key = table.keys.subarray(entry * table.keySize, (entry + 1) * table.keySize);
  const value = table.values.subarray(entry * table.valueStride, (entry + 1) * table.valueStride);
  for (const bytes of [key, value]) bytes.fill(0);
  // what is whole or padding goes under the fields, whatever the order of the columns
  const order = readers.map((reader, index) => ({ reader, index })).toSorted((a, b) => rank(a.reader) - rank(b.reader));
  for (const { reader, index } of order) {
    const cell = cells[index];
    if (cell === undefined) continue;
    const message = readWhole(layout, reader, cell.text, reader.column.of === "key" ? key : value);
    if (message !== null) problems.add(line + cell.lines, cell.column, `${reader.name}: ${message}`);
  }
  return problems.count === before;
}

function rank({ whole, column }: HeaderColumn): number {
  return whole ? 0 : column.column === null ? 1 : 2;
}

/** What is wrong; null where nothing is. */
function readWhole(layout: MapLayout, { column, whole }: HeaderColumn, text: string, bytes: Uint8Array): string | null {
  const { base, mask } = column;
  const { size, littleEndian } = layout[column.of];
  const own = bytes.subarray(base, base + size);
  if (whole || column.column === null) {
    if (!whole && text.trim() === "") return null;
    const given = /^\s*0x/i.test(text) ? parseHex(text.trim(), size) : null;
    if (given === null) return `${JSON.stringify(text.slice(0, 60))} does not fit: give ${size} bytes in hex, 0x…`;
    for (const [index, byte] of given.entries()) own[index] = (own[index] ?? 0) | (byte & (mask?.[index] ?? 0xff));
    return null;
  }
  const failure = parseColumn(column.column, text, own, littleEndian);
  return failure === null ? null : failure.message.replace(`field ${failure.field}: `, "");
}
