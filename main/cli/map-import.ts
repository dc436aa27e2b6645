/** xdpw map import and restore: the entries of a file into a map, after all of the file was checked. */
import { basename } from "node:path";
import type { Applied } from "../../protocol/changes.ts";
import { fail } from "../../protocol/failures.ts";
import { applyRows } from "../maps/staged/apply-changes.ts";
import { kinds, outcomes } from "../maps/staged/change-rows.ts";
import type { Written } from "../maps/staged/write-rows.ts";
import { type Format, formats } from "../maps/transfer/formats.ts";
import { planOnThreads } from "../maps/transfer/compare-on-threads.ts";
import type { PlannedChanges } from "../maps/transfer/plan-changes.ts";
import { compareSides, isUnused, takesBatches, unfitFor } from "../maps/transfer/plan-file.ts";
import { readBytes } from "../maps/transfer/read-bytes.ts";
import { type OpenedFile, openEntries, worthThreads } from "../maps/transfer/read-file.ts";
import { readCurrent } from "../maps/transfer/read-table.ts";
import { absolutePath } from "./checked.ts";
import { changing, confirmSeconds, untilConfirmed } from "./confirm-change.ts";
import { type Answer, type CommandContext, flagText, neededArgument } from "./command.ts";
import { dryRun } from "./dry-run.ts";
import { mapJson } from "./json-shapes.ts";
import { appliedText } from "./map-journal.ts";
import { type OpenMap, openMapForFiles } from "./open-map.ts";

/** Writes what the file has, and leaves the other entries alone. */
export function runMapImport(context: CommandContext): Promise<Answer> {
  return bring(context, "import");
}

/** Makes the map what the file says: what the file does not have goes. */
export function runMapRestore(context: CommandContext): Promise<Answer> {
  return bring(context, "restore");
}

/** Only what differs is written, and all of it is in the journal before. */
async function bring(context: CommandContext, way: "import" | "restore"): Promise<Answer> {
  const { typed, token } = context;
  const { map, entries, name, checked, unused } = await openBoth(context);
  const before = await readCurrent(map.peer, map.description, token);
  const { files } = context.workbench;
  const { diff } = await compareSides(files, map, before, entries, way === "restore");
  const unfit = unfitFor(map, diff);
  const dry = typed.flags["dry-run"] === true;
  if (unfit !== null || dry) await checked;
  if (unfit !== null) return fail({ kind: "bad-value", field: "FILE", message: `${way} ${map.called}: ${unfit}` });
  if (dry) return dryRun(context, map, before, entries, diff);
  const planned = await planOnThreads(files, before, entries, diff, map.layout.type === "lpm_trie");
  const facts = { map: mapJson(map.description.map), entries: entries.count, same: diff.same };
  if (planned.rows.count === 0) {
    await checked;
    const text = `${map.called} has all ${entries.count} entries as ${name} has them: nothing to write\n`;
    return { ok: true, text, json: { value: { ...facts, written: 0, removed: 0, journal: null } } };
  }
  const { applied, written } = await applyRows(changing(context), map.peer, map, planned.rows, {
    ...{ netns: map.scope.netns, title: `${way} of ${basename(name)}`, bulk: true, ready: checked, token },
    fill: before.count === 0 && (await unused),
    confirm: confirmSeconds(typed),
  });
  return untilConfirmed(context, answer(context, map, way, facts, planned, applied, written), applied.guard);
}

/** The file is read while the map is opened: root's helper takes a while to start. */
async function openBoth(context: CommandContext): Promise<
  Pick<OpenedFile, "entries" | "checked"> & {
    readonly map: OpenMap;
    readonly name: string;
    readonly unused: Promise<boolean>;
  }
