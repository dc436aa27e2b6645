/**
 * Writes one entry from the texts of its cells. BPF has no compare-and-swap: untouched cells keep what was just read. Only
 * the variables of a section are written one by one, in the map's memory.
 */
import { Failed } from "../../protocol/failures.ts";
import type { EntryParams } from "../../protocol/maps.ts";
import type { Attachments } from "../attach/attachments.ts";
import { entryProgramTwin, setTwin, type Twin } from "../commands/twins.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import type { MapShapes } from "../rows/map-shapes.ts";
import { layoutForTyping } from "../rows/typed-layout.ts";
import { parseEntryCells } from "../tables/parse-entry.ts";
import { isPadding } from "../tables/left-out.ts";
import { parseCells } from "../tables/parse-value.ts";
import { describeEntries, type DescribedMap } from "./describe-entries.ts";
import { holdsIds } from "../tables/describe-map.ts";
import { isDevmap } from "./devmap-names.ts";
import { programIn, resolveEntry, writeEntry } from "./entry-program.ts";
import { holdsMaps, innerCell } from "./inner-maps.ts";
import { isMappable } from "./patch-section.ts";
import { setVariables } from "./set-variables.ts";
import { typedKey, typedValue } from "./typed-text.ts";

/** @throws Failed `bad-value` with its field, `not-found` (when: exist), `kernel`, `no-privilege` */
export async function setEntry(
  helpers: HelperPool,
  attachments: Attachments,
  params: EntryParams,
  /** in which formats a table's cells were typed */
  shapes: MapShapes | null = null,
): Promise<Twin> {
  const peer = await helpers.elevated(`write map ${params.id}`);
  const described = await describeEntries(peer, params.id);
  const { description, layout: plain, section } = described;
  const { map } = description;
  const layout = shapes === null ? plain : await layoutForTyping(peer, described, shapes, true);
  if (layout.readOnly !== null) throw badValue("value", `map ${map.name} ${layout.readOnly}`);
  if (params.cells.length !== layout.columns.length) {
    throw badValue("cells", `map ${map.name} has ${layout.columns.length} columns, ${params.cells.length} were given`);
  }
  const existing = await existingEntry(peer, layout, map.id, params.cells);
  const keys = layout.key.columns.length;
  const device = layout.columns.findIndex((candidate) => candidate.path === "ifindex" && isDevmap(map.type));
  const program = layout.programColumn === null ? -1 : keys + layout.programColumn;
  const found = await resolveEntry(peer, attachments, map, params.netns, {
    ifindex: params.cells[device] ?? null,
    program: params.cells[program] ?? (existing === null && program >= 0 ? "none" : null),
  });
  const cells = params.cells.map((cell, index) => {
    if (index === device) return found.ifindex;
    if (index === keys && cell !== null && holdsMaps(map)) return innerCell(cell);
    return index === program ? found.program : cell;
  });
  const parsed = parseEntryCells(layout, cells, existing);
  if (!parsed.ok) throw new Failed({ kind: "bad-value", field: parsed.failure.field, message: parsed.failure.message });
  const key = Buffer.from(parsed.key);
  const value = Buffer.from(parsed.value);
  if (section !== null && existing !== null && isMappable(map)) {
    const given = cells.slice(layout.key.columns.length);
    return setVariables(peer, { map, section, columns: layout.value.columns, given }, existing.value, value);
  }
  const { when, netns } = params;
  const entry = { id: map.id, key: key.toString("base64"), value: value.toString("base64"), when, netns };
  await writeEntry(peer, attachments, entry, found.choice);
  const place = {
    id: map.id,
    name: map.name,
    netns: isDevmap(map.type) ? params.netns : null,
    byId: holdsIds(map.type),
  };
  const runs = found.choice.load?.program ?? (programIn(layout, value) === 0 ? null : `id ${programIn(layout, value)}`);
  if (runs !== null && map.type !== "prog_array") {
    const first = params.cells[keys] ?? `${value.readUInt32LE(0)}`;
    const text = `${layout.columns[keys]?.path ?? ""}=${first},program=${runs.replace(/^id /, "")}`;
    return entryProgramTwin(place, runs, { key: typedKey(layout, key), value: text });
  }
  return setTwin(place, key, value, when, { key: typedKey(layout, key), value: typedValue(layout, value) });
}

type Peer = Awaited<ReturnType<HelperPool["elevated"]>>;

async function existingEntry(
  peer: Peer,
  layout: DescribedMap["layout"],
  id: number,
  cells: readonly (string | null)[],
) {
  const key = parseCells(layout.key, cells.slice(0, layout.key.columns.length), null, isPadding);
  if (!key.ok) return null;
  const { value } = await peer.request("maps.lookup", { id, key: Buffer.from(key.bytes).toString("base64") });
  return value === null ? null : { key: key.bytes, value: Buffer.from(value, "base64") };
}

function badValue(field: string, message: string): Failed {
  return new Failed({ kind: "bad-value", field, message });
}
