/** xdpw map get: one entry. */
import { formatEntryJson } from "../tables/format-entry.ts";
import { parseKeyText } from "../tables/parse-entry.ts";
import { type Answer, type CommandContext, neededArgument } from "./command.ts";
import { entryLines, labelsFor, noLabels, programJsonOf, programsFor } from "./entry-text.ts";
import { mapJson } from "./json-shapes.ts";
import { variableAnswer, variableOf } from "./map-variable.ts";
import { lookUp, noEntry, type OpenMap, openMap, typedBytes } from "./open-map.ts";

export async function runMapGet(context: CommandContext): Promise<Answer> {
  const { typed, token } = context;
  const map = await openMap(context, "read");
  const typedKey = neededArgument(typed, 1);
  const variable = variableOf(map, typedKey);
  if (variable !== null) return variableAnswer(map, variable, token);
  const key = typedBytes(map, parseKeyText(map.layout, typedKey));
  const value = (await lookUp(map, key, token)) ?? noEntry(map, typedKey);
  return entryAnswer(context, map, key, value);
}

export async function entryAnswer(
  { typed, paint }: CommandContext,
  map: OpenMap,
  key: Buffer,
  value: Buffer,
): Promise<Answer> {
  const labels = typed.flags["json"] === true ? noLabels : await labelsFor(map);
  const programs = await programsFor(map);
  return {
    ok: true,
    text: entryLines(map, [{ key, value }], labels, programs, paint),
    json: {
      value: {
        ...{ map: mapJson(map.description.map), ...formatEntryJson(map.layout, key, value) },
        ...programJsonOf(map, value, programs),
      },
    },
  };
}
