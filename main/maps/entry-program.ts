/**
 * The program of a devmap's, cpumap's or program array's entry, named as a user names it: one that is loaded, or one of the object that
 * the map came with, loaded for this entry. `docs/decisions/0017-entry-programs.md`
 */
import type * as z from "zod";
import type { EntryProgram, entryProgramParams } from "../../protocol/entry-programs.ts";
import { fail } from "../../protocol/failures.ts";
import type { MapListed, MapSummary } from "../../protocol/maps.ts";
import type { ProgramListed } from "../../protocol/programs.ts";
import type { AttachmentRecord, Attachments } from "../attach/attachments.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { filledMaps } from "../object/filled-maps.ts";
import { inspectObject, type ObjectContents } from "../object/inspect-object.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import { readBits } from "../tables/field-bits.ts";
import { ifindexCell } from "./devmap-names.ts";

type Load = z.infer<typeof entryProgramParams>["load"];

export type EntryProgramChoice =
  /** 0: none */
  | { readonly id: number; readonly load: null }
  | { readonly id: 0; readonly load: Load; readonly owner: AttachmentRecord };

type Kind = "devmap" | "cpumap" | "prog_array";

/** Where the map's entries run programs: which of the kinds it is; null for others. */
export function programKind({ type, valueSize }: Pick<MapSummary, "type" | "valueSize">): Kind | null {
  if (type === "prog_array") return type;
  if (valueSize !== 8) return null;
  if (type === "cpumap") return "cpumap";
  return type === "devmap" || type === "devmap_hash" ? "devmap" : null;
}

/** The id in an entry's value; 0 for none, and for maps whose entries run none. */
export function programIn({ programColumn, value: { columns, littleEndian } }: MapLayout, value: Uint8Array): number {
  const column = programColumn === null ? undefined : columns[programColumn];
  if (column?.node.kind !== "field") return 0;
  return Number(readBits(column.node, value, column.offset, littleEndian));
}

/** How an entry's program reads, and may be typed: "xdp_egress (id 42)", "none". */
export function sayProgram(id: number, names: ReadonlyMap<number, string>): string {
  if (id === 0) return "none";
  const name = names.get(id) ?? "";
  return name === "" ? `id ${id}` : `${name} (id ${id})`;
}

/** The id that is written, or said by {@link sayProgram}; null where it is a name. */
export function typedId(text: string): number | null {
  const given = text.trim();
  if (/^(|0|-|none|null)$/.test(given)) return 0;
  const id = /^(?:id[: ]?)?(\d{1,10})$/.exec(given)?.[1] ?? /^.+ \(id (\d{1,10})\)$/.exec(given)?.[1];
  return id === undefined ? null : Number(id);
}

/** Names by id, for what is shown. */
export async function programNames(peer: ElevatedPeer): Promise<ReadonlyMap<number, string>> {
  const { programs } = await peer.request("programs.list", {});
  return new Map(programs.map(({ id, name }) => [id, name]));
}

/** Which programs of the map's object an entry can run, by name; empty where the map came with no object of ours. */
export async function fittingPrograms(
  peer: ElevatedPeer,
  attachments: Attachments,
  map: MapSummary,
): Promise<readonly string[]> {
  const kind = programKind(map);
  if (kind === null) return [];
  const { owners } = await ownersOf(peer, attachments, map.id);
  const names = owners.flatMap((owner) => {
    const contents = contentsOf(attachments, owner)?.contents;
    return contents === undefined ? [] : fitting(contents, owner, kind).map(({ name }) => name);
  });
  return [...new Set(names)];
}

