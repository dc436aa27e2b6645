/** Of every map of the machine: its memory, whether it is frozen, and who holds it. */
import type { MapUse } from "../protocol/manage-maps.ts";
import type { MapListed } from "../protocol/maps.ts";
import { type MapFacts, readMapFacts } from "./map-facts.ts";
import { createPinLister } from "./map-pins.ts";
import { mapProcesses } from "./map-processes.ts";
import type { MapLister } from "./maps.ts";
import type { NativeFace } from "./native/face.ts";

/** Other requests get their turn at least so often, ms. */
const sliceMilliseconds = 5;
/** Entries of one map of maps that are looked at. */
const mostInner = 4096;

export function createMapUses(native: NativeFace, lister: MapLister, isHeld: (id: number) => boolean) {
  const pause = sliced();
  const pinsOf = createPinLister(native, pause);
  let looking: Promise<MapUse[]> | null = null;

  const look = async (): Promise<MapUse[]> => {
    const maps = lister.list();
    const pins = await pinsOf();
    const processes = await mapProcesses(pause);
    const outers = new Map<number, number[]>();
    const uses: MapUse[] = [];
    for (const map of maps) {
      await pause();
      const now = lookAt(native, lister, map);
      for (const inner of now.inner) outers.set(inner, [...(outers.get(inner) ?? []), map.id]);
      uses.push({
        ...{ id: map.id, ...now.facts, pins: [...(pins.get(map.id) ?? [])], outers: [], held: isHeld(map.id) },
        processes: [...(processes.get(map.id) ?? [])],
      });
    }
    return uses.map((use) => ({ ...use, outers: outers.get(use.id) ?? [] }));
  };
  /** several windows that ask at once get one answer */
  return (): Promise<MapUse[]> => {
    looking ??= look().finally(() => {
      looking = null;
    });
    return looking;
  };
}

/** A program array is not opened again: `docs/decisions/0015-maps-are-opened-once.md`. */
function lookAt(
  native: NativeFace,
  lister: MapLister,
  { id, type }: MapListed,
): { readonly facts: MapFacts; readonly inner: readonly number[] } {
  const remembered = { facts: lister.factsOf(id), inner: [] };
  if (type === "prog_array") return remembered;
  try {
    const handle = native.openMap(id);
    try {
      const holdsMaps = type === "array_of_maps" || type === "hash_of_maps";
      return { facts: readMapFacts(handle), inner: holdsMaps ? innerMaps(handle) : [] };
    } finally {
      handle.close();
    }
  } catch {
    // gone since it was listed
    return remembered;
  }
}

function innerMaps(handle: ReturnType<NativeFace["openMap"]>): readonly number[] {
  const found = new Set<number>();
  let key = handle.nextKey(null);
  for (let count = 0; key !== null && count < mostInner; count++) {
    const value = handle.lookup(key);
    // a number of this machine's
    if (value !== null) found.add(new Uint32Array(value.buffer, value.byteOffset, 1)[0] ?? 0);
    key = handle.nextKey(key);
  }
  return [...found];
}

function sliced(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < sliceMilliseconds) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}
