/** Entries as aligned columns: the key's fields, what an index stands for, the value's fields. */
import { devmapNames, isDevmap } from "../maps/devmap-names.ts";
import { programIn, programNames, sayProgram } from "../maps/entry-program.ts";
import { formatEntryCells } from "../tables/format-entry.ts";
import { keyLabel } from "../tables/key-label.ts";
import { columnLines } from "./columns.ts";
import type { Paint } from "./command.ts";
import type { OpenMap } from "./open-map.ts";

interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export function* entryLines(
  map: OpenMap,
  entries: Iterable<Entry>,
  labels: Labels,
  programs: Programs,
  paint: Paint,
): Generator<string> {
  const { layout } = map;
  const keys = layout.key.columns.length;
  const runs = layout.programColumn === null ? -1 : keys + layout.programColumn;
  const labelled = labels !== noLabels;
  const header = layout.columns.map((column) => column.path);
  const right = layout.columns.flatMap((column, index) =>
    column.align === "number" && index !== runs ? [index + (labelled && index >= keys ? 1 : 0)] : [],
  );
  if (labelled) header.splice(keys, 0, "");
  function* rows(): Generator<readonly string[]> {
    for (const { key, value } of entries) {
      const cells = [...formatEntryCells(layout, key, value).cells];
      if (programs !== null && runs >= 0) cells[runs] = sayProgram(programIn(layout, value), programs);
      if (labelled) cells.splice(keys, 0, labels(key, cells.slice(keys)) ?? "");
      yield cells;
    }
  }
  yield* columnLines(header, rows(), { head: paint.dim, right });
}

/** Names of the programs that entries run, by id; null where they run none. */
export type Programs = ReadonlyMap<number, string> | null;
export async function programsFor({ layout, peer }: OpenMap): Promise<Programs> {
  return layout.programColumn === null ? null : programNames(peer);
}

/** Beside key and value in JSON: the program that the entry runs. */
export function programJsonOf({ layout }: OpenMap, value: Uint8Array, programs: Programs) {
  const id = programIn(layout, value);
  if (programs === null) return {};
  return { program: id === 0 ? null : { id, name: programs.get(id) ?? null } };
}

/** What stands beside an entry; given its key and the cells of its value. */
export type Labels = (key: Uint8Array, cells: readonly string[]) => string | null;
export const noLabels: Labels = () => null;

/** XDP's actions beside an array of them; interfaces beside a devmap's, where the namespace is known. */
export async function labelsFor(map: OpenMap): Promise<Labels> {
  const { layout, description, peer } = map;
  if (isDevmap(layout.type)) {
    const names = await devmapNames(peer, description.map.id);
    return (_, [ifindex]) => names.get(Number(ifindex)) ?? null;
  }
  if (keyLabel(layout, Buffer.alloc(4), true) === null) return noLabels;
  const { maps } = await peer.request("maps.list", {});
  const users = maps.find((listed) => listed.id === description.map.id)?.programs ?? [];
  if (!users.some((program) => program.type === "xdp")) return noLabels;
  return (key) => keyLabel(layout, key, true);
}
