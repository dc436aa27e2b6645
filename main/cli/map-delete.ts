/** xdpw map delete: one entry. */
import { fail } from "../../protocol/failures.ts";
import { deleteTwin } from "../commands/twins.ts";
import { formatJson } from "../tables/format-value.ts";
import { parseKeyText } from "../tables/parse-entry.ts";
import { type Answer, type CommandContext, neededArgument } from "./command.ts";
import { changeGuarded, confirmSeconds, untilConfirmed } from "./confirm-change.ts";
import { dryRun, tableOf } from "./dry-run.ts";
import { mapJson } from "./json-shapes.ts";
import { lookUp, noEntry, openMap, typedBytes } from "./open-map.ts";

export async function runMapDelete(context: CommandContext): Promise<Answer> {
  const { typed, token, commands, paint } = context;
  const map = await openMap(context, "write");
  const { description, layout, scope } = map;
  if (!layout.resizable || layout.readOnly !== null) {
    const why =
      layout.readOnly ?? `is of type ${layout.type}: its entries stay as long as it does, set this one instead`;
    return fail({ kind: "bad-value", field: "key", message: `${map.called} ${why}` });
  }
  const typedKey = neededArgument(typed, 1);
  const key = typedBytes(map, parseKeyText(layout, typedKey));
  if (typed.flags["dry-run"] === true) {
    const before = (await lookUp(map, key, token)) ?? noEntry(map, typedKey);
    return dryRun(context, map, tableOf(map, key, before), tableOf(map, key, null));
  }
  if (confirmSeconds(typed) !== undefined) {
    const was = (await lookUp(map, key, token)) ?? noEntry(map, typedKey);
    const title = `delete ${typedKey}`;
    const { guard } = await changeGuarded(context, map, { key, was, value: null, title });
    const text = `${paint.green("deleted")} ${typedKey} from ${map.called}\n`;
    const value = { map: mapJson(description.map), key: formatJson(layout.key, key), deleted: true };
    return untilConfirmed(context, { ok: true, text, json: { value } }, guard);
  }
  const { id, name } = description.map;
  const { deleted } = await map.peer.request("maps.delete", { id, key: key.toString("base64") }, token);
  if (!deleted) return noEntry(map, typedKey);
  commands(deleteTwin({ id, name, netns: scope.netns }, key, typedKey).lines);
  return {
    ok: true,
    text: `${paint.green("deleted")} ${typedKey} from ${map.called}\n`,
    json: { value: { map: mapJson(description.map), key: formatJson(layout.key, key), deleted } },
  };
}
