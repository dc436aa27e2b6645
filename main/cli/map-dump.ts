/** xdpw map dump: every entry, however many. */
import { type RawEntry, readEntries } from "../maps/read-entries.ts";
import { formatEntryJson } from "../tables/format-entry.ts";
import type { Answer, CommandContext } from "./command.ts";
import { entryLines, labelsFor, noLabels, programJsonOf, type Programs, programsFor } from "./entry-text.ts";
import { mapJson } from "./json-shapes.ts";
import { type OpenMap, openMap } from "./open-map.ts";

export async function runMapDump(context: CommandContext): Promise<Answer> {
  const { typed, token, note, paint } = context;
  const map = await openMap(context, "read");
  const { entries, total } = await readEntries(map.peer, map.description, Number.POSITIVE_INFINITY, token);
  const labels = typed.flags["json"] === true ? noLabels : await labelsFor(map);
  const programs = await programsFor(map);
  note(`${map.called}, ${map.layout.type}: ${total} of at most ${map.layout.maxEntries} entries`);
  return {
    ok: true,
    text: entryLines(map, entries, labels, programs, paint),
    json: { pieces: jsonPieces(map, entries, programs) },
  };
}

function* jsonPieces(map: OpenMap, entries: readonly RawEntry[], programs: Programs): Generator<string> {
  yield `{"map":${JSON.stringify(mapJson(map.description.map))},"entries":[`;
  let separator = "";
  for (const { key, value } of entries) {
    yield `${separator}${JSON.stringify({ ...formatEntryJson(map.layout, key, value), ...programJsonOf(map, value, programs) })}`;
    separator = ",";
  }
  yield "]}";
}
