/** A map as it is now ─▶ entries. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { MapDescription } from "../../../protocol/maps.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import type { EntryTable } from "./entry-table.ts";
import { walkPages } from "./walk-pages.ts";

export async function readCurrent(
  peer: ElevatedPeer,
  description: MapDescription,
  token?: CancellationToken,
): Promise<EntryTable> {
  let keys: Uint8Array[] = [];
  let values: Uint8Array[] = [];
  const again = (): void => {
    keys = [];
    values = [];
  };
  const count = await walkPages(
    ...([peer, description, token] as const),
    (page) => {
      keys.push(page.keys);
      values.push(page.values);
    },
    again,
  );
  const { keySize } = description.map;
  const { valueStride } = description;
  return {
    keySize,
    valueStride,
    count,
    keys: Buffer.concat(keys),
    values: Buffer.concat(values),
    lines: new Uint32Array(count),
  };
}
