/** The methods of maps as files, for one window. */
import type * as z from "zod";
import type { workbench } from "../../../protocol/contracts.ts";
import { Failed, fail } from "../../../protocol/failures.ts";
import type { MapPlan, PlannedRow, plannedRowsParams } from "../../../protocol/map-files.ts";
import type { Handlers } from "../../../protocol/peer.ts";
import { layoutForTyping } from "../../rows/typed-layout.ts";
import type { MapLayout } from "../../tables/describe-map.ts";
import { formatEntryCells } from "../../tables/format-entry.ts";
import { describeEntries, type DescribedMap } from "../describe-entries.ts";
import { applyRows, type Changing } from "../staged/apply-changes.ts";
import { keyOf, valueOf } from "./compare-entries.ts";
import { planOnThreads } from "./compare-on-threads.ts";
import type { EntryTable } from "./entry-table.ts";
import { exportMap } from "./export-map.ts";
import { type FilePlan, isUnused, planFile, takesBatches, unfitFor } from "./plan-file.ts";
import type { FileThreads } from "./threads/file-threads.ts";
import { writeWhole } from "./write-file.ts";

type Methods = "maps.export" | "maps.plan" | "maps.plannedRows" | "maps.applyPlan" | "maps.endPlan";

interface Kept extends FilePlan {
  readonly plan: number;
  readonly described: DescribedMap;
  /** as the table shows its cells */
  readonly shown: MapLayout;
  readonly netns: string | null;
  readonly unfit: string | null;
}

/** `wrote`: the map is another one now */
export function openMapFiles(
  changing: Changing,
  threads: FileThreads,
  wrote: (id: number) => void,
): Pick<Handlers<typeof workbench>, Methods> {
  const { helpers, shapes } = changing;
  let kept: Kept | null = null;
  let plans = 0;
  const find = (plan: number): Kept => {
    if (kept?.plan === plan) return kept;
    const message = "the comparison is not kept any more: make it anew";
    return fail({ kind: "not-found", what: "plan", name: `${plan}`, message });
  };
  return {
    "maps.export": async ({ id, path, format }, { token }) => {
      const peer = await helpers.elevated(`read map ${id}`);
      const described = await describeEntries(peer, id);
      const entries = await writeWhole(path, (destination) =>
        exportMap(peer, threads, described, format, destination, token),
      );
      return { entries };
    },
    "maps.plan": async ({ id, netns, before, after, removes }, { token }) => {
      kept = null;
      const peer = await helpers.elevated(`read map ${id}`);
      // a file means the same whatever the table shows
      const described = await describeEntries(peer, id);
      const compared = await planFile(peer, threads, described, { before, after, removes }, token);
      const shown = await layoutForTyping(peer, described, shapes, true);
      const applies = before === null && after !== null;
      const unfit = applies ? unfitFor(described, compared.diff) : "it is a comparison with something else than now";
      plans += 1;
      kept = { ...compared, ...{ plan: plans, described, shown, netns, unfit } };
      return describePlan(kept);
    },
    "maps.plannedRows": async (params) => ({ rows: rowsOf(find(params.plan), params) }),
    "maps.applyPlan": async ({ plan, title, confirm }, { token }) => {
      const { described, before, after, diff, netns, unfit } = find(plan);
      const { id, name } = described.description.map;
      if (unfit !== null) throw new Failed({ kind: "bad-value", field: "plan", message: `map ${name}: ${unfit}` });
      const peer = await helpers.elevated(`change map ${id}`);
      const trie = described.layout.type === "lpm_trie";
      const { rows } = await planOnThreads(threads, before, after, diff, trie);
      if (rows.count === 0)
        fail({ kind: "bad-value", field: "plan", message: `map ${name}: there is nothing to change` });
      const fill = before.count === 0 && takesBatches(described) && (await isUnused(peer, id));
      const options = { netns, title, bulk: true, fill, confirm, token };
      // what it says was compared with a map that is another one then
      kept = null;
      try {
        return (await applyRows(changing, peer, described, rows, options)).applied;
      } finally {
        wrote(id);
      }
    },
    "maps.endPlan": async ({ plan }) => {
      if (kept?.plan === plan) kept = null;
      return {};
    },
  };
}

function describePlan({ plan, before, after, diff, unfit }: Kept): MapPlan {
  const { added, changed, removed, same } = diff;
  return {
    ...{ plan, before: before.count, after: after.count, same, unfit },
    ...{ added: added.length, changed: changed.length / 2, removed: removed.length },
  };
}

/** Removed ones, then changed ones, then those that are added. */
function rowsOf(
  { shown, before, after, diff: { removed, changed, added } }: Kept,
  { from, count }: z.infer<typeof plannedRowsParams>,
): PlannedRow[] {
  const cells = (table: EntryTable, entry: number): string[] => [
    ...formatEntryCells(shown, keyOf(table, entry), valueOf(table, entry)).cells,
  ];
  const replaced = changed.length / 2;
  const total = removed.length + replaced + added.length;
  const rows: PlannedRow[] = [];
  for (let row = from; row < Math.min(total, from + count); row++) {
    const inChanged = row - removed.length;
    const inAdded = inChanged - replaced;
    if (inChanged < 0) {
      rows.push({ is: "removed", before: cells(before, removed[row] as number), after: null });
    } else if (inAdded < 0) {
      const [was, is] = [changed[inChanged * 2] as number, changed[inChanged * 2 + 1] as number];
      rows.push({ is: "changed", before: cells(before, was), after: cells(after, is) });
    } else {
      rows.push({ is: "added", before: null, after: cells(after, added[inAdded] as number) });
    }
  }
  return rows;
}
