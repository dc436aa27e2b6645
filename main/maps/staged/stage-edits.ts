/** rows ─stage▶ diff: what was typed, as bytes beside what is there now. Writes nothing. */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import { cpuCellsShown, type Edit, type StagedRow, type stageParams } from "../../../protocol/changes.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { InterfaceListing } from "../../../protocol/interfaces.ts";
import type { Attachments } from "../../attach/attachments.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { formatEntryCells } from "../../tables/format-entry.ts";
import { parseEntryCells } from "../../tables/parse-entry.ts";
import { isIndexed } from "../../tables/describe-map.ts";
import { isPadding } from "../../tables/left-out.ts";
import { parseCells } from "../../tables/parse-value.ts";
import { describeTyped } from "../../rows/typed-layout.ts";
import type { DescribedMap } from "../describe-entries.ts";
import { ifindexCell, isDevmap } from "../devmap-names.ts";
import {
  chooseEntryProgram,
  loadChosen,
  programIn,
  programNames,
  sayProgram,
  typedId,
  whyNoTail,
} from "../entry-program.ts";
import { isPort, withPortNames } from "../ports.ts";
import { holdsMaps, innerCell } from "../inner-maps.ts";
import type { Changing } from "./apply-changes.ts";
import { allocateRows, kinds } from "./change-rows.ts";
import { hasSpinLock } from "./has-spin-lock.ts";
import { type Target, writeRows } from "./write-rows.ts";

type Params = z.infer<typeof stageParams>;

/** @throws Failed `not-found` where the map is gone, `bad-value` where it takes no edits at all, `no-privilege`, `kernel` */
export async function stageEdits(
  { helpers, attachments, shapes }: Pick<Changing, "helpers" | "attachments" | "shapes">,
  { id, netns, edits }: Params,
  token?: CancellationToken,
): Promise<{ rows: StagedRow[] }> {
  const peer = await helpers.elevated(`read map ${id}`);
  const typedMap = await describeTyped(peer, id, shapes);
  const described = namesPort(typedMap, edits)
    ? { ...typedMap, layout: await withPortNames(peer, id, typedMap.layout) }
    : typedMap;
  const { description, layout } = described;
  const { name, type } = description.map;
  if (layout.readOnly !== null) {
    throw new Failed({ kind: "bad-value", field: "value", message: `map ${name} ${layout.readOnly}` });
  }
  const listing = isDevmap(type) ? await peer.request("interfaces.list", {}, token) : null;
  const known = layout.programColumn === null ? null : await programNames(peer);
  const named = edits.map((edit) => withIfindex(edit, described, listing, netns));
  const placed =
    type === "prog_array"
      ? await withTails(named, described, { peer, attachments })
      : named.map((edit) => withProgram(edit, described, known));
  const programs = type === "prog_array" ? await programNames(peer) : known;
  const typed = placed.map((edit) => withInner(edit, described));
  const keys = typed.map((edit) => keyOf(edit, described));
  const target: Target = { id, name, type, netns: null, locked: hasSpinLock(description), counted: null };
  const now = await valuesOf(peer, target, described, keys, token);
  const rows = typed.map((edit, at): StagedRow => {
    const key = keys[at];
    if (edit.do === "wrong") return edit.row;
    if (!Buffer.isBuffer(key)) return key ?? wrong("key", "there is none");
    return stageOne(edit, key, now[at] ?? null, described, programs);
  });
  return { rows };
}

/** Whether a port is given by something else than its number: only then is it asked for which there are. */
function namesPort({ layout }: DescribedMap, edits: readonly Edit[]): boolean {
  const keys = layout.key.columns.length;
  const ports = layout.value.columns.flatMap((column, index) => (isPort(column) ? [keys + index] : []));
  if (ports.length === 0) return false;
  return edits.some((edit) => edit.do !== "remove" && ports.some((at) => /[a-z]/i.test(edit.cells[at] ?? "")));
}

type Typed = Edit | { readonly do: "wrong"; readonly row: StagedRow };

function withIfindex(
  edit: Edit,
  { layout }: DescribedMap,
  listing: InterfaceListing | null,
  netns: string | null,
): Typed {
  if (listing === null || edit.do === "remove") return edit;
  const column = layout.columns.findIndex(({ path }) => path === "ifindex");
  try {
    const cells = edit.cells.map((cell, at) =>
      at === column && cell !== null ? ifindexCell(listing, netns, cell) : cell,
    );
    return { ...edit, cells };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return { do: "wrong", row: wrong("ifindex", error.failure.message) };
  }
}

