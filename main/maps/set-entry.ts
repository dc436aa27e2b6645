/**
 * Writes one entry from the texts of its cells. BPF has no compare-and-swap: untouched cells keep what was just read. Only
 * the variables of a section are written one by one, in the map's memory.
 */
import { Failed } from "../../protocol/failures.ts";
import type { EntryParams } from "../../protocol/maps.ts";
import { setTwin, type Twin } from "../commands/twins.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { parseEntryCells } from "../tables/parse-entry.ts";
import { parseCells } from "../tables/parse-value.ts";
import { describeEntries, type DescribedMap } from "./describe-entries.ts";
import { ifindexCell, isDevmap } from "./devmap-names.ts";
import { isMappable } from "./patch-section.ts";
import { setVariables } from "./set-variables.ts";
import { typedKey, typedValue } from "./typed-text.ts";

/** @throws Failed `bad-value` with its field, `not-found` (when: exist), `kernel`, `no-privilege` */
export async function setEntry(helpers: HelperPool, params: EntryParams): Promise<Twin> {
  const peer = await helpers.elevated(`write map ${params.id}`);
  const { description, layout, section } = await describeEntries(peer, params.id);
  const { map } = description;
  if (layout.readOnly !== null) throw badValue("value", `map ${map.name} ${layout.readOnly}`);
  if (params.cells.length !== layout.columns.length) {
    throw badValue("cells", `map ${map.name} has ${layout.columns.length} columns, ${params.cells.length} were given`);
  }
  let cells: readonly (string | null)[] = params.cells;
  if (isDevmap(map.type)) {
    const listing = await peer.request("interfaces.list", {});
    const column = layout.columns.findIndex((candidate) => candidate.path === "ifindex");
    cells = cells.map((cell, index) =>
      index === column && cell !== null ? ifindexCell(listing, params.netns, cell) : cell,
    );
  }
  const existing = await existingEntry(peer, layout, map.id, cells);
  const parsed = parseEntryCells(layout, cells, existing);
  if (!parsed.ok) throw new Failed({ kind: "bad-value", field: parsed.failure.field, message: parsed.failure.message });
  const key = Buffer.from(parsed.key);
  const value = Buffer.from(parsed.value);
  if (section !== null && existing !== null && isMappable(map)) {
    const given = cells.slice(layout.key.columns.length);
    return setVariables(peer, { map, section, columns: layout.value.columns, given }, existing.value, value);
  }
  await peer.request("maps.update", {
    id: map.id,
    key: key.toString("base64"),
    value: value.toString("base64"),
    when: params.when,
    netns: params.netns,
  });
  const place = { id: map.id, name: map.name, netns: isDevmap(map.type) ? params.netns : null };
  return setTwin(place, key, value, params.when, { key: typedKey(layout, key), value: typedValue(layout, value) });
}

type Peer = Awaited<ReturnType<HelperPool["elevated"]>>;

async function existingEntry(
  peer: Peer,
  layout: DescribedMap["layout"],
  id: number,
  cells: readonly (string | null)[],
) {
  const key = parseCells(layout.key, cells.slice(0, layout.key.columns.length), null);
  if (!key.ok) return null;
  const { value } = await peer.request("maps.lookup", { id, key: Buffer.from(key.bytes).toString("base64") });
  return value === null ? null : { key: key.bytes, value: Buffer.from(value, "base64") };
}

function badValue(field: string, message: string): Failed {
  return new Failed({ kind: "bad-value", field, message });
}
