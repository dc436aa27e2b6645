/**
 * Map names that the kernel cut at 15 characters (BPF_OBJ_NAME_LEN), whole again: the BTF that came with the object
 * names every map of it in the data section ".maps".
 */
import { Failed } from "../../protocol/failures.ts";
import type { MapListed, MapSummary } from "../../protocol/maps.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { describeMaps, type ObjectMap } from "../object/describe-maps.ts";
import { type Btf, readBtf } from "../object/read-btf.ts";

const keptOfName = 15;
/** Lists are read every other second, and BTF never changes: its ids are not used again before a reboot. */
const read = new WeakMap<ElevatedPeer, Map<number, Promise<Definitions>>>();
const mostRead = 200;

/** What the object's BTF says of its maps. */
interface Definitions {
  readonly btf: Btf | null;
  readonly maps: readonly ObjectMap[];
}

const none: Definitions = { btf: null, maps: [] };

export async function withWholeNames(peer: ElevatedPeer, maps: readonly MapListed[]): Promise<readonly MapListed[]> {
  return Promise.all(
    maps.map(async (map) => {
      const definitions = map.name.length === keptOfName ? await definitionsOf(peer, map, maps) : [];
      const name = wholeName(map, definitions);
      return name === null ? map : { ...map, name };
    }),
  );
}

/** Devmaps, CPU maps and their like are loaded without BTF: then that of another map of the same program. */
function sourceOfBtf(map: MapListed, maps: readonly MapListed[]): MapSummary | null {
  if (map.btfId !== 0) return map;
  const users = new Set(map.programs.map(({ id }) => id));
  return maps.find((other) => other.btfId !== 0 && other.programs.some(({ id }) => users.has(id))) ?? null;
}

/** The maps of the object that a map came with; empty where its BTF is not to be had. */
export async function definitionsOf(
  peer: ElevatedPeer,
  map: MapListed,
  maps: readonly MapListed[],
): Promise<readonly ObjectMap[]> {
  return (await readOf(peer, map, maps)).maps;
}

/** These are loaded without BTF (libbpf drops it), and what is in them is the program's own all the same. */
const keepsNoBtf: ReadonlySet<string> = new Set(["queue", "stack", "bloom_filter", "hash_of_maps", "sockhash"]);

export interface DeclaredTypes {
  readonly key: { readonly btf: Btf; readonly typeId: number } | null;
  readonly value: { readonly btf: Btf; readonly typeId: number } | null;
}

/** Of a map that carries no BTF: what its object declares its key and value to be, where one definition fits it. */
export async function declaredTypes(
  peer: ElevatedPeer,
  map: MapSummary,
  list: () => Promise<readonly MapListed[]>,
): Promise<DeclaredTypes> {
  const unknown = { key: null, value: null };
  if (!keepsNoBtf.has(map.type) || map.btfKeyTypeId !== 0 || map.btfValueTypeId !== 0) return unknown;
  const maps = await list();
  const listed = maps.find(({ id }) => id === map.id);
  const { btf, maps: definitions } = listed === undefined ? none : await readOf(peer, listed, maps);
  if (btf === null || listed === undefined) return unknown;
  const [only, ...others] = definitions.filter(
    ({ name, type, keySize, valueSize }) =>
      (name === listed.name || (listed.name.length === keptOfName && name.slice(0, keptOfName) === listed.name)) &&
      type === map.type &&
      keySize === map.keySize &&
      valueSize === map.valueSize,
  );
  if (only === undefined || others.length > 0) return unknown;
  const part = (typeId: number) => (typeId === 0 ? null : { btf, typeId });
  return { key: part(only.keyTypeId), value: part(only.valueTypeId) };
}

async function readOf(peer: ElevatedPeer, map: MapListed, maps: readonly MapListed[]): Promise<Definitions> {
  const source = sourceOfBtf(map, maps);
  if (source === null) return none;
  const { id, btfId } = source;
  const known = read.get(peer) ?? new Map<number, Promise<Definitions>>();
  read.set(peer, known);
  const there = known.get(btfId);
  if (there !== undefined) return there;
  if (known.size >= mostRead) known.clear();
  const asked = readDefinitions(peer, id);
  known.set(btfId, asked);
  return asked;
}

async function readDefinitions(peer: ElevatedPeer, id: number): Promise<Definitions> {
  try {
    const { btf } = await peer.request("maps.describe", { id });
    const parsed = btf === null ? null : readBtf(Buffer.from(btf, "base64"));
    return parsed?.ok === true ? { btf: parsed.btf, maps: describeMaps(parsed.btf) } : none;
  } catch (error) {
    // gone since it was listed: its name goes with it
    if (error instanceof Failed) return none;
    throw error;
  }
}

/** Null where none of the definitions fits, or several do: then the kernel's name is all that is sure. */
export function wholeName(map: MapSummary, definitions: readonly ObjectMap[]): string | null {
  const fitting = definitions.filter(
    (one) =>
      one.name.length > keptOfName &&
      one.name.slice(0, keptOfName) === map.name &&
      one.type === map.type &&
      one.keySize === map.keySize &&
      one.valueSize === map.valueSize &&
      (map.btfKeyTypeId === 0 || one.keyTypeId === map.btfKeyTypeId) &&
      (map.btfValueTypeId === 0 || one.valueTypeId === map.btfValueTypeId),
  );
  const [only, ...others] = fitting;
  return only === undefined || others.length > 0 ? null : only.name;
}