/** A program by its name or as it is shown. One that is not loaded yet is a matter of one entry, not of many. */
function withProgram(edit: Typed, { layout }: DescribedMap, programs: ReadonlyMap<number, string> | null): Typed {
  if (programs === null || layout.programColumn === null || edit.do === "remove" || edit.do === "wrong") return edit;
  const column = layout.key.columns.length + layout.programColumn;
  const cell = edit.cells[column] ?? null;
  if (cell === null) return edit;
  const named = [...programs].filter(([, name]) => name === cell.trim()).map(([id]) => id);
  const id = typedId(cell) ?? (named.length === 1 ? named[0] : undefined);
  if (id === undefined) {
    const why =
      named.length === 0
        ? "no loaded program of that name: set it in one entry first, which loads it"
        : "several have that name";
    return { do: "wrong", row: wrong("program", `program ${cell}: ${why}, or give an id`) };
  }
  return { ...edit, cells: edit.cells.map((text, at) => (at === column ? `${id}` : text)) };
}

/** One of the map's object that is not loaded yet is loaded, and waits in the helper until the change is applied. */
async function withTails(
  edits: readonly Typed[],
  { layout, description }: DescribedMap,
  { peer, attachments }: { readonly peer: ElevatedPeer; readonly attachments: Attachments },
): Promise<readonly Typed[]> {
  const column = layout.key.columns.length;
  const found = new Map<string, number | StagedRow>();
  const all: Typed[] = [];
  for (const edit of edits) {
    const cell = edit.do === "remove" || edit.do === "wrong" ? null : (edit.cells[column] ?? null);
    if (edit.do === "remove" || edit.do === "wrong" || cell === null) {
      all.push(edit);
      continue;
    }
    const id = found.get(cell) ?? (await tailOf(peer, attachments, description, cell));
    found.set(cell, id);
    if (typeof id === "number") {
      all.push({ ...edit, cells: edit.cells.map((text, at) => (at === column ? `${id}` : text)) });
    } else all.push({ do: "wrong", row: id });
  }
  return all;
}

async function tailOf(
  peer: ElevatedPeer,
  attachments: Attachments,
  { map }: DescribedMap["description"],
  cell: string,
): Promise<number | StagedRow> {
  try {
    const id = await loadChosen(peer, attachments, await chooseEntryProgram(peer, attachments, map, cell));
    const [{ programs }, { maps }] = [await peer.request("programs.list", {}), await peer.request("maps.list", {})];
    const why = whyNoTail(programs, maps, map.id, id);
    return why === null ? id : wrong("id", why);
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return wrong("id", error.failure.message);
  }
}

/** An inner map by its id, or as it is proposed. */
function withInner(edit: Typed, { layout, description }: DescribedMap): Typed {
  if (!holdsMaps(description.map) || edit.do === "remove" || edit.do === "wrong") return edit;
  const column = layout.key.columns.length;
  const cells = edit.cells.map((cell, at) => (at === column && cell !== null ? innerCell(cell) : cell));
  return { ...edit, cells };
}

function keyOf(edit: Typed, { layout, description }: DescribedMap): StagedRow | Buffer {
  if (edit.do === "wrong") return edit.row;
  if (!layout.resizable && (edit.do === "add" || edit.do === "remove")) {
    return wrong("key", `map ${description.map.name} keeps its entries for life: none can be added or removed`);
  }
  if (edit.do !== "remove" && edit.cells.length !== layout.columns.length) {
    return wrong("cells", `map ${description.map.name} has ${layout.columns.length} columns, not ${edit.cells.length}`);
  }
  if (edit.do === "replace" || edit.do === "remove") {
    const key = Buffer.from(edit.key, "base64");
    return key.length === layout.key.size ? key : wrong("key", `a key has ${layout.key.size} bytes`);
  }
  const parsed = parseCells(layout.key, edit.cells.slice(0, layout.key.columns.length), null, isPadding);
  const { type, maxEntries, name } = description.map;
  if (
    parsed.ok &&
    isIndexed(type) &&
    new DataView(parsed.bytes.buffer).getUint32(0, layout.key.littleEndian) >= maxEntries
  ) {
    return wrong("key", `index ${edit.cells[0]}: map ${name} has those from 0 to ${maxEntries - 1}`);
  }
  return parsed.ok ? Buffer.from(parsed.bytes) : wrong(parsed.failure.field, parsed.failure.message);
}

