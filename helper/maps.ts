/** attachment ─maps▶ rows, the raw half: maps as the kernel keeps them, bytes in and bytes out. */
import { posix } from "node:path";
import type * as z from "zod";
import { fail } from "../protocol/failures.ts";
import type { MapDescription, MapListed, MapPage, MapSummary, mapKeyParams, mapPageParams } from "../protocol/maps.ts";
import { bpffs } from "./bpffs.ts";
import type { HelperContext } from "./context.ts";
import { hasCode, naming } from "./failures.ts";
import { mapTypeName, programTypeName } from "./kernel-names.ts";
import { frozenWords, type MapFacts, readMapFacts } from "./map-facts.ts";
import type { MapHandles } from "./map-handles.ts";
import type { NativeFace } from "./native/face.ts";
import type { MapHandle, MapInfo } from "./native/map-face.ts";
import { programInfo } from "./programs.ts";

export type MapsContext = Pick<HelperContext, "native"> & { readonly handles: MapHandles };

/** in base64 this and its envelope stay well under the largest message */
export const largestPageBytes = 16 * 1024 * 1024;

/**
 * A lister remembers what never changes of a map, so that looking again opens only the new ones. That is quicker, and it
 * spares program arrays: the kernel clears one when its last fd closes, in a worker, and an fd that is opened and closed
 * before the worker has run takes a reference that nobody drops (`prog_array_map_clear`, kernel/bpf/arraymap.c).
 * See `docs/decisions/0015-maps-are-opened-once.md`.
 */
export function createMapLister(native: NativeFace): MapLister {
  let known: ReadonlyMap<number, Known> = new Map();
  return {
    list() {
      const listed = listMaps(native, known);
      known = new Map(listed.map((one) => [one.map.id, one]));
      return listed.map(({ map, programs }) => ({ ...map, programs }));
    },
    factsOf: (id) => known.get(id)?.facts ?? { memory: null, frozen: false, ownerType: null },
  };
}

export interface MapLister {
  list(): MapListed[];
  /** as they were when the map was seen first */
  factsOf(id: number): MapFacts;
}
interface Known {
  readonly map: MapSummary;
  readonly facts: MapFacts;
}
interface Used extends Known {
  readonly programs: MapListed["programs"];
}

function listMaps(native: NativeFace, known: ReadonlyMap<number, Known>): Used[] {
  const users = new Map<number, { id: number; name: string; type: string }[]>();
  for (const id of naming({ doing: "list programs" }, () => native.programIds())) {
    const info = programInfo(native, id);
    for (const mapId of new Set(info?.mapIds)) {
      const of = users.get(mapId) ?? [];
      if (info !== null) of.push({ id, name: info.name, type: programTypeName(info.type) });
      users.set(mapId, of);
    }
  }
  const ids = naming({ doing: "list maps" }, () => native.mapIds());
  return ids.flatMap((id) => {
    try {
      return [{ ...(known.get(id) ?? lookOnce(native, id)), programs: users.get(id) ?? [] }];
    } catch (error) {
      if (hasCode(error, "ENOENT")) return [];
      return naming({ doing: `read map id ${id}` }, () => {
        throw error;
      });
    }
  });
}

function lookOnce(native: NativeFace, id: number): Known {
  const handle = native.openMap(id);
  try {
    return { map: summary(handle.info), facts: readMapFacts(handle) };
  } finally {
    handle.close();
  }
}

export function describeMap({ native, handles }: MapsContext, id: number): Promise<MapDescription> {
  return handles.use(id, `read map id ${id}`, (handle) => {
    const { info, valueStride } = handle;
    return {
      map: summary(info),
      valueStride,
      possibleCpus: native.possibleCpus(),
      btf: info.btfId === 0 ? null : native.btf(info.btfId).toString("base64"),
      frozen: readMapFacts(handle).frozen,
    };
  });
}

export function pageMap({ handles }: MapsContext, params: z.infer<typeof mapPageParams>): Promise<MapPage> {
  return handles.use(params.id, `read map id ${params.id}`, async (handle) => {
    const entry = handle.info.keySize + handle.valueStride;
    if (entry > largestPageBytes) {
      fail({
        kind: "too-large",
        message: `read map ${nameOf(handle.info)}: one entry is ${entry} bytes; at most ${largestPageBytes} can be shown`,
        limit: largestPageBytes,
      });
    }
    const count = Math.max(1, Math.min(params.count, Math.floor(largestPageBytes / Math.max(1, entry))));
    const cursor = params.cursor === null ? null : Buffer.from(params.cursor, "base64");
    const page = await handle.readBatch(cursor, count);
    return {
      keys: page.keys.toString("base64"),
      values: page.values.toString("base64"),
      count: page.count,
      cursor: page.cursor?.toString("base64") ?? null,
    };
  });
}

