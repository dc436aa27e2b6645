/** What would become of many entries, found out and put in order beside whoever waits for windows. */
import { compareEntries, type EntryDiff } from "./compare-entries.ts";
import type { EntryTable } from "./entry-table.ts";
import { planChanges, type PlannedChanges } from "./plan-changes.ts";
import type { FileThreads } from "./threads/file-threads.ts";

/** Fewer entries are compared before a thread has started. */
const worthAThread = 16_384;

export async function compareOnThreads(
  threads: FileThreads,
  before: EntryTable,
  after: EntryTable,
  trie: boolean,
): Promise<EntryDiff> {
  if (before.count === 0 || before.count + after.count < worthAThread) return compareEntries(before, after, trie);
  return threads.run({ do: "compare", before, after, trie });
}

/** As planChanges. */
export async function planOnThreads(
  threads: FileThreads,
  before: EntryTable,
  after: EntryTable,
  diff: EntryDiff,
  trie: boolean,
): Promise<PlannedChanges> {
  const isCopied = before.count > 0 || trie;
  if (!isCopied || before.count + after.count < worthAThread) return planChanges(before, after, diff, trie);
  const { rows, lines } = await threads.run({ do: "changes", before, after, diff, trie });
  const { kinds, keys, olds, news } = rows;
  // what comes from a thread are bytes, and no Buffers any more
  const buffers = { kinds: asBuffer(kinds), keys: asBuffer(keys), olds: asBuffer(olds), news: asBuffer(news) };
  return { rows: { ...rows, ...buffers }, lines };
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
