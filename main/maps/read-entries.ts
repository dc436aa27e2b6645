/** All entries of a map, page after page, as raw bytes. */
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../protocol/failures.ts";
import type { MapDescription } from "../../protocol/maps.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";

export interface RawEntry {
  readonly key: Buffer;
  /** valueStride bytes */
  readonly value: Buffer;
}

/** Below a bucket's size a hash batch fails; above this a page delays other requests. */
const pageEntries = 4096;
const restarts = 5;

/**
 * Entries of a changing map are a walk, not a snapshot. An LPM trie whose last read key is deleted between two pages
 * starts from its beginning again (kernel/bpf/lpm_trie.c, trie_get_next_key): seen by a key that comes twice, and
 * then read anew.
 */
export async function readEntries(
  peer: ElevatedPeer,
  description: MapDescription,
  limit: number,
  token?: CancellationToken,
): Promise<{ readonly entries: readonly RawEntry[]; readonly total: number }> {
  for (let attempt = 0; attempt < restarts; attempt++) {
    const read = await readOnce(peer, description, limit, token);
    if (read !== null) return read;
  }
  return fail({
    kind: "kernel",
    operation: "BPF_MAP_LOOKUP_BATCH",
    errno: 11,
    code: "EAGAIN",
    extack: null,
    message: `read map ${description.map.name} (id ${description.map.id}): entries are deleted faster than it can be read: try again`,
  });
}

async function readOnce(
  peer: ElevatedPeer,
  { map, valueStride }: MapDescription,
  limit: number,
  token: CancellationToken | undefined,
): Promise<{ readonly entries: readonly RawEntry[]; readonly total: number } | null> {
  const entries: RawEntry[] = [];
  const seen = map.type === "lpm_trie" ? new Set<string>() : null;
  let total = 0;
  let cursor: string | null = null;
  do {
    const page: { keys: string; values: string; count: number; cursor: string | null } = await peer.request(
      "maps.page",
      { id: map.id, cursor, count: pageEntries },
      token,
    );
    const keys = Buffer.from(page.keys, "base64");
    const values = Buffer.from(page.values, "base64");
    for (let index = 0; index < page.count; index++) {
      const key = keys.subarray(index * map.keySize, (index + 1) * map.keySize);
      if (seen !== null) {
        const text = key.toString("latin1");
        if (seen.has(text)) return null;
        seen.add(text);
      }
      if (entries.length < limit)
        entries.push({ key, value: values.subarray(index * valueStride, (index + 1) * valueStride) });
    }
    total += page.count;
    cursor = page.cursor;
  } while (cursor !== null && total <= map.maxEntries + pageEntries);
  return { entries, total };
}
