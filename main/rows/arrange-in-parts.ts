/** A filter and a sort order over several threads: each looks at a part of the rows, one puts them together. */
import type { RowsSort } from "../../protocol/rows.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import type { LabelSource, MatchTask, OrderTask } from "./arrange-rows.ts";
import type { Span } from "./match-rows.ts";
import type { Condition } from "./parse-filter.ts";
import type { RowBytes } from "./row-bytes.ts";

export interface Arranging {
  readonly rows: RowBytes;
  readonly map: MapLayout;
  readonly labels: LabelSource;
  readonly sort: RowsSort | null;
  readonly condition: Condition | null;
}

/** Answers with row numbers; wherever it runs. */
export type RunPart = (task: MatchTask | OrderTask) => Promise<SharedArrayBuffer>;

/** @returns null where all rows are shown as they were read */
export async function arrangeInParts(
  { rows, map, labels, sort, condition }: Arranging,
  parts: number,
  run: RunPart,
): Promise<SharedArrayBuffer | null> {
  if (condition === null) return sort === null ? null : run({ do: "order", rows, map, parts: null, sort });
  const found = await Promise.all(
    spansOf(rows.count, parts).map((span) => run({ do: "match", rows, map, labels, condition, span })),
  );
  const [only] = found;
  if (sort === null && only !== undefined && found.length === 1) return only;
  return run({ do: "order", rows, map, parts: found, sort });
}

/** One after the other, of one length but for the last. */
function spansOf(count: number, parts: number): readonly Span[] {
  const length = Math.max(1, Math.ceil(count / Math.max(1, parts)));
  return Array.from({ length: Math.max(1, Math.ceil(count / length)) }, (_, part) => ({
    first: part * length,
    last: Math.min(count, (part + 1) * length),
  }));
}
