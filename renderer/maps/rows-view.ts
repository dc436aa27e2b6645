/** A table of any length as it is shown: what main has of it, and how the user wants it. Rows are asked for as they come into view. */
import type { RowsFace, RowsSort, RowsState, WrongFilter } from "../../protocol/rows.ts";

export interface RowsView {
  readonly face: RowsFace;
  readonly state: RowsState;
  readonly sort: RowsSort | null;
  readonly filter: string;
  /** of the filter as it is typed; the rows are those of the last one that was right */
  readonly wrong: WrongFilter | null;
  /** a filter or sort order is being worked on */
  readonly arranging: boolean;
  /** ms from one reading to the next; null: when asked */
  readonly every: number | null;
  /** why it is shown no more */
  readonly gone: string | null;
}

/** News of main's; what comes late is passed over. */
export function withState(view: RowsView, state: RowsState): RowsView {
  return state.version < view.state.version ? view : { ...view, state };
}
