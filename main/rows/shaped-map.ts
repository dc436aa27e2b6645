/** A map as its table shows it: the kernel's description, the layout of its BTF, and what the user chose for its name. */
import type { MapDescription, MapSummary } from "../../protocol/maps.ts";
import type { RowsFace } from "../../protocol/rows.ts";
import type { Attachments } from "../attach/attachments.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { takesLayout } from "../layouts/kept-layout.ts";
import { whyUnlisted } from "../maps/check-readable.ts";
import { describeEntries } from "../maps/describe-entries.ts";
import { homeless, homeOfMap, isDevmap } from "../maps/devmap-names.ts";
import { fittingPrograms } from "../maps/entry-program.ts";
import { holdsMaps, innerChoices } from "../maps/inner-maps.ts";
import { listed } from "../maps/list-maps.ts";
import { ofPrograms } from "../maps/read-table.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import { keyLabel } from "../tables/key-label.ts";
import type { LabelSource } from "./arrange-rows.ts";
import type { MapShapes } from "./map-shapes.ts";
import { rowsColumns, shapeLayout } from "./shape-layout.ts";
import { type PrefixShape, prefixShape } from "./tree/prefix-shape.ts";
import { surroundingsOf, typedLayoutOf, wantsNames } from "./typed-layout.ts";

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
  /** where its keys are prefixes of addresses */
  readonly prefixes: PrefixShape | null;
}

/** @throws Failed `not-found` where the map is gone */
export async function shapeMap(
  peer: ElevatedPeer,
  attachments: Attachments,
  id: number,
  shapes: MapShapes,
): Promise<ShapedMap> {
  const described = await describeEntries(peer, id);
  const { description, section } = described;
  const among = (await listed(peer)).find((map) => map.id === id);
  // of a section the whole name is in its own BTF, of a map among those of its program
  const map = section === null && among !== undefined ? { ...description.map, name: among.name } : description.map;
  const choice = shapes.of(map.name);
  const plain = typedLayoutOf(described, choice);
  const devmap = isDevmap(map.type);
  const home = devmap || wantsNames(plain, choice.formats) ? await homeOfMap(peer, id) : homeless;
  const around = surroundingsOf(home);
  const layout = shapeLayout(plain, choice.formats, around);
  const inner = holdsMaps(map) ? await innerChoices(peer, id) : null;
  const labels: LabelSource = {
    usedByXdp: among?.programs.some((program) => program.type === "xdp") ?? false,
    names: devmap ? home.interfaces : (inner?.names ?? null),
  };
  const programColumn = layout.programColumn === null ? -1 : layout.key.columns.length + layout.programColumn;
  const fitting = programColumn < 0 ? [] : await fittingPrograms(peer, attachments, description.map);
  const prefixes = prefixShape(layout);
  const unlisted = whyUnlisted(map);
  return {
    description,
    map,
    layout,
    labels,
    programColumn,
    prefixes,
    readable: unlisted === null,
    face: {
      map,
      columns: rowsColumns(plain, layout, choice.formats, around).map((column, index) =>
        inner !== null && column.from === "value"
          ? { ...column, ...inner.column }
          : index === programColumn
            ? {
                ...ofPrograms(column, fitting, map.type === "prog_array"),
                formats: [],
                shown: "auto" as const,
                counts: false,
              }
            : column,
      ),
      readOnly: layout.readOnly,
      unlisted,
      holdsMaps: inner !== null,
      resizable: layout.resizable,
      cpus: layout.perCpu ? layout.copies : 0,
      labelled: labels.names !== null || keyLabel(layout, new Uint8Array(layout.key.size), labels.usedByXdp) !== null,
      prefixes: prefixes === null ? null : { of: prefixes.kind, bits: prefixes.addressSize * 8 },
      typed: {
        key: map.btfKeyTypeId !== 0 || (described.declared?.key ?? null) !== null,
        value: map.btfValueTypeId !== 0 || (described.declared?.value ?? null) !== null,
      },
      takesLayout: takesLayout(map),
      layouts: { key: choice.key?.text ?? null, value: choice.value?.text ?? null },
    },
  };
}
