/** raw pages ─▶ typed rows */
import type { CancellationToken } from "vscode-jsonrpc";
import { type Column, type Row, type Table, tableRowLimit } from "../../protocol/maps.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { formatEntryCells } from "../tables/format-entry.ts";
import { keyLabel } from "../tables/key-label.ts";
import { describeEntries } from "./describe-entries.ts";
import { devmapNames, isDevmap } from "./devmap-names.ts";
import type { Attachments } from "../attach/attachments.ts";
import { fittingPrograms, programIn, programNames, sayProgram } from "./entry-program.ts";
import { listed } from "./list-maps.ts";
import { readEntries } from "./read-entries.ts";

export interface TableReader {
  /** the table without its rows */
  readonly face: Omit<Table, "rows" | "total">;
  read(token?: CancellationToken): Promise<{ readonly rows: readonly Row[]; readonly total: number }>;
}

/** The map is described once; entries are read as often as asked. @throws Failed `not-found`, `no-privilege` */
export async function createTableReader(
  helpers: HelperPool,
  attachments: Attachments,
  id: number,
): Promise<TableReader> {
  const peer = await helpers.elevated(`read map ${id}`);
  const { description, layout, section } = await describeEntries(peer, id);
  const among = (await listed(peer)).find((map) => map.id === id);
  const usedByXdp = among?.programs.some((program) => program.type === "xdp") ?? false;
  const names = isDevmap(description.map.type) ? await devmapNames(peer, id) : null;
  const programColumn = layout.programColumn === null ? -1 : layout.key.columns.length + layout.programColumn;
  const fitting = programColumn < 0 ? [] : await fittingPrograms(peer, attachments, description.map);
  const readable = layout.readOnly === null || !layout.readOnly.startsWith("is a ");
  return {
    face: {
      // of a section the whole name is in its own BTF, of a map among those of its program
      map: {
        ...description.map,
        name: section === null ? (among?.name ?? description.map.name) : description.map.name,
      },
      columns: layout.columns.map((column, index) =>
        index === programColumn ? ofPrograms(column, fitting, description.map.type === "prog_array") : { ...column },
      ),
      readOnly: layout.readOnly,
      resizable: layout.resizable,
    },
    async read(token) {
      if (!readable) return { rows: [], total: 0 };
      const { entries, total } = await readEntries(peer, description, tableRowLimit, token);
      const programs = programColumn < 0 ? null : await programNames(peer);
      const rows = entries.map(({ key, value }): Row => {
        const { cells, cpus } = formatEntryCells(layout, key, value);
        const label = names?.get(value.length >= 4 ? value.readUInt32LE(0) : 0) ?? keyLabel(layout, key, usedByXdp);
        const shown = [...cells];
        if (programs !== null) shown[programColumn] = sayProgram(programIn(layout, value), programs);
        return { key: key.toString("base64"), cells: shown, label, cpus: cpus?.map((cpu) => [...cpu]) ?? null };
      });
      return { rows, total };
    },
  };
}

/** The program that an entry runs: those that fit are proposed. */
export function ofPrograms<C extends Column>(column: C, fitting: readonly string[], isTail: boolean): C {
  const choices = isTail ? fitting : ["none", ...fitting];
  const some = choices.length === 0 ? "" : `: ${[...fitting, ...(isTail ? [] : ["none"])].join(", ")}`;
  const hint = isTail
    ? `the program that a tail call to this slot goes on with${some}${some === "" ? "," : ", or"} a loaded one by name or id; Delete empties the slot`
    : `a program that the entry runs${some}, or the id of a loaded one`;
  return { ...column, type: "program", align: "text", hint, choices };
}

export async function readTable(
  helpers: HelperPool,
  attachments: Attachments,
  id: number,
  token?: CancellationToken,
): Promise<Table> {
  const reader = await createTableReader(helpers, attachments, id);
  const { rows, total } = await reader.read(token);
  return { ...reader.face, rows: [...rows], total };
}
