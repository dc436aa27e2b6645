/** All entries of a map into memory, several pages on their way at once. */
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../protocol/failures.ts";
import type { MapDescription } from "../../protocol/maps.ts";
import type { MapWalkPage } from "../../protocol/map-batches.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import type { RowMemory } from "./row-memory.ts";

/** More entries make a page that holds up whoever else wants something of the helper. */
const pageEntries = 16_384;
const pageBytes = 2 * 1024 * 1024;
const inFlight = 3;
const restarts = 5;
/** of the first page: one of them comes again where a walk began anew */
const remembered = 4;

export interface Reading {
  readonly memory: RowMemory;
  /** rows so far */
  readonly progress: (count: number) => void;
  /** what goes before the next page; null: nothing */
  readonly hold?: () => Promise<unknown> | null;
  readonly token?: CancellationToken;
}

/**
 * A walk, not a snapshot. Where the key that the kernel would go on from was deleted, it starts from the beginning again
 * (kernel/bpf/lpm_trie.c, trie_get_next_key): seen by a first key that comes twice or by more entries than the map can
 * have, and then read anew.
 * @returns whether all entries found room
 * @throws Failed `kernel` with EAGAIN where that never ends, `not-found` where the map is gone, `cancelled`
 */
export async function readRows(
  peer: ElevatedPeer,
  { map, valueStride }: MapDescription,
  reading: Reading,
): Promise<{ readonly whole: boolean }> {
  const count = Math.max(1, Math.min(pageEntries, Math.floor(pageBytes / Math.max(1, map.keySize + valueStride))));
  // a page of a hash holds at least one bucket
  const page = map.type.includes("hash") ? Math.max(count, 1024) : count;
  for (let attempt = 0; attempt < restarts; attempt++) {
    reading.memory.clear();
    const end = await readOnce(peer, map, page, reading);
    if (end !== "again") return { whole: end === "whole" };
  }
  return fail({
    kind: "kernel",
    operation: "BPF_MAP_LOOKUP_BATCH",
    errno: 11,
    code: "EAGAIN",
    extack: null,
    message: `read map ${map.name} (id ${map.id}): entries are deleted faster than it can be read: try again`,
  });
}

async function readOnce(
  peer: ElevatedPeer,
  map: MapDescription["map"],
  count: number,
  { memory, progress, hold, token }: Reading,
): Promise<"whole" | "cut" | "again"> {
  const { walk } = await peer.request("maps.walk", { id: map.id, count });
  const asked: Promise<MapWalkPage>[] = [];
  const ask = (): void => {
    const page = peer.request("maps.next", { walk }, token);
    // whoever awaits it hears of a failure; one that nobody gets to is none
    page.catch(() => undefined);
    asked.push(page);
  };
  // a small map is one page, and asks for no second
  ask();
  if (map.maxEntries > count) for (let more = 1; more < inFlight; more++) ask();
  const first: Buffer[] = [];
  try {
    for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
      const page = await next;
      if (token?.isCancellationRequested === true)
        fail({ kind: "cancelled", message: `read map ${map.name}: cancelled` });
      const from = memory.count;
      if (!memory.ensure(page.count)) return "cut";
      memory.put(page.keys, page.values, page.count);
      const keys = memory.keys;
      if (!map.type.endsWith("array")) {
        if (from > 0 && first.some((key) => hasKey(keys, key, from * map.keySize, map.keySize))) return "again";
        if (memory.count > map.maxEntries + count) return "again";
        for (let row = from; row < memory.count && first.length < remembered; row++) {
          first.push(Buffer.from(keys.subarray(row * map.keySize, (row + 1) * map.keySize)));
        }
      }
      progress(memory.count);
      if (page.last) return "whole";
      await hold?.()?.catch(() => undefined);
      ask();
    }
    return "whole";
  } finally {
    peer.request("maps.endWalk", { walk }).catch(() => undefined);
  }
}

/** Whether one of the keys from there on is this one. */
export function hasKey(keys: Buffer, key: Buffer, from: number, keySize: number): boolean {
  for (let at = keys.indexOf(key, from); at >= 0; at = keys.indexOf(key, at + 1)) if (at % keySize === 0) return true;
  return false;
}
