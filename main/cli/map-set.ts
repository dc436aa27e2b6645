/** xdpw map set: writes one entry, and shows it as the kernel has it then. */
import { setTwin } from "../commands/twins.ts";
import { ifindexCell, isDevmap } from "../maps/devmap-names.ts";
import { isMappable, patchesOf } from "../maps/patch-section.ts";
import { parseKeyText, parseValueText } from "../tables/parse-entry.ts";
import { fail } from "../../protocol/failures.ts";
import { type Answer, type CommandContext, neededArgument } from "./command.ts";
import { entryAnswer } from "./map-get.ts";
import { setVariable, variableOf } from "./map-variable.ts";
import { lookUp, noEntry, type OpenMap, openMap, typedBytes } from "./open-map.ts";

export async function runMapSet(context: CommandContext): Promise<Answer> {
  const { typed, token, commands } = context;
  const map = await openMap(context, "write");
  const { readOnly } = map.layout;
  if (readOnly !== null) return fail({ kind: "bad-value", field: "value", message: `${map.called} ${readOnly}` });
  const typedKey = neededArgument(typed, 1);
  const variable = variableOf(map, typedKey);
  if (variable !== null) return setVariable(context, map, variable, neededArgument(typed, 2));
  const key = typedBytes(map, parseKeyText(map.layout, typedKey));
  const typedValue = await withIfindex(map, neededArgument(typed, 2));
  const before = await lookUp(map, key, token);
  const value = typedBytes(map, parseValueText(map.layout, typedValue, before));
  const { id, name } = map.description.map;
  const { netns } = map.scope;
  if (map.section !== null && before !== null && isMappable(map.description.map)) {
    const all = { path: "", offset: 0, node: map.section.root };
    await map.peer.request("maps.patch", { id, patches: [...patchesOf([all], before, value)] }, token);
  } else {
    const params = { id, key: key.toString("base64"), value: value.toString("base64"), when: "any", netns } as const;
    await map.peer.request("maps.update", params, token);
  }
  const place = { id, name, netns: isDevmap(map.layout.type) ? netns : null };
  commands(setTwin(place, key, value, "any", { key: typedKey, value: typedValue }).lines);
  // What the kernel has now, not what was asked for: an LRU map or a data plane may have been quicker.
  return entryAnswer(context, map, key, (await lookUp(map, key, token)) ?? noEntry(map, typedKey));
}

/** In a devmap an interface may be named: its ifindex, in the namespace where it is meant. @throws Failed `bad-value` */
async function withIfindex(map: OpenMap, typed: string): Promise<string> {
  if (!isDevmap(map.layout.type)) return typed;
  const named = /^\s*\{/.test(typed) ? memberOf(typed) : typed.trim();
  if (named === null || /^(\d+|0x[\da-f]*|.*")$/i.test(named)) return typed;
  const ifindex = ifindexCell(await map.peer.request("interfaces.list", {}), map.scope.netns, named);
  return named === typed.trim() ? ifindex : JSON.stringify({ ...(JSON.parse(typed) as object), ifindex });
}

function memberOf(typed: string): string | null {
  try {
    const { ifindex } = JSON.parse(typed) as { readonly ifindex?: unknown };
    return typeof ifindex === "string" ? ifindex : null;
  } catch {
    return null;
  }
}
