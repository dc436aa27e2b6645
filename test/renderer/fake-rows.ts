/** Tables of any length on the fake's small ones: ranges, a sort order, and a filter that knows free text and one mistake. */
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { Row, Table } from "../../protocol/maps.ts";
import type { Handlers } from "../../protocol/peer.ts";
import type { ColumnFormat, GridRow, RowsFace, RowsSort, RowsState } from "../../protocol/rows.ts";

type RowsMethods = { [M in keyof typeof workbench as M extends `rows.${string}` ? M : never]: (typeof workbench)[M] };

export interface FakeRows {
  readonly handlers: Partial<Handlers<RowsMethods>>;
  /** the table is another now */
  changed(id: number): void;
}

interface Open {
  sort: RowsSort | null;
  filter: string;
  version: number;
}

export function fakeRows(table: (id: number) => Table, tell: (state: RowsState) => void): FakeRows {
  const open = new Map<number, Open>();
  const formats = new Map<string, ColumnFormat>();
  const layouts = new Map<string, string | null>();
  const openOf = (id: number): Open =>
    open.get(id) ??
    fail({ kind: "not-found", what: "table", name: `${id}`, message: `map id ${id}: its table is not open` });
  const shown = (id: number): readonly Row[] => {
    const { sort, filter } = openOf(id);
    const text = filter.replaceAll('"', "").toLowerCase();
    const rows = table(id).rows.filter(({ cells }) => cells.some((cell) => cell.toLowerCase().includes(text)));
    if (sort === null) return rows;
    const compare = (one: Row, other: Row): number =>
      (one.cells[sort.column] ?? "").localeCompare(other.cells[sort.column] ?? "", "en", { numeric: true });
    return rows.toSorted((one, other) => compare(one, other) * (sort.descending ? -1 : 1));
  };
  const state = (id: number): RowsState => ({
    ...{ id, version: openOf(id).version, total: table(id).total, shown: shown(id).length },
    ...{ reading: null, took: { read: 1, arrange: 1 }, cut: null, tree: null },
  });
  const face = (id: number): RowsFace => {
    const { map, columns, readOnly, resizable, rows } = table(id);
    return {
      ...{ unlisted: null, holdsMaps: false },
      ...{ map, readOnly, resizable, cpus: rows[0]?.cpus?.length ?? 0, labelled: false, prefixes: null },
      columns: columns.map((column) => ({
        ...column,
        format: formats.get(`${map.name} ${column.path}`) ?? "auto",
        shown: formats.get(`${map.name} ${column.path}`) ?? "auto",
        where: null,
        formats: column.align === "number" ? ["auto", "decimal", "hex", "boot-time"] : [],
        counts: column.align === "number" && column.from === "value",
      })),
      typed: { key: map.btfKeyTypeId !== 0, value: map.btfValueTypeId !== 0 },
      takesLayout: { key: true, value: true },
      layouts: { key: layouts.get(`${map.name} key`) ?? null, value: layouts.get(`${map.name} value`) ?? null },
    };
  };
  const handlers: Partial<Handlers<RowsMethods>> = {
    "rows.open": async ({ id }) => {
      table(id);
      open.set(id, { sort: null, filter: "", version: 1 });
      return { face: face(id), state: state(id) };
    },
    "rows.close": async ({ id }) => {
      open.delete(id);
      return {};
    },
    "rows.range": async ({ id, start, count }) => ({
      version: openOf(id).version,
      start,
      rows: shown(id)
        .slice(start, start + count)
        .map((row): GridRow => ({ ...row, rates: row.cells.map((_, index) => (index === 0 ? "" : "112")) })),
    }),
    "rows.arrange": async ({ id, sort, filter }) => {
      const at = filter.indexOf("colour ==");
      if (at >= 0) {
        const message = "there is no column colour; there are key, packets, bytes";
        return { state: state(id), wrong: { message, start: at, end: at + 6 } };
      }
      const one = openOf(id);
      Object.assign(one, { sort, filter, version: one.version + 1 });
      return { state: state(id), wrong: null };
    },
    "rows.find": async ({ id, text, from }) => {
      const rows = shown(id);
      const places = rows.flatMap(({ cells }, at) => (cells.some((cell) => cell.includes(text)) ? [at] : []));
      return { row: places.find((at) => at >= from) ?? places[0] ?? null };
    },
    "rows.key": async ({ id, cells: [key = ""] }) => {
      const row = shown(id).findIndex(({ cells }) => cells[0] === key);
      return { row: row < 0 ? null : row, there: table(id).rows.some(({ cells }) => cells[0] === key) };
    },
    "rows.choices": async () => ({ choices: [] }),
    "rows.read": async ({ id }) => {
      openOf(id).version += 1;
      return state(id);
    },
    "rows.shape": async ({ id, formats: chosen }) => {
      for (const { path, format } of chosen) formats.set(`${table(id).map.name} ${path}`, format);
      openOf(id).version += 1;
      return { face: face(id), state: state(id) };
    },
    "rows.layout": async ({ id, of, text }) => {
      const { name } = table(id).map;
      if (text?.includes("u23") === true) {
        const message = `layout of the ${of} of ${name}: line 1, column 10: unknown type name 'u23'`;
        return fail({ kind: "bad-value", field: of, message });
      }
      layouts.set(`${name} ${of}`, text);
      openOf(id).version += 1;
      return { face: face(id), state: state(id) };
    },
  };
  return {
    handlers,
    changed(id) {
      const one = open.get(id);
      if (one === undefined) return;
      one.version += 1;
      tell(state(id));
    },
  };
}
