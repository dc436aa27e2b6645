/** What a file of entries must hold beyond the form of each: no key twice, none that the map has no place for. */
import type { DescribedMap } from "../describe-entries.ts";
import type { EntryTable } from "./entry-table.ts";
import type { Format } from "./formats.ts";
import { createKeyIndex, type Keys, lengthOf, littleEndian } from "./key-index.ts";
import { createProblems, type Problems, told } from "./problems.ts";

/** Their keys are numbers below max_entries. */
const indexed: ReadonlySet<string> = new Set(["array", "percpu_array", "devmap", "cpumap"]);
/** The kernel makes room for the newer: a file that is too long is not refused. */
const forgetful: ReadonlySet<string> = new Set(["lru_hash", "lru_percpu_hash"]);

interface FileFacts {
  readonly format: Format;
  /** a snapshot of the map as it is in the kernel now */
  readonly ofThisMap: boolean;
  readonly twins: Twins;
}

/** Entries that have the key of one before them. */
export interface Twins {
  readonly same: number;
  /** the first of them, and the entry before that has its key */
  readonly first: readonly (readonly [entry: number, known: number])[];
}

export function findTwins(entries: Keys, trie: boolean): Twins {
  const { keys, keySize, count } = entries;
  const index = createKeyIndex(entries, count, trie);
  const first: (readonly [number, number])[] = [];
  let same = 0;
  for (let entry = 0; entry < count; entry++) {
    const known = index.put(keys, entry * keySize, entry);
    if (known < 0) continue;
    same += 1;
    if (first.length < told) first.push([entry, known]);
  }
  return { same, first };
}

export function checkEntries(
  { description, layout }: DescribedMap,
  entries: EntryTable,
  { format, ofThisMap, twins }: FileFacts,
): Problems {
  const problems = createProblems();
  const { map } = description;
  const trie = map.type === "lpm_trie";
  const { keys, keySize, count, lines } = entries;
  const place = (entry: number): string => `line ${lines[entry]}`;

  if (indexed.has(map.type)) {
    for (let entry = 0; entry < count; entry++) {
      const index = lengthOf(keys, entry * keySize);
      if (index < map.maxEntries) continue;
      problems.add(lines[entry] ?? 0, null, `key ${index}: the map's keys go from 0 to ${map.maxEntries - 1}`);
    }
  }
  if (trie) {
    const most = (keySize - 4) * 8;
    for (let entry = 0; entry < count; entry++) {
      const length = lengthOf(keys, entry * keySize);
      if (length > most) problems.add(lines[entry] ?? 0, null, `prefix length ${length}: at most ${most}`);
    }
  }
  const { same, first } = twins;
  // Commands are meant one after the other: the last one counts.
  if (format !== "batch") {
    for (const [entry, known] of first) problems.add(lines[entry] ?? 0, null, `the same key as in ${place(known)}`);
    problems.more(same - first.length);
  }
  if (!forgetful.has(map.type) && count - same > map.maxEntries) {
    const message = `${count - same} entries, and the map has room for ${map.maxEntries}`;
    problems.add(lines[map.maxEntries] ?? 0, null, message);
  }
  if (!ofThisMap) checkPrograms({ description, layout }, entries, problems);
  return problems;
}

/** An id means a program of this boot, and of a file nobody knows of which it is: but for a snapshot of this map. */
function checkPrograms(
  { description, layout }: Pick<DescribedMap, "description" | "layout">,
  { values, valueStride, count, lines }: EntryTable,
  problems: Problems,
): void {
  const column = layout.programColumn === null ? undefined : layout.value.columns[layout.programColumn];
  if (column === undefined) return;
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  for (let entry = 0; entry < count; entry++) {
    const id = view.getUint32(entry * valueStride + column.offset, littleEndian);
    if (id === 0) continue;
    const message = `${column.path} ${id}: a program is restored from a snapshot of this map only: set it with \`xdpw map set ${description.map.name} …\``;
    problems.add(lines[entry] ?? 0, null, message);
  }
}
