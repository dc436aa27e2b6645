/** Empties a map: entries that can be deleted are, arrays are set to zeros, queues are taken from until there is nothing. */
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../protocol/failures.ts";
import { naming } from "./failures.ts";
import { mapTypeName } from "./kernel-names.ts";
import { frozenWords, readMapFacts } from "./map-facts.ts";
import { type MapsContext, nameOf } from "./maps.ts";
import type { MapHandle } from "./native/map-face.ts";

const page = 4096;
/** Somebody who writes meanwhile is not chased for ever. */
const rounds = 3;
/** In these the kernel lists every index, whether or not something is there. */
const listsAll: ReadonlySet<string> = new Set(["prog_array", "xskmap", "sockmap"]);
const deletable: ReadonlySet<string> = new Set([
  ...["hash", "percpu_hash", "lru_hash", "lru_percpu_hash", "lpm_trie", "devmap", "devmap_hash", "cpumap"],
  ...["sockhash", "array_of_maps", "hash_of_maps", "stack_trace", ...listsAll],
]);

/** @returns how many entries were deleted, set to zeros or taken */
export function clearMap(
  { handles }: Pick<MapsContext, "handles">,
  { id }: { readonly id: number },
  token: CancellationToken,
): Promise<{ cleared: number }> {
  return handles.use(id, `clear map id ${id}`, async (handle) => {
    const { info } = handle;
    const type = mapTypeName(info.type);
    refuseFrozen(handle, "clear");
    const stop = (cleared: number): void => {
      if (token.isCancellationRequested) {
        fail({ kind: "cancelled", message: `clear map ${nameOf(info)}: cancelled after ${cleared} entries` });
      }
    };
    if (type === "array" || type === "percpu_array") return { cleared: await zero(handle, stop) };
    if (type === "queue" || type === "stack") return { cleared: await takeAll(handle, stop) };
    if (!deletable.has(type)) {
      const message = `clear map ${nameOf(info)}: a ${type} has no entries that could be deleted${type === "bloom_filter" ? ": make a new one" : ""}`;
      fail({ kind: "bad-value", field: "id", message });
    }
    return { cleared: await deleteAll(handle, type, stop) };
  });
}

/** The kernel says EPERM, as it does where privilege is missing. @throws Failed `bad-value` */
export function refuseFrozen(handle: MapHandle, verb: string): void {
  if (!readMapFacts(handle).frozen) return;
  const message = `${verb} map ${nameOf(handle.info)}: ${frozenWords}`;
  fail({ kind: "bad-value", field: "id", message });
}

async function deleteAll(handle: MapHandle, type: string, stop: (cleared: number) => void): Promise<number> {
  let cleared = 0;
  for (let round = 0; round < (listsAll.has(type) ? 1 : rounds); round++) {
    const before = cleared;
    let cursor: Buffer | null = null;
    do {
      stop(cleared);
      const {
        keys,
        count,
        cursor: next,
      }: Awaited<ReturnType<MapHandle["readBatch"]>> = await handle.readBatch(cursor, page);
      if (count > 0) {
        cleared += naming({ doing: `clear map ${nameOf(handle.info)}` }, () => handle.deleteBatch(keys, count));
      }
      cursor = next;
    } while (cursor !== null);
    if (cleared === before) break;
  }
  return cleared;
}

async function zero(handle: MapHandle, stop: (cleared: number) => void): Promise<number> {
  const { maxEntries } = handle.info;
  const most = Math.max(1, Math.min(page, Math.floor((1 << 20) / handle.valueStride)));
  for (let from = 0; from < maxEntries; from += most) {
    stop(from);
    const count = Math.min(most, maxEntries - from);
    const keys = Buffer.from(Uint32Array.from({ length: count }, (_, at) => from + at).buffer);
    const zeros = Buffer.alloc(count * handle.valueStride);
    naming({ doing: `clear map ${nameOf(handle.info)}` }, () => handle.updateBatch(keys, zeros, count));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return maxEntries;
}

async function takeAll(handle: MapHandle, stop: (cleared: number) => void): Promise<number> {
  let cleared = 0;
  // whoever fills it faster than it is emptied is not chased beyond what it holds
  while (cleared < handle.info.maxEntries && handle.take() !== null) {
    cleared += 1;
    if (cleared % page !== 0) continue;
    stop(cleared);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return cleared;
}