/** @throws Failed `bad-value` for field `program` that says what would fit, `ambiguous` */
export async function chooseEntryProgram(
  peer: ElevatedPeer,
  attachments: Attachments,
  map: MapSummary,
  typed: string,
): Promise<EntryProgramChoice> {
  const id = typedId(typed);
  const kind = programKind(map);
  const wrong = (why: string): never =>
    fail({ kind: "bad-value", field: "program", message: `map ${map.name} (id ${map.id}): program: ${why}` });
  if (id === 0 && kind === "prog_array") return wrong("a slot without one is empty: delete the entry");
  if (id !== null) return { id, load: null };
  if (kind === null) return wrong("its entries run no program");
  const name = typed.trim();
  const { owners, programs, maps } = await ownersOf(peer, attachments, map.id);
  for (const owner of owners) {
    const loaded = owner.companions?.find(
      (one) => one.program.name === name && programs.some((listed) => isSame(listed, one.program)),
    );
    if (loaded !== undefined) return { id: loaded.program.id, load: null };
    if (kind === "prog_array" && owner.program.name === name) return { id: owner.program.id, load: null };
  }
  for (const owner of owners) {
    const object = contentsOf(attachments, owner);
    const program = object?.contents.programs.find((one) => one.name === name);
    if (object === null || program === undefined) continue;
    const fits = fitting(object.contents, owner, kind);
    if (!fits.includes(program)) {
      const section = sectionFor(object.contents, owner, kind);
      const others = fits.length === 0 ? "" : `; there is ${fits.map((one) => one.name).join(", ")}`;
      return wrong(`${name} is SEC("${program.section}"), and an entry here takes one of SEC("${section}")${others}`);
    }
    return { id: 0, load: loadOf(owner, object, name, maps), owner };
  }
  // one that somebody else loaded: the kernel says whether it fits
  const types = kind === "prog_array" ? tailTypes(programs, map.id) : new Set(["xdp"]);
  const named = programs.filter((one) => one.name === name && (types.size === 0 || types.has(one.type)));
  const [only, ...others] = named;
  if (only !== undefined && others.length === 0) return { id: only.id, load: null };
  if (others.length > 0) {
    const ids = named.map((one) => one.id);
    const message = `program ${name}: ${named.length} loaded programs have that name: say ${ids.map((one) => `id:${one}`).join(" or ")}`;
    return fail({ kind: "ambiguous", name, ids, message });
  }
  const known = await fittingPrograms(peer, attachments, map);
  return wrong(
    known.length > 0
      ? `there is no ${name}; there is ${known.join(", ")}, or give the id of a loaded one (id:42), or none`
      : kind === "prog_array"
        ? `there is no ${name}: give the name or the id (id:42) of a loaded program`
        : `there is no ${name}: no object with SEC("xdp/${kind}") programs is known that the map came with; attach it with xdpw, or give the id of a loaded one (id:42), or none`,
  );
}

/** What of the cells or texts names an interface or a program, as numbers that the table's layout takes. */
export async function resolveEntry(
  peer: ElevatedPeer,
  attachments: Attachments,
  map: MapSummary,
  netns: string | null,
  typed: { readonly ifindex: string | null; readonly program: string | null },
): Promise<{ readonly ifindex: string | null; readonly program: string | null; readonly choice: EntryProgramChoice }> {
  const { ifindex, program } = typed;
  const choice: EntryProgramChoice =
    program === null ? { id: 0, load: null } : await chooseEntryProgram(peer, attachments, map, program);
  return {
    ifindex: ifindex === null ? null : ifindexCell(await peer.request("interfaces.list", {}), netns, ifindex),
    program: program === null ? null : `${choice.id}`,
    choice,
  };
}

/** Writes it, with its program loaded where it has to be, and remembers that one. */
export async function writeEntry(
  peer: ElevatedPeer,
  attachments: Attachments,
  params: Omit<z.infer<typeof entryProgramParams>, "load">,
  choice: EntryProgramChoice,
): Promise<void> {
  if (choice.load === null) {
    await peer.request("maps.update", params);
    return;
  }
  remember(attachments, choice, await peer.request("maps.updateProgram", { ...params, load: choice.load }));
}

function remember(
  attachments: Attachments,
  { owner, load }: Extract<EntryProgramChoice, { owner: AttachmentRecord }>,
  { program, maps }: EntryProgram,
): void {
  const named = maps.map((map) => ({ id: map.id, name: objectName(map.name) }));
  // under its name in the object: the kernel may have cut it
  attachments.addCompanion(owner.program, { program: { ...program, name: load.program }, maps: named });
}

interface Owners {
  /** the latest attached first */
  readonly owners: readonly AttachmentRecord[];
  readonly programs: readonly ProgramListed[];
  readonly maps: readonly MapListed[];
}

/** Programs of ours that use the map. */
async function ownersOf(peer: ElevatedPeer, attachments: Attachments, map: number): Promise<Owners> {
  const [{ programs }, { maps }] = await Promise.all([
    peer.request("programs.list", {}),
    peer.request("maps.list", {}),
  ]);
  const owners = programs
    .filter(({ mapIds }) => mapIds.includes(map))
    .flatMap((program) => attachments.recordOf(program) ?? [])
    .toSorted((one, other) => (other.since ?? 0) - (one.since ?? 0));
  return { owners, programs, maps };
}

