/** xdpw map match: which entry of an LPM trie answers for an address. The kernel is asked. */
import { fail } from "../../protocol/failures.ts";
import { matchEntry } from "../maps/match-entry.ts";
import { readCurrent } from "../maps/transfer/read-table.ts";
import { parseKeyText } from "../tables/parse-entry.ts";
import { type Answer, type CommandContext, neededArgument } from "./command.ts";
import { entryAnswer } from "./map-get.ts";
import { openMap, typedBytes } from "./open-map.ts";

export async function runMapMatch(context: CommandContext): Promise<Answer> {
  const { token } = context;
  const map = await openMap(context, "read");
  if (map.layout.type !== "lpm_trie") {
    const message = `${map.called} is of type ${map.layout.type}: only in an LPM trie does one entry answer for many addresses; use map get`;
    return fail({ kind: "bad-value", field: "MAP", message });
  }
  const typed = neededArgument(context.typed, 1);
  const key = typedBytes(map, parseKeyText(map.layout, typed));
  const entries = () => readCurrent(map.peer, map.description, token);
  const found = await matchEntry(map.peer, map.description, key, entries, token);
  if (found === null) {
    const message = `${map.called}: no entry matches ${typed}`;
    return fail({ kind: "not-found", what: "entry", name: typed, message });
  }
  return entryAnswer(context, map, found.key, found.value);
}
