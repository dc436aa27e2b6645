/** Fills a new map, which no program runs with yet, from the running program's one. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { LoadOptions, MapOutcome } from "../../../protocol/reload.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { type RawEntry, readEntries } from "../../maps/read-entries.ts";
import { setVariable, type TypedSection } from "../describe-globals.ts";
import { globalsOf } from "../load-settings.ts";
import type { EntryConversion } from "./compare-maps.ts";
import type { MapDecision } from "./compare-object.ts";
import { convertEntry } from "./convert-entry.ts";
import type { RunningMap } from "./running-maps.ts";

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
  if (section !== null) {
    const went = await carrySection(peer, conversion, running, section, newId, load, token);
    return outcome(1, went ? 0 : 1);
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

/** What is new begins as declared; what the user set is as set. False where a value did not fit: all begin as declared. */
async function carrySection(
  peer: ElevatedPeer,
  conversion: EntryConversion,
  running: RunningMap,
  section: TypedSection,
  newId: number,
  load: LoadOptions | undefined,
  token?: CancellationToken,
): Promise<boolean> {
  const key = Buffer.alloc(4).toString("base64");
  const { value } = await peer.request("maps.lookup", { id: running.id, key }, token);
  const bytes = conversion.value.convert(Buffer.from(value ?? "", "base64"), section.bytes);
  if (bytes === null) return false;
  for (const { name, value: text } of globalsOf(load, section)) {
    const variable = section.variables.find((candidate) => candidate.name === name);
    if (variable !== undefined) setVariable(section, variable, text, bytes);
  }
  const filled = { id: newId, keys: key, values: Buffer.from(bytes).toString("base64"), count: 1 };
  return (await peer.request("maps.fill", filled, token)).filled === 1;
}
