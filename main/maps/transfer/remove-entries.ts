/** Takes many entries out of a map; of those that are gone already nothing is said. */
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../../protocol/failures.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import type { EntryTable } from "./entry-table.ts";

const batchEntries = 16_384;

/** @returns how many there were to take out. @throws Failed `kernel` that says how many went before */
export async function removeEntries(
  peer: ElevatedPeer,
  id: number,
  table: EntryTable,
  entries: Uint32Array,
  token?: CancellationToken,
): Promise<number> {
  const { keys, keySize } = table;
  let removed = 0;
  for (let from = 0; from < entries.length; from += batchEntries) {
    const part = entries.subarray(from, from + batchEntries);
    const gathered = Buffer.alloc(part.length * keySize);
    for (const [index, entry] of part.entries()) {
      gathered.set(keys.subarray(entry * keySize, (entry + 1) * keySize), index * keySize);
    }
    const params = { id, keys: gathered.toString("base64"), count: part.length };
    const { done, refused } = await peer.request("maps.deleteBatch", params, token);
    removed += done;
    if (refused === null) continue;
    const { code, errno, message } = refused;
    return fail({
      ...{ kind: "kernel", operation: "BPF_MAP_DELETE_BATCH", errno, code, extack: null },
      message: `${message}; ${removed} of ${entries.length} were deleted before`,
    });
  }
  return removed;
}
