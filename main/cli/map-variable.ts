/** A variable of .data, .bss or .rodata by its name, in place of the key of the one entry that holds them all. */
import { fail } from "../../protocol/failures.ts";
import { setVariableTwin } from "../commands/twins.ts";
import { isMappable, patchesOf } from "../maps/patch-section.ts";
import { formatColumn, formatNode } from "../tables/format-value.ts";
import type { LayoutColumn } from "../tables/layout.ts";
import { parseColumn } from "../tables/parse-node.ts";
import type { Answer, CommandContext } from "./command.ts";
import { dryRun, tableOf } from "./dry-run.ts";
import { mapJson } from "./json-shapes.ts";
import { lookUp, noEntry, type OpenMap } from "./open-map.ts";

const onlyKey = Buffer.alloc(4);

/** Null where the map is no section, and for the entry's own key. @throws Failed `not-found` */
export function variableOf({ section, called }: OpenMap, typed: string): LayoutColumn | null {
  if (section === null || /^\s*\d/.test(typed)) return null;
  const found = section.root.members.find(({ name }) => name === typed);
  if (found !== undefined) return { path: found.name, offset: found.offset, node: found.node };
  const names = section.root.members.map(({ name }) => name);
  return fail({
    kind: "not-found",
    what: "variable",
    name: typed,
    message: `${called}: no variable ${typed}; there is ${names.join(", ") || "none"}`,
  });
}

export async function variableAnswer(
  map: OpenMap,
  variable: LayoutColumn,
  token: CommandContext["token"],
): Promise<Answer> {
  const bytes = (await lookUp(map, onlyKey, token)) ?? noEntry(map, "0");
  const { littleEndian } = map.layout.value;
  const value = formatNode(variable.node, bytes, variable.offset, littleEndian);
  return {
    ok: true,
    text: `${variable.path} ${formatColumn(variable, bytes, littleEndian)}\n`,
    json: { value: { map: mapJson(map.description.map), variable: variable.path, type: variable.node.type, value } },
  };
}

/** Its own bytes only, in the map's memory, where that can be mapped. @throws Failed `bad-value`, `kernel` */
export async function setVariable(
  context: CommandContext,
  map: OpenMap,
  variable: LayoutColumn,
  typed: string,
): Promise<Answer> {
  const { token, commands } = context;
  const before = (await lookUp(map, onlyKey, token)) ?? noEntry(map, "0");
  const after = Buffer.from(before);
  const failure = parseColumn(variable, typed, after, map.layout.value.littleEndian);
  if (failure !== null) {
    const { field, message } = failure;
    return fail({ kind: "bad-value", field, message: `${map.called}: ${message}` });
  }
  if (context.typed.flags["dry-run"] === true) {
    return dryRun(context, map, tableOf(map, onlyKey, before), tableOf(map, onlyKey, after));
  }
  const { id, name } = map.description.map;
  if (isMappable(map.description.map)) {
    await map.peer.request("maps.patch", { id, patches: [...patchesOf([variable], before, after)] }, token);
  } else {
    const entry = {
      key: onlyKey.toString("base64"),
      value: after.toString("base64"),
      when: "any",
      netns: null,
    } as const;
    await map.peer.request("maps.update", { id, ...entry }, token);
  }
  commands(setVariableTwin({ id, name, netns: null }, variable.path, after, typed).lines);
  return variableAnswer(map, variable, token);
}
