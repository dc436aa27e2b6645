/** Many entries in one message: written or deleted in the kernel's batches, and told exactly how many of them. */
import type { z } from "zod";
import { fail } from "../protocol/failures.ts";
import type {
  MapBatchResult,
  mapDeleteBatchParams,
  mapMatch,
  mapMatchParams,
  mapWriteBatchParams,
} from "../protocol/map-batches.ts";
import { asFailure, isKernelError } from "./failures.ts";
import { type MapsContext, nameOf, sized } from "./maps.ts";
import { inNamespace } from "./namespaces.ts";
import type { MapHandle } from "./native/face.ts";

/** Types whose entries two writers can add at once without waiting for each other: a hash has a lock a bucket. */
const sideBySide: ReadonlySet<number> = new Set([1]);

/**
 * Batches of one map go in one after the other, or two at a time where the kernel takes them so: while it writes, the next
 * one is unpacked here. Keys that are in several batches at once end as any of them.
 */
export function createBatchWriter({ native, handles }: MapsContext) {
  const writing = new Map<number, readonly Promise<unknown>[]>();
  return async (params: z.infer<typeof mapWriteBatchParams>): Promise<MapBatchResult> => {
    const { id, count } = params;
    const before = writing.get(id) ?? [];
    const written = handles.use(id, `write map id ${id}`, async (handle) => {
      const { info, valueStride } = handle;
      const keys = sized(params.keys, count * info.keySize, "key", info);
      const values = sized(params.values, count * valueStride, "value", info);
      // the one before the last may still be at it where two can be
      await before.at(sideBySide.has(info.type) ? -2 : -1);
      return counted(handle, "write", count, () =>
        params.netns === null
          ? handle.writeBatch(keys, values, count)
          : // a devmap looks each ifindex up in the namespace of whoever writes it: on this thread, which is in there
            inNamespace(native, params.netns, () => handle.updateBatch(keys, values, count)),
      );
    });
    const settled = written.catch(() => undefined);
    writing.set(id, [...before.slice(-1), settled]);
    try {
      return await written;
    } finally {
      if (writing.get(id)?.at(-1) === settled) writing.delete(id);
    }
  };
}

export function deleteBatch(
  { handles }: Pick<MapsContext, "handles">,
  params: z.infer<typeof mapDeleteBatchParams>,
): Promise<MapBatchResult> {
  return handles.use(params.id, `delete from map id ${params.id}`, (handle) => {
    const keys = sized(params.keys, params.count * handle.info.keySize, "key", handle.info);
    return counted(handle, "delete from", params.count, () => handle.deleteBatch(keys, params.count));
  });
}

async function counted(
  handle: MapHandle,
  verb: string,
  count: number,
  work: () => number | Promise<number>,
): Promise<MapBatchResult> {
  try {
    return { done: Math.min(count, await work()), refused: null };
  } catch (error) {
    if (!isKernelError(error)) throw error;
    const { message } = asFailure(error, { doing: `${verb} map ${nameOf(handle.info)}` });
    return { done: error.done ?? 0, refused: { code: error.code, errno: error.errno, message } };
  }
}

const trie = 11;

/**
 * The kernel's own answer, and the length of the entry that gave it. A look-up does not tell the length; the walk does:
 * trie_get_next_key() of kernel/bpf/lpm_trie.c goes on from a key that is there, and starts from the beginning for one
 * that is not.
 */
export function matchInMap(
  { handles }: Pick<MapsContext, "handles">,
  params: z.infer<typeof mapMatchParams>,
): Promise<z.infer<typeof mapMatch>> {
  return handles.use(params.id, `look up in map id ${params.id}`, (handle) => {
    const { info } = handle;
    if (info.type !== trie) {
      fail({ kind: "bad-value", field: "id", message: `match in map ${nameOf(info)}: it is no LPM trie` });
    }
    const key = sized(params.key, info.keySize, "key", info);
    const longest = key.readUInt32LE(0);
    const value = handle.lookup(key);
    if (value === null) return { value: null, prefixLength: null };
    const first = handle.nextKey(null);
    for (let length = Math.min(longest, (info.keySize - 4) * 8); length >= 0; length -= 1) {
      key.writeUInt32LE(length, 0);
      // Kernels before 6.13 take another entry of that length for this one: it must answer as the whole address did.
      const answer = handle.lookup(key);
      if (answer === null) break;
      const next = handle.nextKey(key);
      const there = next === null || first === null || !next.equals(first);
      if (there && answer.equals(value)) return { value: value.toString("base64"), prefixLength: length };
    }
    return { value: value.toString("base64"), prefixLength: null };
  });
}
