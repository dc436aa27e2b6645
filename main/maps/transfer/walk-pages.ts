/** All entries of a map as raw pages, several on their way at a time. */
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../../protocol/failures.ts";
import type { MapDescription } from "../../../protocol/maps.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { checkReadable } from "../check-readable.ts";
import { createOrderWatch } from "./watch-order.ts";

export interface Page {
  /** count * keySize bytes */
  readonly keys: Uint8Array;
  /** count * valueStride bytes */
  readonly values: Uint8Array;
  readonly count: number;
  readonly last: boolean;
}

/** Measured: smaller pages cost more messages; what larger ones are printed as is no longer in the cache when it is written. */
export const pageEntries = 4_096;
const pageBytes = 2 * 1024 * 1024;
const ahead = 12;
const restarts = 5;

/**
 * Pages in the kernel's order. Where the kernel starts a walk over because the key that it stood on was deleted, `again`
 * is told to forget everything, and the walk begins anew. @throws Failed `kernel` EAGAIN where that goes on and on,
 * `bad-value` where the kernel does not show the entries
 */
export async function walkPages(
  peer: ElevatedPeer,
  description: MapDescription,
  token: CancellationToken | undefined,
  take: (page: Page) => void | Promise<void>,
  again: () => void | Promise<void>,
): Promise<number> {
  checkReadable(description.map);
  for (let attempt = 0; attempt < restarts; attempt++) {
    if (attempt > 0) await again();
    const total = await walkOnce(peer, description, token, take);
    if (total !== null) return total;
  }
  const { map } = description;
  return fail({
    kind: "kernel",
    operation: "BPF_MAP_LOOKUP_BATCH",
    errno: 11,
    code: "EAGAIN",
    extack: null,
    message: `read map ${map.name} (id ${map.id}): entries are deleted faster than it can be read: try again`,
  });
}

/** Null where the kernel started over. */
async function walkOnce(
  peer: ElevatedPeer,
  { map, valueStride }: MapDescription,
  token: CancellationToken | undefined,
  take: (page: Page) => void | Promise<void>,
): Promise<number | null> {
  const entryBytes = Math.max(1, map.keySize + valueStride);
  const count = Math.max(1, Math.min(pageEntries, Math.floor(pageBytes / entryBytes)));
  const { walk } = await peer.request("maps.walk", { id: map.id, count }, token);
  const order = createOrderWatch(map);
  const coming: Promise<Awaited<ReturnType<typeof ask>>>[] = [];
  const ask = () => peer.request("maps.next", { walk }, token);
  let total = 0;
  try {
    for (let index = 0; index < ahead; index++) coming.push(silent(ask()));
    for (;;) {
      const page = await (coming.shift() as Promise<Awaited<ReturnType<typeof ask>>>);
      if (!page.last) coming.push(silent(ask()));
      const { keys, values } = page;
      if (keys.length !== page.count * map.keySize || values.length !== page.count * valueStride) {
        throw new Error(`maps.next: ${page.count} entries came in ${keys.length} and ${values.length} bytes`);
      }
      total += page.count;
      if (!order.goesOn(keys, page.count)) return null;
      await take({ keys, values, count: page.count, last: page.last });
      if (page.last) return total;
    }
  } finally {
    await Promise.allSettled(coming);
    if (peer.open) await peer.request("maps.endWalk", { walk }).catch(() => undefined);
  }
}

/** What fails before it is awaited is no unhandled rejection. */
function silent<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
