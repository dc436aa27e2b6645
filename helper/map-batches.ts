/** Many entries in one message: added, and told exactly which of them. And whose answer an LPM trie gives. */
import type * as z from "zod";
import type { MapChanged } from "../protocol/changes.ts";
import { fail } from "../protocol/failures.ts";
import type { mapAddBatchParams, mapMatch, mapMatchParams } from "../protocol/map-batches.ts";
import { toChanged } from "./change-map.ts";
import { type MapsContext, nameOf, sized } from "./maps.ts";

const trie = 11;
/**
 * Types whose entries two writers can add at once without waiting much for each other: a hash has a lock a bucket, and an
 * LPM trie is locked for its walk alone, not while a node is made (measured: 0.6 of the time of one).
 */
const sideBySide: ReadonlySet<number> = new Set([1, trie]);

/**
 * Batches of one map go in one after the other, or two at a time where the kernel takes them so: while it writes, the next
 * one is unpacked here. A key that is in several batches is added by any of them.
 */
export function createBatchAdder({ handles }: MapsContext) {
  const writing = new Map<number, readonly Promise<unknown>[]>();
  return async (params: z.infer<typeof mapAddBatchParams>): Promise<MapChanged> => {
    const { id, count } = params;
    const before = writing.get(id) ?? [];
    const written = handles.use(id, `write map id ${id}`, async (handle) => {
      const { info, valueStride } = handle;
      const keys = sized(params.keys, count * info.keySize, "key", info);
      const values = sized(params.values, count * valueStride, "value", info);
      // the one before the last may still be at it where two can be
      await before.at(sideBySide.has(info.type) ? -2 : -1);
      return toChanged(await handle.addBatch(keys, values, count, params.fill));
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
