/**
 * Empties a map. Entries that can be added again are taken out through the journal, so that undo brings them back; what is
 * left after that (a program adds and counts on) goes unseen. Arrays, queues, maps of maps and very large maps are emptied
 * by the helper alone, for good.
 */
import type { CancellationToken } from "vscode-jsonrpc";
import { largestUndoneClear } from "../../protocol/manage-maps.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { whyUnlisted } from "./check-readable.ts";
import { describeEntries, type DescribedMap } from "./describe-entries.ts";
import { homeOfMap, isDevmap } from "./devmap-names.ts";
import { holdsMaps } from "./inner-maps.ts";
import { applyRows, type Changing } from "./staged/apply-changes.ts";
import { allocateRows, kinds } from "./staged/change-rows.ts";
import { readCurrent } from "./transfer/read-table.ts";

export interface Cleared {
  readonly cleared: number;
  /** null: there is no undo */
  readonly journal: string | null;
}

/** @throws Failed what reading and changing a map throws, and the helper's maps.clear */
export async function clearEntries(
  changing: Changing,
  peer: ElevatedPeer,
  id: number,
  token: CancellationToken,
): Promise<Cleared> {
  const described = await describeEntries(peer, id);
  const taken = comesBack(described) ? await takeOut(changing, peer, described, token) : null;
  if (taken?.whole === true || token.isCancellationRequested) {
    return { cleared: taken?.cleared ?? 0, journal: taken?.journal ?? null };
  }
  const { cleared } = await peer.request("maps.clear", { id }, token);
  return { cleared: cleared + (taken?.cleared ?? 0), journal: taken?.journal ?? null };
}

function comesBack({ description: { map }, layout }: DescribedMap): boolean {
  return layout.readOnly === null && layout.resizable && whyUnlisted(map) === null && !holdsMaps(map);
}

async function takeOut(
  changing: Changing,
  peer: ElevatedPeer,
  described: DescribedMap,
  token: CancellationToken,
): Promise<(Cleared & { readonly whole: boolean }) | null> {
  const { map } = described.description;
  const before = await readCurrent(peer, described.description, token);
  if (before.count === 0 || before.count > largestUndoneClear) return null;
  const rows = allocateRows(before.count, before.keySize, before.valueStride);
  rows.kinds.fill(kinds.remove);
  rows.keys.set(before.keys.subarray(0, rows.keys.length));
  rows.olds.set(before.values.subarray(0, rows.olds.length));
  // put back, a devmap's interface is looked up where its program runs
  const netns = isDevmap(map.type) ? (await homeOfMap(peer, map.id)).netns : null;
  const { applied } = await applyRows(changing, peer, described, rows, { netns, title: "clearing", token });
  const { journal, done, conflictCount, untouched, ended } = applied;
  return { cleared: done, journal, whole: conflictCount === 0 && untouched === 0 && ended === null };
}