> {
  const { typed, cwd, note } = context;
  const name = neededArgument(typed, 1);
  const path = absolutePath(name, cwd);
  const given = flagText(typed, "format");
  const forced: Format | null = formats.find((format) => format === given) ?? null;
  const { files } = context.workbench;
  const bytes = readBytes(path).then((text) => {
    if (text.length >= worthThreads) files.start();
    return text;
  });
  const [text, map] = await Promise.all([bytes, openToWrite(context)]);
  // looked up while the file is parsed
  const unused = takesBatches(map) ? isUnused(map.peer, map.description.map.id) : Promise.resolve(false);
  unused.catch(() => undefined);
  const { entries, format, checked } = await openEntries(files, name, text, map, forced);
  note(`${name}: ${entries.count} ${entries.count === 1 ? "entry" : "entries"} (${format})`);
  return { map, entries, name, checked, unused };
}

async function openToWrite(context: CommandContext): Promise<OpenMap> {
  const map = await openMapForFiles(context, "write");
  const { readOnly } = map.layout;
  return readOnly === null ? map : fail({ kind: "bad-value", field: "MAP", message: `${map.called} ${readOnly}` });
}

function answer(
  { paint }: CommandContext,
  map: OpenMap,
  way: "import" | "restore",
  facts: Readonly<Record<string, unknown>> & { readonly same: number },
  { rows, lines }: PlannedChanges,
  applied: Applied,
  { outcomes: came, code, ended }: Written,
): Answer {
  let [written, removed] = [0, 0];
  for (let row = 0; row < rows.count; row++) {
    if (!isIn(came[row])) continue;
    if (rows.kinds[row] === kinds.remove) removed += 1;
    else written += 1;
  }
  const { journal, conflictCount } = applied;
  const value = { ...facts, written, removed, journal, conflicts: conflictCount };
  const gone = removed === 0 ? "" : `, ${removed} removed`;
  const same = facts.same === 0 ? "" : `, ${facts.same} the same before`;
  const back = `xdpw map undo ${journal}`;
  if (ended === null && conflictCount === 0) {
    const text = `${paint.green("wrote")} ${written} ${written === 1 ? "entry" : "entries"} to ${map.called}${gone}${same}; to take it back: ${back}\n`;
    return { ok: true, text, json: { value } };
  }
  const out = linesWhere(lines, came);
  if (ended === null) {
    const text = `${way} into ${map.called}: ${written} of ${rows.count} changes are in${gone}${same}; not in: ${sayLines(out)}\n${appliedText(applied)}to take it back: ${back}\n`;
    return { ok: false, text, json: { value: { ...value, lines_not_written: out } } };
  }
  const at = came.indexOf(outcomes.refused);
  const line = at < 0 || lines[at] === 0 ? null : (lines[at] ?? null);
  const text = [
    `${paint.red("xdpw:")} ${way} into ${map.called} stopped${line === null ? "" : ` at line ${line}`}: ${ended}`,
    `${written} of ${rows.count} changes are in${gone}${same}; not in: ${sayLines(out)}`,
    `to resume: xdpw map redo ${journal}; to undo: ${back}`,
  ];
  const refused = { code: code ?? "cancelled", line, message: ended };
  const conflicts = conflictCount === 0 ? "" : appliedText({ ...applied, ended: null, untouched: 0 });
  return {
    ok: false,
    text: `${text.join("\n")}\n${conflicts}`,
    json: { value: { ...value, refused, lines_not_written: out } },
  };
}

function isIn(outcome: number | undefined): boolean {
  return (
    outcome === outcomes.done ||
    outcome === outcomes.already ||
    outcome === outcomes.overwritten ||
    outcome === outcomes.removedAfter
  );
}

type Range = readonly [number, number];

/** Lines of the file whose entries are not in, as ranges from and to: in the order of the file, whatever that of writing. */
function linesWhere(lines: Uint32Array, came: Uint8Array): readonly Range[] {
  const out = lines.filter((line, row) => line > 0 && !isIn(came[row])).sort();
  const ranges: [number, number][] = [];
  for (const line of out) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === line - 1) range[1] = line;
    else ranges.push([line, line]);
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
