/** Whether a walk goes on, or the kernel started it over because the key that it stood on is gone. */
import type { MapSummary } from "../../../protocol/maps.ts";
import { lengthOf } from "./key-index.ts";

export interface OrderWatch {
  /** false where an entry came that a walk cannot come to from the one before */
  goesOn(keys: Uint8Array, count: number): boolean;
}

/** Their keys are found by number, or their batches by bucket: a deleted key sends no walk back. */
const steady: ReadonlySet<string> = new Set([
  "hash",
  "percpu_hash",
  "lru_hash",
  "lru_percpu_hash",
  "hash_of_maps",
  "array",
  "percpu_array",
  "array_of_maps",
  "prog_array",
  "perf_event_array",
  "cgroup_array",
  "devmap",
  "cpumap",
  "xskmap",
  "sockmap",
  "reuseport_sockarray",
]);

export function createOrderWatch(map: Pick<MapSummary, "type" | "keySize">): OrderWatch {
  if (map.type === "lpm_trie") return watchTrie(map.keySize);
  return steady.has(map.type) ? { goesOn: () => true } : watchTwice(map.keySize);
}

/** A key that comes twice. */
function watchTwice(keySize: number): OrderWatch {
  const seen = new Set<string>();
  return {
    goesOn(keys, count) {
      for (let index = 0; index < count; index++) {
        const key = Buffer.from(keys.buffer, keys.byteOffset + index * keySize, keySize).toString("latin1");
        if (seen.has(key)) return false;
        seen.add(key);
      }
      return true;
    },
  };
}

/**
 * trie_get_next_key() of kernel/bpf/lpm_trie.c goes from left to right, and from the longer prefix to the shorter ones that
 * hold it. What comes after another key is further right, or holds it.
 */
function watchTrie(keySize: number): OrderWatch {
  const last = new Uint8Array(keySize);
  let any = false;
  return {
    goesOn(keys, count) {
      for (let index = 0; index < count; index++) {
        const at = index * keySize;
        if (any && !follows(last, keys, at, keySize)) return false;
        any = true;
        for (let each = 0; each < keySize; each++) last[each] = keys[at + each] as number;
      }
      return true;
    },
  };
}

function follows(last: Uint8Array, keys: Uint8Array, at: number, keySize: number): boolean {
  const before = lengthOf(last, 0);
  const now = lengthOf(keys, at);
  const both = Math.min(before, now);
  for (let byte = 4, left = both; byte < keySize && left > 0; byte++, left -= 8) {
    const mask = left >= 8 ? 0xff : (0xff << (8 - left)) & 0xff;
    const one = (last[byte] as number) & mask;
    const other = (keys[at + byte] as number) & mask;
    if (one !== other) return other > one;
  }
  return now < before;
}