/** What each key holds right now; null where there is no such entry. Exact, of tries too. */
async function valuesOf(
  peer: ElevatedPeer,
  target: Target,
  { description, layout }: DescribedMap,
  keys: readonly (StagedRow | Buffer)[],
  token: CancellationToken | undefined,
): Promise<readonly (Buffer | null)[]> {
  const rows = allocateRows(keys.length, layout.key.size, description.valueStride);
  for (const [at, key] of keys.entries()) {
    rows.kinds[at] = kinds.replace;
    if (Buffer.isBuffer(key)) key.copy(rows.keys, at * layout.key.size);
  }
  const { outcomes, found } = await writeRows(peer, target, rows, { look: true, token });
  const zeros = Buffer.alloc(description.valueStride);
  // compared with zeros: what is nothing else is zeros, or not there (3)
  return keys.map((_, at) => found.get(at) ?? (outcomes[at] === 3 ? null : zeros));
}

function stageOne(
  edit: Edit,
  key: Buffer,
  now: Buffer | null,
  { description, layout }: DescribedMap,
  programs: ReadonlyMap<number, string> | null,
): StagedRow {
  const side = (value: Buffer | null): string[] | null => {
    if (value === null) return null;
    const cells = [...formatEntryCells(layout, key, value).cells];
    if (programs !== null && layout.programColumn !== null) {
      cells[layout.key.columns.length + layout.programColumn] = sayProgram(programIn(layout, value), programs);
    }
    return cells;
  };
  const over = overOf(edit, description.valueStride);
  // on top of what is staged: compared with what was shown then
  const was = over?.was ?? now;
  const base = { key: key.toString("base64"), was: was?.toString("base64") ?? null };
  if (edit.do === "remove") {
    if (now === null) return { is: "same", key: base.key };
    return { is: "change", change: { ...base, value: null }, before: side(now), after: null };
  }
  if (edit.do === "replace" && now === null) {
    return wrong("key", `map ${description.map.name} has no such entry any more: add it anew`);
  }
  if (edit.do === "put" && now === null && !layout.resizable) {
    return wrong("key", `map ${description.map.name} has no entry with this key, and none can be added`);
  }
  const start = over?.value ?? now;
  const parsed = parseEntryCells(layout, edit.cells, start === null ? null : { key, value: start });
  if (!parsed.ok) return wrong(parsed.failure.field, parsed.failure.message);
  const value = Buffer.from(parsed.value);
  if (!key.equals(parsed.key)) {
    return wrong("key", "a key is not changed in place: remove the entry and add one with the other key");
  }
  if (was !== null && value.equals(was)) return { is: "same", key: base.key };
  if (edit.do === "add" && now !== null) {
    return wrong("key", `map ${description.map.name} has an entry with this key already: edit that one`);
  }
  const cpus = was === null ? [] : changedCpus(layout, key, was, value);
  return {
    ...{ is: "change", change: { ...base, value: value.toString("base64") } },
    ...{ before: side(was), after: side(value), cpus },
  };
}

function overOf(edit: Edit, size: number): { readonly was: Buffer; readonly value: Buffer } | null {
  if (edit.do !== "replace" || edit.over === undefined) return null;
  const [was, value] = [Buffer.from(edit.over.was, "base64"), Buffer.from(edit.over.value, "base64")];
  return was.length === size && value.length === size ? { was, value } : null;
}

type CpuCells = NonNullable<Extract<StagedRow, { is: "change" }>["cpus"]>;

function changedCpus(layout: DescribedMap["layout"], key: Buffer, was: Buffer, value: Buffer): CpuCells {
  const before = formatEntryCells(layout, key, was).cpus;
  const after = formatEntryCells(layout, key, value).cpus;
  const keys = layout.key.columns.length;
  const cells = (after ?? []).flatMap((own, cpu) =>
    own.flatMap((text, index) => {
      const old = before?.[cpu]?.[index] ?? "";
      return old === text ? [] : [{ cpu, cell: keys + index, before: old, after: text }];
    }),
  );
  return cells.slice(0, cpuCellsShown);
}

function wrong(field: string, message: string): StagedRow {
  return { is: "wrong", field, message };
}