export function lookupInMap(
  { handles }: MapsContext,
  params: z.infer<typeof mapKeyParams>,
): Promise<{ value: string | null }> {
  return handles.use(params.id, `look up in map id ${params.id}`, (handle) => {
    const key = sized(params.key, handle.info.keySize, "key", handle.info);
    const value = handle.lookup(key);
    return { value: value === null || !isEntry(handle, key) ? null : value.toString("base64") };
  });
}

/**
 * In an LPM trie the kernel looks up what covers a prefix, not the entry itself. The walk goes on behind an entry that is
 * there and begins anew for one that is not (trie_get_next_key, kernel/bpf/lpm_trie.c).
 */
function isEntry(handle: MapHandle, key: Buffer): boolean {
  if (mapTypeName(handle.info.type) !== "lpm_trie") return true;
  const next = handle.nextKey(key);
  const first = handle.nextKey(null);
  return next === null || first === null || !next.equals(first);
}

export function deleteFromMap(
  { handles }: MapsContext,
  params: z.infer<typeof mapKeyParams>,
): Promise<{ deleted: boolean }> {
  return handles.use(params.id, `delete from map id ${params.id}`, (handle) => {
    const key = sized(params.key, handle.info.keySize, "key", handle.info);
    try {
      return { deleted: handle.delete(key) };
    } catch (error) {
      // the kernel says the same where privilege is missing
      if (hasCode(error, "EPERM") && readMapFacts(handle).frozen) {
        const message = `delete from map ${nameOf(handle.info)}: ${frozenWords}`;
        return fail({ kind: "bad-value", field: "id", message });
      }
      throw error;
    }
  });
}

/** Only paths of the BPF file system's usual place are opened: this process may open more than its caller. */
export function pinnedMap(native: NativeFace, path: string): { id: number } {
  if (posix.normalize(path) !== path || !path.startsWith(`${bpffs}/`)) {
    fail({
      kind: "bad-value",
      message: `open pin ${path}: pins are named by their path under ${bpffs}`,
      field: "path",
    });
  }
  const subject = { what: "pin", name: path };
  const found = naming({ doing: `open pin ${path}`, subject }, () => native.pinned(path));
  if (found.kind !== "map") {
    fail({ kind: "bad-value", message: `open pin ${path}: it is a ${found.kind}, not a map`, field: "path" });
  }
  return { id: found.id };
}

/** The next element of a queue or stack, out of it. */
export function takeFromMap(
  { handles }: Pick<MapsContext, "handles">,
  { id }: { readonly id: number },
): Promise<{ value: string | null }> {
  return handles.use(id, `take from map id ${id}`, (handle) => {
    if (!/^(queue|stack)$/.test(mapTypeName(handle.info.type))) {
      const message = `take from map ${nameOf(handle.info)}: it is no queue or stack`;
      fail({ kind: "bad-value", field: "id", message });
    }
    return { value: handle.take()?.toString("base64") ?? null };
  });
}

/** Whether a bloom filter may have seen the value: "no" is certain. */
export function containsInMap(
  { handles }: Pick<MapsContext, "handles">,
  params: { readonly id: number; readonly value: string },
): Promise<{ there: boolean }> {
  return handles.use(params.id, `look up in map id ${params.id}`, (handle) => {
    if (mapTypeName(handle.info.type) !== "bloom_filter") {
      const message = `test map ${nameOf(handle.info)}: it is no bloom filter`;
      fail({ kind: "bad-value", field: "id", message });
    }
    return { there: handle.contains(sized(params.value, handle.info.valueSize, "value", handle.info)) };
  });
}

/** `given`: base64, or bytes that came beside the message. @throws Failed `bad-value` */
export function sized(given: string | Uint8Array, size: number, field: "key" | "value", info: MapInfo): Buffer {
  const bytes =
    typeof given === "string"
      ? Buffer.from(given, "base64")
      : Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (bytes.length === size) return bytes;
  return fail({
    kind: "bad-value",
    message: `map ${nameOf(info)}: a ${field} has ${size} bytes, not ${bytes.length}`,
    field,
  });
}

export function nameOf(info: MapInfo): string {
  return info.name === "" ? `id ${info.id}` : `${info.name} (id ${info.id})`;
}

function summary(info: MapInfo): MapSummary {
  const { id, name, type, keySize, valueSize, maxEntries, flags, btfId, btfKeyTypeId, btfValueTypeId } = info;
  return {
    ...{ id, name, type: mapTypeName(type), keySize, valueSize, maxEntries, flags },
    ...{ btfId, btfKeyTypeId, btfValueTypeId },
  };
}
