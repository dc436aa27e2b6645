/** Maps of maps: an entry's value is the id of another map, and only maps like the one that it was made with fit. */
import type { InnerMaps } from "../../protocol/manage-maps.ts";
import type { MapListed, MapSummary } from "../../protocol/maps.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { typedId } from "./entry-program.ts";
import { listed } from "./list-maps.ts";
import { definitionsOf } from "./whole-names.ts";

/** include/uapi/linux/bpf.h */
const anyLength = 1 << 12;

export function holdsMaps({ type }: Pick<MapSummary, "type">): boolean {
  return type === "array_of_maps" || type === "hash_of_maps";
}

/** What was chosen for an entry, "flows (id 42)" or "id:42", as the number that the table's layout takes. */
export function innerCell(cell: string): string {
  const id = typedId(cell);
  return id === null || id === 0 ? cell : `${id}`;
}

/** How an inner map reads, and may be typed. */
export function sayInner({ id, name }: Pick<MapSummary, "id" | "name">): string {
  return name === "" ? `id ${id}` : `${name} (id ${id})`;
}

type Like = NonNullable<InnerMaps["like"]>;

/** What fits into a map of maps: told by an entry of it, else by the object that it came with. */
export async function innerMaps(peer: ElevatedPeer, id: number): Promise<InnerMaps> {
  const maps = await listed(peer);
  const outer = maps.find((map) => map.id === id);
  const like = outer === undefined ? null : ((await ofEntry(peer, outer, maps)) ?? (await ofObject(peer, outer, maps)));
  const others = maps.filter((map) => map.id !== id && !holdsMaps(map) && map.type !== "prog_array");
  const fitting = like === null ? others : others.filter((map) => fits(map, like));
  return { like, fitting: fitting.map(({ id: of, name }) => ({ id: of, name })) };
}

/** How the column of inner maps reads and what may be typed there; and names by id. */
export async function innerChoices(peer: ElevatedPeer, id: number) {
  const [{ fitting }, maps] = await Promise.all([innerMaps(peer, id), listed(peer)]);
  const hint =
    "a map of this machine that fits, by its id, or chosen by name: one like those that the outer map was made for";
  return {
    column: {
      type: "map",
      align: "text" as const,
      hint,
      choices: fitting.map(sayInner),
      formats: [],
      counts: false,
      shown: "auto" as const,
    },
    names: new Map(maps.map((map) => [map.id, map.name])),
  };
}

/** bpf_map_meta_equal() of kernel/bpf/map_in_map.c, array_map_meta_equal() of kernel/bpf/arraymap.c */
function fits(map: MapListed, like: Like): boolean {
  const { type, keySize, valueSize, maxEntries, flags } = like;
  if (map.type !== type || map.keySize !== keySize || map.valueSize !== valueSize || map.flags !== flags) return false;
  return type !== "array" || (flags & anyLength) !== 0 || map.maxEntries === maxEntries;
}

async function ofEntry(peer: ElevatedPeer, { id }: MapListed, maps: readonly MapListed[]): Promise<Like | null> {
  const page = await peer.request("maps.page", { id, cursor: null, count: 1 });
  if (page.count === 0) return null;
  const inner = Buffer.from(page.values, "base64").readUInt32LE(0);
  const found = maps.find((map) => map.id === inner);
  return found === undefined ? null : shapeOf(found);
}

async function ofObject(peer: ElevatedPeer, outer: MapListed, maps: readonly MapListed[]): Promise<Like | null> {
  const definitions = await definitionsOf(peer, outer, maps);
  const fitting = definitions.filter(({ name, type }) => name === outer.name && type === outer.type);
  const inner = fitting.length === 1 ? fitting[0]?.inner : null;
  return inner === null || inner === undefined ? null : shapeOf(inner);
}

function shapeOf({ type, keySize, valueSize, maxEntries, flags }: Omit<Like, never>): Like {
  return { type, keySize, valueSize, maxEntries, flags };
}
