/** Edits of one map that are not in it yet: by key, the latest edit of an entry in the place of its earlier ones. */
import type { Applied, Change, Conflict } from "../../protocol/changes.ts";
import { cpuCell, type StagedLayer, type StagedRow } from "../maps/staged-layer.ts";

export interface StagedChange {
  readonly change: Change;
  /** cells of key and value; null where there is no such entry on that side */
  readonly before: readonly string[] | null;
  readonly after: readonly string[] | null;
  /** value cells of single CPUs that change */
  readonly cpus?: readonly CpuChange[] | undefined;
}

export interface CpuChange {
  readonly cpu: number;
  readonly cell: number;
  readonly before: string;
  readonly after: string;
}

export interface StagedMap {
  /** by key, in the order of the first edit */
  readonly changes: ReadonlyMap<string, StagedChange>;
  /** how it was before each edit, the latest last: for Ctrl+Z */
  readonly earlier: readonly ReadonlyMap<string, StagedChange>[];
  /** what was taken back with Ctrl+Z, the latest last: for Ctrl+Shift+Z */
  readonly later: readonly ReadonlyMap<string, StagedChange>[];
  /** rows of the last apply that somebody else had a hand in, until each is settled */
  readonly conflicts: readonly Conflict[];
  /** rows being written: so many of so many */
  readonly applying: { readonly done: number; readonly total: number } | null;
  /** what became of the last apply, in a sentence; null after the next edit */
  readonly told: string | null;
}

export const nothingStaged: StagedMap = {
  ...{ changes: new Map(), earlier: [], later: [], conflicts: [] },
  ...{ applying: null, told: null },
};

const stepsBack = 100;

/** An edit back to what the entry has is no edit any more. */
export function withChanges(staged: StagedMap, added: readonly StagedChange[]): StagedMap {
  const changes = new Map(staged.changes);
  for (const one of added) {
    const { key } = one.change;
    const first = changes.get(key);
    if (first === undefined) {
      changes.set(key, one);
      continue;
    }
    const { was } = first.change;
    if (one.change.value === was) changes.delete(key);
    else
      changes.set(key, {
        change: { key, was, value: one.change.value },
        before: first.before,
        after: one.after,
        cpus: one.cpus,
      });
  }
  return stepped(staged, changes);
}

export function withoutKeys(staged: StagedMap, keys: readonly string[]): StagedMap {
  const changes = new Map(staged.changes);
  for (const key of keys) changes.delete(key);
  return changes.size === staged.changes.size ? staged : stepped(staged, changes);
}

function stepped(staged: StagedMap, changes: ReadonlyMap<string, StagedChange>): StagedMap {
  const earlier = [...staged.earlier, staged.changes].slice(-stepsBack);
  return { ...staged, changes, earlier, later: [], told: null };
}

/** The last edit taken back; the same where there was none. */
export function stepBack(staged: StagedMap): StagedMap {
  const changes = staged.earlier.at(-1);
  if (changes === undefined) return staged;
  return { ...staged, changes, earlier: staged.earlier.slice(0, -1), later: [...staged.later, staged.changes] };
}

/** The edit that was taken back last, staged again; the same where there was none. */
export function stepOn(staged: StagedMap): StagedMap {
  const changes = staged.later.at(-1);
  if (changes === undefined) return staged;
  return { ...staged, changes, later: staged.later.slice(0, -1), earlier: [...staged.earlier, staged.changes] };
}

/** What is left after an apply: rows that were not reached stay staged, conflicts wait to be settled. */
export function afterApply(staged: StagedMap, tried: readonly string[], report: Applied, told: string): StagedMap {
  const conflicts = report.conflicts;
  const left = new Map(staged.changes);
  const conflicting = new Set(conflicts.map(({ change }) => change.key));
  // it ends at the row that the kernel refused: those behind it were not tried
  const untouched = report.untouched === 0 ? new Set<string>() : new Set(tried.slice(tried.length - report.untouched));
  for (const key of tried) if (!untouched.has(key) || conflicting.has(key)) left.delete(key);
  return { changes: left, earlier: [], later: [], conflicts, applying: null, told };
}

/** The user's value goes in over what was found, or what was found stays. */
export function settle(staged: StagedMap, key: string, mine: boolean): StagedMap {
  const conflict = staged.conflicts.find(({ change }) => change.key === key);
  if (conflict === undefined) return staged;
  const conflicts = staged.conflicts.filter((one) => one !== conflict);
  if (!mine) return { ...staged, conflicts };
  const { value } = conflict.change;
  const next: StagedChange = {
    change: { key, was: conflict.found, value },
    before: conflict.now,
    after: conflict.after,
  };
  // nothing there, and nothing wished: there is nothing to do
  if (conflict.found === null && value === null) return { ...staged, conflicts };
  return { ...withChanges(staged, [next]), conflicts };
}

export interface Counts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export function countsOf({ changes }: StagedMap): Counts {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const { change } of changes.values()) counts[kindOf(change)] += 1;
  return counts;
}

export function kindOf({ was, value }: Change): StagedRow["is"] {
  if (was === null) return "added";
  return value === null ? "removed" : "changed";
}

/** "2 added, 1 removed" */
export function countWords({ added, changed, removed }: Counts): string {
  const parts = [
    [added, "added"],
    [changed, "changed"],
    [removed, "removed"],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count.toLocaleString("en")} ${word}`)
    .join(", ");
}

/** As the grid shows it over its rows. */
export function layerOf({ changes }: StagedMap): StagedLayer {
  const known = new Map<string, StagedRow>();
  return {
    rowOf(key) {
      const staged = changes.get(key);
      if (staged === undefined) return null;
      const row = known.get(key) ?? {
        is: kindOf(staged.change),
        cells: changedCells(staged),
        cpus: new Map((staged.cpus ?? []).map(({ cpu, cell, after }) => [cpuCell(cpu, cell), after])),
      };
      known.set(key, row);
      return row;
    },
  };
}

function changedCells({ before, after }: StagedChange): ReadonlyMap<number, string> {
  const cells = (after ?? []).flatMap((cell, index): [number, string][] =>
    before !== null && before[index] === cell ? [] : [[index, cell]],
  );
  return new Map(cells);
}
