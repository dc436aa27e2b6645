/** xdpw map list: the kernel's maps and who uses them. */
import type { MapShown } from "../../protocol/manage-maps.ts";
import { mapsInScope } from "../maps/find-map.ts";
import { overview } from "../maps/manage-maps.ts";
import { mapFlagNames } from "../object/map-flags.ts";
import { wantedPlace } from "./choose-place.ts";
import { columns } from "./columns.ts";
import type { Answer, CommandContext } from "./command.ts";
import { mapJson } from "./json-shapes.ts";

export async function runMapList(context: CommandContext): Promise<Answer> {
  const { typed, workbench, paint } = context;
  const peer = await workbench.helpers.elevated("list maps");
  const wanted = new Set((await mapsInScope(peer, wantedPlace(typed))).map(({ id }) => id));
  const maps = (await overview(peer)).filter(({ id }) => wanted.has(id));
  const rows = maps.map((map) => [
    ...[`${map.id}`, map.name || "-", map.type, `${map.keySize}`, `${map.valueSize}`, `${map.maxEntries}`],
    map.memory === null ? "-" : kibibytes(map.memory),
    usersOf(map) || "-",
  ]);
  const header = ["id", "name", "type", "key", "value", "max entries", "KiB", "used by"];
  return {
    ok: true,
    text: rows.length === 0 ? "no maps\n" : columns(header, rows, { head: paint.dim, right: [0, 3, 4, 5, 6] }),
    json: { value: maps.map(shownJson) },
  };
}

function kibibytes(bytes: string): string {
  return `${Math.max(1, Math.round(Number(bytes) / 1024))}`;
}

function usersOf({ programs, pins, processes, outers, frozen }: MapShown): string {
  return [
    ...(frozen ? ["frozen"] : []),
    ...programs.map(({ id, name }) => `${name || "-"} (${id})`),
    ...pins,
    ...processes.map(({ pid, name }) => `${name} [${pid}]`),
    ...outers.map((id) => `map ${id}`),
  ].join(", ");
}

function shownJson(map: MapShown) {
  const { flags, btfId, memory, frozen, programs, pins, processes, outers, ownerType } = map;
  return {
    ...mapJson(map),
    ...{ flags: mapFlagNames(flags), btf_id: btfId === 0 ? null : btfId },
    ...{ memory_bytes: memory === null ? null : Number(memory), frozen, programs, pins, processes, outer_maps: outers },
    ...(ownerType === null ? {} : { owner_type: ownerType }),
  };
}
