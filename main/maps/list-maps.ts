/** All maps of the machine, where we may list them without asking. */
import type { MapListed } from "../../protocol/maps.ts";
import type { ElevatedPeer, HelperPool } from "../helpers/helper-pool.ts";
import { shownName } from "./section-map.ts";
import { withWholeNames } from "./whole-names.ts";

export async function listMaps(helpers: HelperPool): Promise<readonly MapListed[]> {
  const peer = await helpers.elevatedIfFree();
  return peer === null ? [] : listed(peer);
}

/** Sections by their own names: ".data" for the kernel's "program.data"; names that the kernel cut, whole. */
export async function listed(peer: ElevatedPeer): Promise<readonly MapListed[]> {
  const { maps } = await peer.request("maps.list", {});
  return (await withWholeNames(peer, maps)).map((map) => ({ ...map, name: shownName(map) }));
}
