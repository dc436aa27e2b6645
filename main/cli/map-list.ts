/** xdpw map list: the kernel's maps and who uses them. */
import { mapsInScope } from "../maps/find-map.ts";
import { wantedPlace } from "./choose-place.ts";
import { columns } from "./columns.ts";
import type { Answer, CommandContext } from "./command.ts";
import { mapJson } from "./json-shapes.ts";

export async function runMapList(context: CommandContext): Promise<Answer> {
  const { typed, workbench, paint } = context;
  const scope = wantedPlace(typed);
  const maps = await mapsInScope(await workbench.helpers.elevated("list maps"), scope);
  const rows = maps.map((map) => [
    `${map.id}`,
    map.name || "-",
    map.type,
    `${map.keySize}`,
    `${map.valueSize}`,
    `${map.maxEntries}`,
    map.programs.map(({ id, name }) => `${name || "-"} (${id})`).join(", ") || "-",
  ]);
  const header = ["id", "name", "type", "key", "value", "max entries", "programs"];
  return {
    ok: true,
    text: rows.length === 0 ? "no maps\n" : columns(header, rows, { head: paint.dim, right: [0, 3, 4, 5] }),
    json: { value: maps.map((map) => ({ ...mapJson(map), programs: map.programs })) },
  };
}
