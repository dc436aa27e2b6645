/** xdpw map dump: every entry, however many. */
import { checkReadable, isQueue } from "../maps/check-readable.ts";
import { type RawEntry, readEntries } from "../maps/read-entries.ts";
import { formatEntryJson } from "../tables/format-entry.ts";
import type { Answer, CommandContext } from "./command.ts";
import { entryLines, labelsFor, noLabels, programJsonOf, type Programs, programsFor } from "./entry-text.ts";
import { mapJson } from "./json-shapes.ts";
import { lookUp, type OpenMap, openMap } from "./open-map.ts";

export async function runMapDump(context: CommandContext): Promise<Answer> {
  const { typed, token, note, paint } = context;
  const map = await openMap(context, "read");
  const { entries, total } = isQueue(map.description.map) ? await peek(map, token) : await readAll(map, token);
  const labels = typed.flags["json"] === true ? noLabels : await labelsFor(map);
  const programs = await programsFor(map);
  note(`${map.called}, ${map.layout.type}: ${total} of at most ${map.layout.maxEntries} entries`);
  return {
    ok: true,
    text: entryLines(map, entries, labels, programs, paint),
    json: { pieces: jsonPieces(map, entries, programs) },
  };
}

async function readAll(map: OpenMap, token: CommandContext["token"]): ReturnType<typeof readEntries> {
  checkReadable(map.description.map);
  return readEntries(map.peer, map.description, Number.POSITIVE_INFINITY, token);
}

/** A look-up without a key shows the next element of a queue or stack, and leaves it there. */
async function peek(
  map: OpenMap,
  token: CommandContext["token"],
): Promise<{ readonly entries: readonly RawEntry[]; readonly total: string }> {
  const value = await lookUp(map, Buffer.alloc(0), token);
  return { entries: value === null ? [] : [{ key: Buffer.alloc(0), value }], total: "the next one" };
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
