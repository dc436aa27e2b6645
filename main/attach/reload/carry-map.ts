/** Fills a new map, which no program runs with yet, from the running program's one. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { LoadOptions, MapOutcome } from "../../../protocol/reload.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { type RawEntry, readEntries } from "../../maps/read-entries.ts";
import { carrySection } from "./carry-section.ts";
import type { MapDecision } from "./compare-object.ts";
import { convertEntry } from "./convert-entry.ts";

const batchEntries = 4096;
const batchBytes = 4 * 1024 * 1024;

/**
 * What the running program writes while this is under way may be missing in the new map: a map is walked through once.
 * @throws Failed as maps.page and maps.fill do
 */
export async function carryMap(
  peer: ElevatedPeer,
  { name, comparison, running, layout, section, maxEntries }: MapDecision,
  newId: number,
  load: LoadOptions | undefined,
  token?: CancellationToken,
): Promise<MapOutcome> {
  const { conversion } = comparison;
  if (running === null || conversion === null) throw new Error(`map ${name}: nothing to carry`);
  const outcome = (entries: number, lost: number): MapOutcome => ({ name, fate: "carry", entries, lost });
  if (section !== null && running.section !== null) {
    const old = { id: running.id, section: running.section };
    return outcome(1, await carrySection(peer, old, section, newId, load, token));
  }
  const { entries } = await readEntries(peer, running.description, Number.POSITIVE_INFINITY, token);
  const fixed = layout.type === "array" || layout.type === "percpu_array";
  // a new array holds zeros already
  const held = fixed ? entries.filter(({ value }) => value.some((byte) => byte !== 0)) : entries;
  const converted: RawEntry[] = [];
  for (const entry of held) {
    const one = convertEntry(conversion, running.layout, layout, entry);
    if (one !== null && !(fixed && one.key.readUInt32LE(0) >= maxEntries)) converted.push(one);
  }
  const size = Math.max(1, layout.key.size + layout.copies * layout.stride);
  const step = Math.max(1, Math.min(batchEntries, Math.floor(batchBytes / size)));
  let filled = 0;
  for (let at = 0; at < converted.length; at += step) {
    const batch = converted.slice(at, at + step);
    const answer = await peer.request(
      "maps.fill",
      {
        id: newId,
        keys: Buffer.concat(batch.map(({ key }) => key)).toString("base64"),
        values: Buffer.concat(batch.map(({ value }) => value)).toString("base64"),
        count: batch.length,
      },
      token,
    );
    filled += answer.filled;
  }
  return outcome(filled, held.length - filled);
}
