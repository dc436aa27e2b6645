/** What a column's menu does to the user's choices. */
import type { ColumnDeed } from "./grid-head.tsx";
import type { GridColumn } from "./grid-columns.ts";
import type { GridPrefs } from "./grid-prefs.ts";

const step = 24;

/** Null where the deed is not about the columns' looks. */
export function afterDeed(
  prefs: GridPrefs,
  columns: readonly GridColumn[],
  { id }: GridColumn,
  deed: ColumnDeed,
  width: number,
): Partial<GridPrefs> | null {
  const order = columns.map((column) => column.id);
  const at = order.indexOf(id);
  switch (deed) {
    case "left":
      return at <= 0 ? {} : { order: swapped(order, at, at - 1) };
    case "right":
      return at >= order.length - 1 ? {} : { order: swapped(order, at, at + 1) };
    case "wider":
      return { widths: { ...prefs.widths, [id]: width + step } };
    case "narrower":
      return { widths: { ...prefs.widths, [id]: Math.max(40, width - step) } };
    case "usual":
      return { widths: Object.fromEntries(Object.entries(prefs.widths).filter(([one]) => one !== id)) };
    case "hide":
      return columns.length === 1 ? {} : { hidden: [...prefs.hidden, id] };
    default:
      return null;
  }
}

/** A column dropped on another takes its place. */
export function movedBefore(columns: readonly GridColumn[], moved: string, before: string): readonly string[] {
  const order = columns.map(({ id }) => id);
  const [from, to] = [order.indexOf(moved), order.indexOf(before)];
  if (from < 0 || to < 0) return order;
  return order.toSpliced(from, 1).toSpliced(to, 0, moved);
}

function swapped(order: readonly string[], one: number, other: number): readonly string[] {
  return order.with(one, order[other] ?? "").with(other, order[one] ?? "");
}
