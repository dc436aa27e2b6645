/** All maps of the machine, where we may list them without asking. */
import type { MapListed } from "../../protocol/maps.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";

export async function listMaps(helpers: HelperPool): Promise<readonly MapListed[]> {
  const peer = await helpers.elevatedIfFree();
  return peer === null ? [] : (await peer.request("maps.list", {})).maps;
}
