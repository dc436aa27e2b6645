/** A map as it is now ─▶ entries. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { MapDescription } from "../../../protocol/maps.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { createEntryTable, type EntryTable, joinTables } from "./entry-table.ts";
import { walkPages } from "./walk-pages.ts";

export async function readCurrent(
  peer: ElevatedPeer,
  description: MapDescription,
  token?: CancellationToken,
): Promise<EntryTable> {
  const { keySize } = description.map;
  const { valueStride } = description;
  let pages: EntryTable[] = [];
  await walkPages(
    ...([peer, description, token] as const),
    ({ keys, values, count }) => void pages.push({ keySize, valueStride, count, keys, values, lines: noLines }),
    () => void (pages = []),
  );
  return pages.length === 0 ? createEntryTable(keySize, valueStride, 0).table : joinTables(pages, []);
}

const noLines = new Uint32Array(0);
