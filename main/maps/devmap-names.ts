/** The interfaces that a devmap's numbers mean: those beside the interface whose program uses the map. */
import { fail } from "../../protocol/failures.ts";
import type { InterfaceListing } from "../../protocol/interfaces.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { sayNetns } from "../interfaces/find-interface.ts";

const devmaps: ReadonlySet<string> = new Set(["devmap", "devmap_hash"]);

export function isDevmap(type: string): boolean {
  return devmaps.has(type);
}

/** ifindex to name, in the namespace where a program that uses the map is attached; empty where none is */
export async function devmapNames(peer: ElevatedPeer, id: number): Promise<ReadonlyMap<number, string>> {
  const [{ maps }, listing] = await Promise.all([peer.request("maps.list", {}), peer.request("interfaces.list", {})]);
  const users = new Set(maps.find((map) => map.id === id)?.programs.map((program) => program.id));
  const home = listing.interfaces.find((device) => device.attached.some((program) => users.has(program.id)));
  if (home === undefined) return new Map();
  return new Map(
    listing.interfaces.filter((device) => device.netns === home.netns).map((device) => [device.ifindex, device.name]),
  );
}

/** An interface's name where its number is meant. @throws Failed `bad-value` */
export function ifindexCell(listing: InterfaceListing, netns: string | null, cell: string): string {
  if (/^\s*(0x[0-9a-f]+|\d+)\s*$/i.test(cell)) return cell;
  const name = cell.trim();
  const device = listing.interfaces.find((candidate) => candidate.netns === netns && candidate.name === name);
  if (device !== undefined) return `${device.ifindex}`;
  const names = listing.interfaces.filter((candidate) => candidate.netns === netns).map((candidate) => candidate.name);
  return fail({
    kind: "bad-value",
    field: "ifindex",
    message: `ifindex: no interface called ${JSON.stringify(name)} in ${sayNetns(netns)}; there is ${names.join(", ") || "none"}, or give an ifindex`,
  });
}
