/** Where the arrow keys lead in a grid (https://www.w3.org/WAI/ARIA/apg/patterns/grid/). */
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
