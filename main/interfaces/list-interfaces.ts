/** All namespaces where we may, else our own: asks nobody for a password. */
import type { InterfaceCounters, InterfaceDetails, InterfaceSamples } from "../../protocol/interface-details.ts";
import type { InterfaceListing, Place } from "../../protocol/interfaces.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";

export async function listInterfaces(helpers: HelperPool): Promise<InterfaceListing> {
  const elevated = await helpers.elevatedIfFree();
  return elevated?.request("interfaces.list", {}) ?? (await helpers.plain()).request("interfaces.list", {});
}

export async function describeInterface(helpers: HelperPool, place: Place): Promise<InterfaceDetails> {
  const elevated = await helpers.elevatedIfFree();
  return (
    elevated?.request("interfaces.describe", { place }) ??
    (await helpers.plain()).request("interfaces.describe", { place })
  );
}

export async function countInterface(helpers: HelperPool, place: Place): Promise<InterfaceCounters> {
  const elevated = await helpers.elevatedIfFree();
  return (
    elevated?.request("interfaces.counters", { place }) ??
    (await helpers.plain()).request("interfaces.counters", { place })
  );
}

export async function sampleInterface(helpers: HelperPool, place: Place, since: number): Promise<InterfaceSamples> {
  const elevated = await helpers.elevatedIfFree();
  return (
    elevated?.request("interfaces.samples", { place, since }) ??
    (await helpers.plain()).request("interfaces.samples", { place, since })
  );
}