interface KeptObject {
  readonly bytes: Buffer;
  readonly contents: ObjectContents;
}

function contentsOf(attachments: Attachments, owner: AttachmentRecord): KeptObject | null {
  const bytes = attachments.objectOf(owner.program);
  const read = bytes === null ? null : inspectObject(bytes, owner.source);
  return bytes === null || !read?.ok ? null : { bytes, contents: read.object };
}

/** The kernel wants all programs around a map with fragments, or none (`bpf_prog_map_compatible`). */
function sectionFor(contents: ObjectContents, owner: AttachmentRecord, kind: Kind): string {
  const main = contents.programs.find(({ name }) => name === owner.program.name);
  return `${main?.section.startsWith("xdp.frags") ? "xdp.frags" : "xdp"}${kind === "prog_array" ? "" : `/${kind}`}`;
}

/** Types of the programs that use a program array: it takes no others. Empty where none does: the first one decides. */
export function tailTypes(programs: readonly ProgramListed[], map: number): ReadonlySet<string> {
  return new Set(programs.filter(({ mapIds }) => mapIds.includes(map)).map(({ type }) => type));
}

/** Why a program does not fit into a program array, as far as types tell; the rest only the kernel knows. */
export function whyNoTail(
  programs: readonly ProgramListed[],
  maps: readonly MapListed[],
  map: number,
  id: number,
): string | null {
  const chosen = programs.find((one) => one.id === id);
  const name = maps.find((one) => one.id === map)?.name ?? "";
  if (chosen === undefined) return `program id ${id}: no program with that id is loaded`;
  const types = tailTypes(programs, map);
  if (types.size === 0 || types.has(chosen.type)) return null;
  const [type] = types;
  return `program ${chosen.name} (id ${id}) is of type ${chosen.type}: ${name} takes programs of type ${type}, that of the program which uses it`;
}

/** The id of what was chosen; where it is of the map's object and not loaded yet, it is loaded, and held by the helper. */
export async function loadChosen(
  peer: ElevatedPeer,
  attachments: Attachments,
  choice: EntryProgramChoice,
): Promise<number> {
  if (choice.load === null) return choice.id;
  const loaded = await peer.request("maps.loadProgram", { load: choice.load });
  remember(attachments, choice, loaded);
  return loaded.program.id;
}

function fitting(contents: ObjectContents, owner: AttachmentRecord, kind: Kind) {
  const section = sectionFor(contents, owner, kind);
  return contents.programs.filter((one) => one.section.replace(/^\?/, "") === section);
}

function isSame(listed: ProgramListed, one: { id: number; tag: string; loadTime: string }): boolean {
  return listed.id === one.id && listed.tag === one.tag && listed.loadTime === one.loadTime;
}

/** The same maps as the running program's and its companions'; those of nobody are made anew. */
function loadOf(
  owner: AttachmentRecord,
  { bytes, contents }: KeptObject,
  program: string,
  maps: readonly MapListed[],
): Load {
  const alive = new Set(maps.map(({ id }) => id));
  // Loading would fill the slots of the running program's array again, with newer programs.
  const filled = filledMaps(bytes, contents.btf);
  const reuse = new Map<string, number>();
  for (const { name, id } of [...(owner.maps ?? []), ...(owner.companions ?? []).flatMap((one) => one.maps)]) {
    if (alive.has(id) && !filled.has(name) && !reuse.has(name)) reuse.set(name, id);
  }
  const { maxEntries = [], sections = [] } = owner.load ?? {};
  return {
    object: bytes.toString("base64"),
    name: owner.source.slice(owner.source.lastIndexOf("/") + 1).slice(0, 255),
    program,
    settings: {
      reuse: [...reuse].map(([name, id]) => ({ name, id })),
      maxEntries: maxEntries.filter(({ name }) => !reuse.has(name)),
      sections: sections.filter(({ name }) => !reuse.has(name)),
    },
  };
}

/** libbpf calls the map of a section "object.data", and that of ".data.limits" as the section. */
function objectName(name: string): string {
  return /^[^.]*(\..+)$/.exec(name)?.[1] ?? name;
}
