/** xdpw map match: which entry of an LPM trie answers for an address. The kernel is asked. */
import { fail } from "../../protocol/failures.ts";
import { lengthOf, littleEndian } from "../maps/transfer/key-index.ts";
import { readCurrent } from "../maps/transfer/read-table.ts";
import { parseKeyText } from "../tables/parse-entry.ts";
import { type Answer, type CommandContext, neededArgument } from "./command.ts";
import { entryAnswer } from "./map-get.ts";
import { type OpenMap, openMap, typedBytes } from "./open-map.ts";

export async function runMapMatch(context: CommandContext): Promise<Answer> {
  const { token } = context;
  const map = await openMap(context, "read");
  if (map.layout.type !== "lpm_trie") {
    const message = `${map.called} is of type ${map.layout.type}: only in an LPM trie does one entry answer for many addresses; use map get`;
    return fail({ kind: "bad-value", field: "MAP", message });
  }
  const typed = neededArgument(context.typed, 1);
  const key = typedBytes(map, parseKeyText(map.layout, typed));
  const { id } = map.description.map;
  const { value, prefixLength } = await map.peer.request("maps.match", { id, key: key.toString("base64") }, token);
  if (value === null) {
    const message = `${map.called}: no entry matches ${typed}`;
    return fail({ kind: "not-found", what: "entry", name: typed, message });
  }
  const found = prefixLength === null ? await walkFor(map, key, token) : masked(key, prefixLength);
  return entryAnswer(context, map, found, Buffer.from(value, "base64"));
}

/** The address with the length of the entry: what the entry keeps behind its length matters to nobody. */
function masked(key: Buffer, length: number): Buffer {
  const entry = Buffer.from(key);
  new DataView(entry.buffer, entry.byteOffset, 4).setUint32(0, length, littleEndian);
  for (let bit = length; bit < (entry.length - 4) * 8; bit++) {
    const at = 4 + (bit >> 3);
    entry[at] = (entry[at] ?? 0) & ~(0x80 >> (bit & 7));
  }
  return entry;
}

/** Kernels before 6.13 do not always tell by their walk: then the longest of those that match is looked for here. */
async function walkFor(map: OpenMap, key: Buffer, token: CommandContext["token"]): Promise<Buffer> {
  const { keys, keySize, count } = await readCurrent(map.peer, map.description, token);
  let best = -1;
  for (let entry = 0; entry < count; entry++) {
    const length = lengthOf(keys, entry * keySize);
    if (length <= best || length > lengthOf(key, 0)) continue;
    const candidate = Buffer.from(keys.subarray(entry * keySize, (entry + 1) * keySize));
    if (masked(candidate, length).equals(masked(key, length))) best = length;
  }
  return masked(key, Math.max(best, 0));
}
