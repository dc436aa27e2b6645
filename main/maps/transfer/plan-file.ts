/** A file and the map it is for, or two files ─▶ what differs, and the rows that make one of the other. Writes nothing. */
import { basename } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import type { DescribedMap } from "../describe-entries.ts";
import { listed } from "../list-maps.ts";
import { compareOnThreads } from "./compare-on-threads.ts";
import type { EntryDiff } from "./compare-entries.ts";
import type { EntryTable } from "./entry-table.ts";
import { readBytes } from "./read-bytes.ts";
import { readEntries } from "./read-file.ts";
import { readCurrent } from "./read-table.ts";
import type { FileThreads } from "./threads/file-threads.ts";

export interface FilePlan {
  readonly before: EntryTable;
  readonly after: EntryTable;
  readonly diff: EntryDiff;
}

export interface FileSides {
  /** null: the map as it is now */
  readonly before: string | null;
  readonly after: string | null;
  /** whether entries that `after` lacks go */
  readonly removes: boolean;
}

/** @throws Failed `bad-value` with every line that is wrong, `file`, `too-large`, and what reading the map throws */
export async function planFile(
  peer: ElevatedPeer,
  threads: FileThreads,
  described: DescribedMap,
  { before, after, removes }: FileSides,
  token?: CancellationToken,
): Promise<FilePlan> {
  const read = async (path: string | null): Promise<EntryTable> =>
    path === null
      ? readCurrent(peer, described.description, token)
      : (await readEntries(threads, basename(path), await readBytes(path), described, null)).entries;
  // what is wrong with a file is said before a large map is read
  const given = after === null ? null : await read(after);
  const first = await read(before);
  return compareSides(threads, described, first, given ?? (await read(after)), removes);
}

export async function compareSides(
  threads: FileThreads,
  { layout }: Pick<DescribedMap, "layout">,
  before: EntryTable,
  after: EntryTable,
  removes: boolean,
): Promise<FilePlan> {
  const diff = await compareOnThreads(threads, before, after, layout.type === "lpm_trie");
  return { before, after, diff: removes ? diff : { ...diff, removed: new Uint32Array(0) } };
}

/** Why the map cannot be made so; null where it can. */
export function unfitFor({ layout }: Pick<DescribedMap, "layout">, { removed }: EntryDiff): string | null {
  if (layout.readOnly !== null) return layout.readOnly;
  if (layout.resizable || removed.length === 0) return null;
  return `the file lacks ${removed.length} entries that stay as long as the map does: import it instead`;
}

/** Whether the kernel's batches take the map's values as they are; they overwrite, so see isUnused. */
export function takesBatches({ layout }: Pick<DescribedMap, "layout">): boolean {
  return /hash$|^lpm_trie$/.test(layout.type) && !/^(devmap|sock)/.test(layout.type);
}

/** Whether nobody but its pins has the map, so that nobody adds an entry beside us: no program, no process, no other map. */
export async function isUnused(peer: ElevatedPeer, id: number): Promise<boolean> {
  const [{ uses }, maps] = await Promise.all([peer.request("maps.uses", {}), listed(peer)]);
  const use = uses.find((one) => one.id === id);
  const map = maps.find((one) => one.id === id);
  if (use === undefined || map === undefined) return false;
  return use.processes.length === 0 && use.outers.length === 0 && map.programs.length === 0;
}
