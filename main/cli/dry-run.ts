/** What a write would change, and nothing is written. */
import { compareEntries, type EntryDiff } from "../maps/transfer/compare-entries.ts";
import type { EntryTable } from "../maps/transfer/entry-table.ts";
import type { Answer, CommandContext } from "./command.ts";
import { diffJson, diffLines, diffSummary } from "./diff-text.ts";
import { mapJson } from "./json-shapes.ts";
import type { OpenMap } from "./open-map.ts";

export function dryRun(
  { paint }: CommandContext,
  map: OpenMap,
  before: EntryTable,
  after: EntryTable,
  diff: EntryDiff = compareEntries(before, after, map.layout.type === "lpm_trie"),
): Answer {
  const sides = { layout: map.layout, before, after, diff };
  function* text(): Generator<string> {
    yield* diffLines(sides, paint);
    yield `${diffSummary(diff)}; nothing was written\n`;
  }
  return {
    ok: true,
    text: text(),
    json: { pieces: diffJson(sides, { map: mapJson(map.description.map), dry_run: true }) },
  };
}

/** One entry as a table, or none. */
export function tableOf(map: OpenMap, key: Uint8Array, value: Uint8Array | null): EntryTable {
  return {
    ...{ keySize: map.description.map.keySize, valueStride: map.description.valueStride },
    ...{ count: value === null ? 0 : 1, keys: key, values: value ?? new Uint8Array(0), lines: new Uint32Array(1) },
  };
}
