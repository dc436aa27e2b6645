/** Takes one entry out. */
import { deleteTwin, type Twin } from "../commands/twins.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { describeEntries } from "./describe-entries.ts";
import { typedKey } from "./typed-text.ts";

/** @throws Failed `kernel` (an array's entries stay), `no-privilege`, `not-found` where the map is gone */
export async function deleteEntry(
  helpers: HelperPool,
  id: number,
  key: Buffer,
): Promise<{ readonly deleted: boolean; readonly twin: Twin }> {
  const peer = await helpers.elevated(`delete from map ${id}`);
  const { description, layout } = await describeEntries(peer, id);
  const { deleted } = await peer.request("maps.delete", { id, key: key.toString("base64") });
  return { deleted, twin: deleteTwin({ id, name: description.map.name, netns: null }, key, typedKey(layout, key)) };
}
