/** What came of a change, for a person: counts, and the rows that somebody else had a hand in. */
import { type Applied, type Conflict, conflictsShown } from "../../../protocol/changes.ts";
import type { MapLayout } from "../../tables/describe-map.ts";
import { formatEntryCells } from "../../tables/format-entry.ts";
import { type ChangeRows, changeAt, keyAt, kinds, newAt, oldAt, outcomes } from "./change-rows.ts";
import type { Written } from "./write-rows.ts";

export function report(
  journal: string,
  layout: MapLayout,
  rows: ChangeRows,
  { outcomes: came, found, ended }: Written,
): Applied {
  const counts = Array.from({ length: 8 }, () => 0);
  const conflicts: Conflict[] = [];
  let conflictCount = 0;
  for (let at = 0; at < came.length; at++) {
    const outcome = came[at] as number;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    const what = wordOf(outcome, rows.kinds[at]);
    if (what === null) continue;
    conflictCount += 1;
    if (conflicts.length < conflictsShown) conflicts.push(describe(layout, rows, at, what, found.get(at) ?? null));
  }
  const of = (...which: readonly number[]): number => which.reduce((sum, one) => sum + (counts[one] ?? 0), 0);
  return {
    journal,
    done: of(outcomes.done, outcomes.already, outcomes.overwritten, outcomes.removedAfter),
    already: of(outcomes.already),
    conflicts,
    conflictCount,
    untouched: of(outcomes.untouched, outcomes.refused),
    ended,
  };
}

function wordOf(outcome: number, kind: number | undefined): Conflict["what"] | null {
  if (outcome === outcomes.other) return kind === kinds.add ? "exists" : "other";
  if (outcome === outcomes.missing) return "missing";
  if (outcome === outcomes.overwritten) return "overwritten";
  return outcome === outcomes.removedAfter ? "removed" : null;
}

function describe(
  layout: MapLayout,
  rows: ChangeRows,
  at: number,
  what: Conflict["what"],
  found: Buffer | null,
): Conflict {
  const key = keyAt(rows, at);
  const cells = (value: Uint8Array): string[] => [...formatEntryCells(layout, key, value).cells];
  const change = changeAt(rows, at);
  return {
    ...{ change, what },
    before: change.was === null ? null : cells(oldAt(rows, at)),
    after: change.value === null ? null : cells(newAt(rows, at)),
    now: found === null ? null : cells(found),
    found: found?.toString("base64") ?? null,
  };
}
