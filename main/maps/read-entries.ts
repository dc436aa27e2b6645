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
  description: MapDescription,
  limit: number,
  token: CancellationToken | undefined,
): Promise<{ readonly entries: readonly RawEntry[]; readonly total: number } | null> {
  const entries: RawEntry[] = [];
  const seen = description.map.type === "lpm_trie" ? new Set<string>() : null;
  let twice = false;
  const total = await eachPage(peer, description, token, (page) => {
    for (const entry of page) {
      if (seen !== null) {
        const text = entry.key.toString("latin1");
        twice ||= seen.has(text);
        seen.add(text);
      }
      if (entries.length < limit) entries.push(entry);
    }
    return !twice;
  });
  return twice ? null : { entries, total };
}

/** One walk, a page at a time; `take` may end it with false. @returns how many entries there were */
export async function eachPage(
  peer: ElevatedPeer,
  { map, valueStride }: MapDescription,
  token: CancellationToken | undefined,
  take: (page: readonly RawEntry[]) => boolean | void,
): Promise<number> {
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
    const entries = Array.from({ length: page.count }, (_, index) => ({
      key: keys.subarray(index * map.keySize, (index + 1) * map.keySize),
      value: values.subarray(index * valueStride, (index + 1) * valueStride),
    }));
    total += page.count;
    if (take(entries) === false) return total;
    cursor = page.cursor;
  } while (cursor !== null && total <= map.maxEntries + pageEntries);
  return total;
}
