/** Entries ─▶ a map, in the kernel's batches, some of them on their way at a time; and exactly which of them went in. */
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed } from "../../../protocol/failures.ts";
import type { MapBatchResult } from "../../../protocol/map-batches.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import type { EntryTable } from "./entry-table.ts";
import { sortTrie } from "./sort-trie.ts";

const batchEntries = 16_384;
const batchBytes = 2 * 1024 * 1024;
const ahead = 3;

export interface WriteEntries {
  readonly id: number;
  readonly type: string;
  /** devmap: where its interfaces are meant */
  readonly netns: string | null;
}

export interface Written {
  /** how many are in, for certain */
  readonly done: number;
  /** 0 not written, 1 in, 2 nobody knows: the helper ended before it could say. One an entry. */
  readonly states: Uint8Array;
  /** the first that was refused, and why; null where all are in */
  readonly refused: { readonly entry: number | null; readonly code: string; readonly message: string } | null;
}

/** Never throws for what the kernel refuses: `refused` tells. `progress`: how many are in so far. */
export async function writeEntries(
  peer: ElevatedPeer,
  { id, type, netns }: WriteEntries,
  entries: EntryTable,
  token?: CancellationToken,
  progress?: (done: number) => void,
): Promise<Written> {
  const { keySize, valueStride, count } = entries;
  const order = type === "lpm_trie" ? sortTrie(entries) : null;
  const size = Math.max(1, Math.min(batchEntries, Math.floor(batchBytes / Math.max(1, keySize + valueStride))));
  const states = new Uint8Array(count);
  const entryAt = (index: number): number => (order === null ? index : (order[index] as number));
  let done = 0;
  let refused: Written["refused"] = null;
  const refuse = (entry: number | null, code: string, message: string): void => {
    refused ??= { entry, code, message };
  };

  const settle = (from: number, length: number, result: MapBatchResult): void => {
    for (let index = from; index < from + result.done; index++) states[entryAt(index)] = 1;
    done += result.done;
    if (result.refused !== null) refuse(entryAt(from + result.done), result.refused.code, result.refused.message);
    else if (result.done < length)
      refuse(entryAt(from + result.done), "EIO", "the kernel took fewer than it was given");
  };
  const send = async (from: number, length: number): Promise<void> => {
    const keys = part(entries.keys, keySize, order, from, length);
    const values = part(entries.values, valueStride, order, from, length);
    try {
      settle(from, length, await peer.request("maps.writeBatch", { id, keys, values, count: length, netns }, token));
      progress?.(done);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      const { kind, message } = error.failure;
      if (kind === "helper-gone") for (let index = from; index < from + length; index++) states[entryAt(index)] = 2;
      refuse(kind === "helper-gone" ? null : entryAt(from), kind, message);
    }
  };

  const running = new Set<Promise<void>>();
  for (let from = 0; from < count && refused === null && token?.isCancellationRequested !== true; from += size) {
    const sending = send(from, Math.min(size, count - from)).finally(() => running.delete(sending));
    running.add(sending);
    if (running.size >= ahead) await Promise.race(running);
  }
  await Promise.all(running);
  if (done < count && refused === null) refuse(null, "cancelled", "interrupted");
  return { done, states, refused };
}

function part(bytes: Uint8Array, size: number, order: Uint32Array | null, from: number, length: number): string {
  if (order === null) {
    return Buffer.from(bytes.buffer, bytes.byteOffset + from * size, length * size).toString("base64");
  }
  const gathered = Buffer.allocUnsafe(length * size);
  for (let index = 0; index < length; index++) {
    const at = (order[from + index] as number) * size;
    const to = index * size;
    for (let each = 0; each < size; each++) gathered[to + each] = bytes[at + each] as number;
  }
  return gathered.toString("base64");
}
