/** A map as its table shows it: the kernel's description, the layout of its BTF, and what the user chose for its name. */
import type { MapDescription, MapSummary } from "../../protocol/maps.ts";
import type { RowsFace } from "../../protocol/rows.ts";
import type { Attachments } from "../attach/attachments.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { describeEntries } from "../maps/describe-entries.ts";
import { devmapNames, isDevmap } from "../maps/devmap-names.ts";
import { fittingPrograms } from "../maps/entry-program.ts";
import { listed } from "../maps/list-maps.ts";
import { ofPrograms } from "../maps/read-table.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import { keyLabel } from "../tables/key-label.ts";
import type { LabelSource } from "./arrange-rows.ts";
import { type Surroundings, usualFormat } from "./column-formats.ts";
import type { MapShapeChoice, MapShapes } from "./map-shapes.ts";
import { rowsColumns, shapeLayout } from "./shape-layout.ts";

export interface ShapedMap {
  readonly description: MapDescription;
  /** with its whole name */
  readonly map: MapSummary;
  readonly layout: MapLayout;
  readonly labels: LabelSource;
  readonly face: RowsFace;
  /** what it holds can be read as entries */
  readonly readable: boolean;
  /** the column that shows an entry's program; -1 where none does */
  readonly programColumn: number;
}

/** @throws Failed `not-found` where the map is gone */
export async function shapeMap(
  peer: ElevatedPeer,
  attachments: Attachments,
  id: number,
  shapes: MapShapes,
): Promise<ShapedMap> {
  const { description, layout: plain, section } = await describeEntries(peer, id);
  const among = (await listed(peer)).find((map) => map.id === id);
  // of a section the whole name is in its own BTF, of a map among those of its program
  const map = section === null && among !== undefined ? { ...description.map, name: among.name } : description.map;
  const choice = shapes.of(map.name);
  const devmap = isDevmap(map.type);
  const names = devmap || wantsNames(plain, choice) ? await devmapNames(peer, id) : null;
  const layout = shapeLayout(plain, choice.formats, surroundings(names));
  const labels: LabelSource = {
    usedByXdp: among?.programs.some((program) => program.type === "xdp") ?? false,
    names: devmap ? names : null,
  };
  const programColumn = layout.programColumn === null ? -1 : layout.key.columns.length + layout.programColumn;
  const fitting = programColumn < 0 ? [] : await fittingPrograms(peer, attachments, description.map);
  const { root } = layout.key;
  return {
    description,
    map,
    layout,
    labels,
    programColumn,
    readable: layout.readOnly === null || !layout.readOnly.startsWith("is a "),
    face: {
      map,
      columns: rowsColumns(plain, layout, choice.formats).map((column, index) =>
        index === programColumn ? { ...ofPrograms(column, fitting), formats: [], counts: false } : column,
      ),
      readOnly: layout.readOnly,
      resizable: layout.resizable,
      cpus: layout.perCpu ? layout.copies : 0,
      labelled: labels.names !== null || keyLabel(layout, new Uint8Array(layout.key.size), labels.usedByXdp) !== null,
      prefixBits: root.kind === "struct" && root.prefix ? (root.size - 4) * 8 : null,
      typed: { key: map.btfKeyTypeId !== 0, value: map.btfValueTypeId !== 0 },
      layouts: { key: choice.key, value: choice.value },
    },
  };
}

/** For those that write to a map what was typed into its table. */
export async function shapeForTyping(
  peer: ElevatedPeer,
  { id, name }: Pick<MapSummary, "id" | "name">,
  plain: MapLayout,
  shapes: MapShapes,
): Promise<MapLayout> {
  const choice = shapes.of(name);
  const names = wantsNames(plain, choice) ? await devmapNames(peer, id) : null;
  return shapeLayout(plain, choice.formats, surroundings(names));
}

function wantsNames(layout: MapLayout, { formats }: MapShapeChoice): boolean {
  if (Object.values(formats).includes("ifindex")) return true;
  return [...layout.key.columns, ...layout.value.columns].some((column) => usualFormat(column) === "ifindex");
}

function surroundings(names: ReadonlyMap<number, string> | null): Surroundings {
  return { interfaces: names ?? new Map(), bootedAt: bootedAt() };
}

let booted: bigint | null = null;

/** Found once: a clock that is set meanwhile must not make times jump. CLOCK_MONOTONIC is what hrtime and BPF read. */
function bootedAt(): bigint {
  booted ??= BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  return booted;
}
