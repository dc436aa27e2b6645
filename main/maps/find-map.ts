/** A map by `id:N`, `pinned:PATH` or name, among all or those of the program attached to an interface. */
import { fail } from "../../protocol/failures.ts";
import type { MapListed } from "../../protocol/maps.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { findInterface, sayNetns } from "../interfaces/find-interface.ts";
import { listed } from "./list-maps.ts";

export interface MapScope {
  readonly netns: string | null;
  /** null: of every interface in the namespace; with netns null too, all maps */
  readonly device: string | null;
}

/** @throws Failed `not-found`, `ambiguous` with the ids, `usage` */
export async function findMap(peer: ElevatedPeer, reference: string, scope: MapScope): Promise<number> {
  if (reference.startsWith("id:")) {
    const text = reference.slice(3);
    if (!/^[1-9]\d{0,9}$/.test(text)) {
      return fail({
        kind: "usage",
        message: `map ${reference}: "${text}" is not a map id; ids are numbers, such as id:42`,
      });
    }
    return Number(text);
  }
  if (reference.startsWith("pinned:")) return (await peer.request("maps.pinned", { path: reference.slice(7) })).id;
  const maps = await mapsInScope(peer, scope);
  // The kernel keeps 15 characters of a name: what it cut is compared as far as it goes, and may be said as it cut it.
  const whole = maps.filter((map) => map.name === reference);
  const matches =
    whole.length > 0
      ? whole
      : maps.filter(({ name }) =>
          name.length === 15 ? reference.startsWith(name) : reference.length === 15 && name.startsWith(reference),
        );
  const [only, ...others] = matches;
  const where =
    scope.device === null && scope.netns === null
      ? "in the kernel"
      : `used by what is attached ${scope.device === null ? "" : `to ${scope.device} `}in ${sayNetns(scope.netns)}`;
  if (only === undefined) {
    const known = maps.slice(0, 12).map((map) => `${map.name} (id ${map.id})`);
    return fail({
      kind: "not-found",
      what: "map",
      name: reference,
      message: `map ${reference}: none of that name ${where}; there is ${known.join(", ") || "none"}${maps.length > 12 ? ", …" : ""}`,
    });
  }
  if (others.length > 0) {
    const ids = matches.map((map) => map.id);
    return fail({
      kind: "ambiguous",
      name: reference,
      ids,
      message: `map ${reference}: ${matches.length} maps have that name ${where}: say ${ids.map((id) => `id:${id}`).join(" or ")}`,
    });
  }
  return only.id;
}

/** @throws Failed `not-found` where the interface is not there */
export async function mapsInScope(peer: ElevatedPeer, scope: MapScope): Promise<readonly MapListed[]> {
  const maps = await listed(peer);
  if (scope.device === null && scope.netns === null) return maps;
  const listing = await peer.request("interfaces.list", {});
  const devices =
    scope.device === null
      ? listing.interfaces.filter((device) => device.netns === scope.netns)
      : [findInterface(listing, scope.netns, scope.device)];
  const programs = new Set(devices.flatMap((device) => device.attached.map((program) => program.id)));
  return maps.filter((map) => map.programs.some((user) => programs.has(user.id)));
}
