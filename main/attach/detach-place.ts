/** Takes off what is attached: exactly the program that was seen there. */
import type { Detachment, DetachParams } from "../../protocol/attach.ts";
import { fail } from "../../protocol/failures.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { findPlace, sayNetns } from "../interfaces/find-interface.ts";
import type { Attachments } from "./attachments.ts";
import { checkForeign } from "./check-foreign.ts";

/** @throws Failed `not-found` where nothing is attached, `foreign-program`, `no-privilege`, `kernel` */
export async function detachPlace(
  helpers: HelperPool,
  attachments: Attachments,
  params: DetachParams,
): Promise<Detachment> {
  const { place } = params;
  const elevated = await helpers.elevated(`detach from ${place.name}`);
  const listing = await elevated.request("interfaces.list", {});
  const device = findPlace(listing, place);
  const current = checkForeign(device, attachments, params.replace, "detach");
  if (current === null) {
    return fail({
      kind: "not-found",
      what: "attached program",
      name: place.name,
      message: `detach from ${place.name} in ${sayNetns(place.netns)}: nothing is attached there`,
    });
  }
  const done = await elevated.request("attach.detach", { place, expected: { mode: current.mode, id: current.id } });
  // of several places the others stay ours
  const places = listing.interfaces.filter(({ attached }) => attached.some(({ id }) => id === current.id));
  if (places.length === 1) attachments.forget(current);
  return done;
}
