/** Where the arrow keys lead in a grid (https://www.w3.org/WAI/ARIA/apg/patterns/grid/). */
type KeyPress = Pick<React.KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey">;

export interface At {
  readonly row: number;
  readonly column: number;
}

export function moveInGrid(key: string, ctrl: boolean, at: At, rows: number, columns: number, page: number): At | null {
  const to = next(key, ctrl, at, rows, columns, page);
  if (to === null) return null;
  return { row: clamp(to.row, rows), column: clamp(to.column, columns) };
}

function next(key: string, ctrl: boolean, { row, column }: At, rows: number, columns: number, page: number): At | null {
  switch (key) {
    case "ArrowUp":
      return { row: row - 1, column };
    case "ArrowDown":
      return { row: row + 1, column };
    case "ArrowLeft":
      return { row, column: column - 1 };
    case "ArrowRight":
      return { row, column: column + 1 };
    case "PageUp":
      return { row: row - page, column };
    case "PageDown":
      return { row: row + page, column };
    case "Home":
      return ctrl ? { row: 0, column: 0 } : { row, column: 0 };
    case "End":
      return ctrl ? { row: rows - 1, column: columns - 1 } : { row, column: columns - 1 };
    default:
      return null;
  }
}

function clamp(value: number, count: number): number {
  return Math.min(Math.max(value, 0), Math.max(count - 1, 0));
}

export function isTyped({ key, ctrlKey, metaKey }: KeyPress): boolean {
  return !ctrlKey && !metaKey && key.length === 1 && key !== " ";
}

/** As slice() takes it. */
export function span(one: number, other: number): [number, number] {
  return [Math.min(one, other), Math.max(one, other) + 1];
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
}

/** As in a grid; above the first line is the head. */
export function nextPlace(event: KeyPress, here: At, count: number, columns: number, page: number): At | null {
  const { key, ctrlKey } = event;
  if (here.row < 0) {
    if (key === "ArrowDown" || key === "PageDown") return count > 0 ? { row: 0, column: here.column } : null;
    const next = moveInGrid(key, false, { row: 0, column: here.column }, 1, columns, page);
    return next === null || /^(Arrow|Page)Up$/.test(key) ? null : { row: -1, column: next.column };
  }
  if (key === "ArrowUp" && here.row === 0 && !event.shiftKey) return { row: -1, column: here.column };
  if (ctrlKey && (key === "ArrowUp" || key === "ArrowDown")) {
    return { row: key === "ArrowUp" ? 0 : count - 1, column: here.column };
  }
  return moveInGrid(key, ctrlKey, here, count, columns, page);
}

export function blockOf(
  one: At,
  other: At,
): { readonly first: number; readonly last: number; readonly columns: readonly [number, number] } {
  return {
    first: Math.min(one.row, other.row),
    last: Math.max(one.row, other.row),
    columns: [Math.min(one.column, other.column), Math.max(one.column, other.column)],
  };
}
