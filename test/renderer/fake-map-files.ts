/** Maps as files over the fake: a file "~/NAME.csv" has one row that the table lacks, and lacks its first. */
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { PlannedRow } from "../../protocol/map-files.ts";
import type { Table } from "../../protocol/maps.ts";
import type { Handlers } from "../../protocol/peer.ts";

type Methods = "maps.export" | "maps.plan" | "maps.plannedRows" | "maps.applyPlan" | "maps.endPlan";

interface FakeFiles {
  readonly table: (id: number) => Table;
  readonly did: (what: string) => void;
}

export function fakeMapFiles({ table, did }: FakeFiles): Pick<Handlers<typeof workbench>, Methods> {
  let rows: readonly PlannedRow[] = [];
  return {
    "maps.export": async ({ id, path, format }) => {
      did(`export ${format} ${path}`);
      return { entries: table(id).rows.length };
    },
    "maps.plan": async ({ id, after, removes }) => {
      if (after?.endsWith(".wrong") === true) {
        const message = `import ${after}: nothing was written: one thing is wrong with it\n${after}:2:1: key: "x" does not fit`;
        return fail({ kind: "bad-value", field: `${after}:2`, message });
      }
      const { rows: now, columns } = table(id);
      const first = now[0]?.cells ?? [];
      const added: PlannedRow = { is: "added", before: null, after: columns.map((_, index) => `${90 + index}`) };
      const removed: PlannedRow = { is: "removed", before: [...first], after: null };
      rows = removes ? [removed, added] : [added];
      return {
        ...{ plan: 1, before: now.length, after: now.length, same: now.length - 1, unfit: null },
        ...{ added: 1, changed: 0, removed: removes ? 1 : 0 },
      };
    },
    "maps.plannedRows": async ({ from, count }) => ({ rows: rows.slice(from, from + count) }),
    "maps.applyPlan": async ({ title }) => {
      did(`apply ${title}`);
      return {
        ...{ journal: "00000000000000ff", done: rows.length, already: 0, conflicts: [], conflictCount: 0 },
        ...{ untouched: 0, ended: null },
      };
    },
    "maps.endPlan": async () => ({}),
  };
}
