/** xdpw map import and restore: the entries of a file into a map, after all of the file was checked. */
import { fail } from "../../protocol/failures.ts";
import { compareEntries, type EntryDiff } from "../maps/transfer/compare-entries.ts";
import type { EntryTable } from "../maps/transfer/entry-table.ts";
import { type Format, formats } from "../maps/transfer/formats.ts";
import { pickEntries } from "../maps/transfer/last-of-each.ts";
import { readBytes, readEntriesText } from "../maps/transfer/read-file.ts";
import { readCurrent } from "../maps/transfer/read-table.ts";
import { removeEntries } from "../maps/transfer/remove-entries.ts";
import { writeEntries, type Written } from "../maps/transfer/write-entries.ts";
import { absolutePath } from "./checked.ts";
import { type Answer, type CommandContext, flagText, neededArgument } from "./command.ts";
import { dryRun } from "./dry-run.ts";
import { mapJson } from "./json-shapes.ts";
import { type OpenMap, openMapForFiles } from "./open-map.ts";

/** Writes what the file has, and leaves the other entries alone. */
export async function runMapImport(context: CommandContext): Promise<Answer> {
  const { typed, token } = context;
  const { map, entries } = await openBoth(context);
  if (typed.flags["dry-run"] === true) {
    const before = await readCurrent(map.peer, map.description, token);
    const diff = compareEntries(before, entries, map.layout.type === "lpm_trie");
    return dryRun(context, map, before, entries, { ...diff, removed: new Uint32Array(0) });
  }
  return answer(context, map, entries, await write(context, map, entries), 0);
}

/** Makes the map what the file says: what the file does not have goes. */
export async function runMapRestore(context: CommandContext): Promise<Answer> {
  const { typed, token } = context;
  const { map, entries } = await openBoth(context);
  const before = await readCurrent(map.peer, map.description, token);
  const diff = compareEntries(before, entries, map.layout.type === "lpm_trie");
  if (!map.layout.resizable && diff.removed.length > 0) {
    const message = `restore ${map.called}: the file lacks ${diff.removed.length} entries that stay as long as the map does: import it instead`;
    return fail({ kind: "bad-value", field: "FILE", message });
  }
  if (typed.flags["dry-run"] === true) return dryRun(context, map, before, entries, diff);
  // Room first: a full map takes nothing new.
  const removed = await removeEntries(map.peer, map.description.map.id, before, diff.removed, token);
  const needed = chosen(entries, diff);
  return answer(context, map, needed, await write(context, map, needed), removed);
}

/** The file is read while the map is opened: root's helper takes a while to start. */
async function openBoth(context: CommandContext): Promise<{ readonly map: OpenMap; readonly entries: EntryTable }> {
  const { typed, cwd, note } = context;
  const name = neededArgument(typed, 1);
  const path = absolutePath(name, cwd);
  const given = flagText(typed, "format");
  const forced: Format | null = formats.find((format) => format === given) ?? null;
  const [text, map] = await Promise.all([readBytes(path), openToWrite(context)]);
  const { entries, format } = readEntriesText(name, text, map, forced);
  note(`${name}: ${entries.count} ${entries.count === 1 ? "entry" : "entries"} (${format})`);
  return { map, entries };
}

async function openToWrite(context: CommandContext): Promise<OpenMap> {
  const map = await openMapForFiles(context, "write");
  const { readOnly } = map.layout;
  return readOnly === null ? map : fail({ kind: "bad-value", field: "MAP", message: `${map.called} ${readOnly}` });
}

function write({ token, note }: CommandContext, map: OpenMap, entries: EntryTable): Promise<Written> {
  const { id, type } = map.description.map;
  let told = performance.now();
  return writeEntries(map.peer, { id, type, netns: map.scope.netns }, entries, token, (done) => {
    if (performance.now() - told < 1_000) return;
    told = performance.now();
    note(`${done} of ${entries.count} are in`);
  });
}

/** Those that are new or have another value. */
function chosen(entries: EntryTable, { added, changed }: EntryDiff): EntryTable {
  const numbers = [...added, ...changed.filter((_, index) => index % 2 === 1)];
  return pickEntries(
    entries,
    numbers.toSorted((a, b) => a - b),
  );
}

function answer(
  { paint }: CommandContext,
  map: OpenMap,
  entries: EntryTable,
  { done, states, refused }: Written,
  removed: number,
): Answer {
  const value = { map: mapJson(map.description.map), entries: entries.count, written: done, removed };
  const gone = removed === 0 ? "" : `, ${removed} removed`;
  if (refused === null) {
    const text = `${paint.green("wrote")} ${done} ${done === 1 ? "entry" : "entries"} to ${map.called}${gone}\n`;
    return { ok: true, text, json: { value } };
  }
  const out = linesWhere(entries, states, 0);
  const unknown = linesWhere(entries, states, 2);
  const line = refused.entry === null ? null : (entries.lines[refused.entry] ?? 0);
  const place = line === null ? "" : ` at line ${line}`;
  const lines = [
    `${paint.red("xdpw:")} import into ${map.called} stopped${place}: ${refused.message}`,
    `${done} of ${entries.count} entries are in${gone}; not in: ${sayLines(out)}`,
  ];
  if (unknown.length > 0) lines.push(`nobody knows of: ${sayLines(unknown)}; --dry-run shows what is missing`);
  return {
    ok: false,
    text: `${lines.join("\n")}\n`,
    json: {
      value: {
        ...value,
        refused: { code: refused.code, line, message: refused.message },
        lines_not_written: out,
        lines_unknown: unknown,
      },
    },
  };
}

type Range = readonly [number, number];

/** Lines of the file, as ranges from and to. */
function linesWhere({ lines, count }: EntryTable, states: Uint8Array, state: number): readonly Range[] {
  const ranges: [number, number][] = [];
  let last = -2;
  for (let entry = 0; entry < count; entry++) {
    if (states[entry] !== state) {
      last = -2;
      continue;
    }
    const line = lines[entry] ?? 0;
    const range = ranges.at(-1);
    // blank lines between two entries belong to none
    if (range !== undefined && last === entry - 1) range[1] = line;
    else ranges.push([line, line]);
    last = entry;
  }
  return ranges;
}

function sayLines(ranges: readonly Range[]): string {
  const shown = ranges.slice(0, 8).map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  const more = ranges.length - shown.length;
  return ranges.length === 0
    ? "none"
    : `lines ${shown.join(", ")}${more > 0 ? ` and ${more} more ranges (--json has all)` : ""}`;
}
