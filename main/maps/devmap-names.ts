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
  return (await homeOfMap(peer, id)).interfaces;
}

export interface MapHome {
  /** null: the workbench's own, and where no program is attached */
  readonly netns: string | null;
  readonly interfaces: ReadonlyMap<number, string>;
}

export const homeless: MapHome = { netns: null, interfaces: new Map() };

export async function homeOfMap(peer: ElevatedPeer, id: number): Promise<MapHome> {
  const [{ maps }, listing] = await Promise.all([peer.request("maps.list", {}), peer.request("interfaces.list", {})]);
  const users = new Set(maps.find((map) => map.id === id)?.programs.map((program) => program.id));
  const home = listing.interfaces.find((device) => device.attached.some((program) => users.has(program.id)));
  if (home === undefined) return homeless;
  const { netns } = home;
  const siblings = listing.interfaces.filter((device) => device.netns === netns);
  return { netns, interfaces: new Map(siblings.map(({ ifindex, name }) => [ifindex, name])) };
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
