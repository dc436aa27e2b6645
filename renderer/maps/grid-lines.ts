/** What stands in the lines of the grid: an entry, or under an opened one its value on each CPU. */
export interface GridLine {
  /** place of the entry in the order shown */
  readonly row: number;
  /** null for the entry itself */
  readonly cpu: number | null;
}

/** `opened`: places of opened entries, ascending */
export function lineCount(rows: number, opened: readonly number[], cpus: number): number {
  return rows + opened.filter((row) => row < rows).length * cpus;
}

export function lineAt(line: number, opened: readonly number[], cpus: number): GridLine {
  let before = 0;
  for (const row of opened) {
    const at = row + before;
    if (line <= at) break;
    if (line <= at + cpus) return { row, cpu: line - at - 1 };
    before += cpus;
  }
  return { row: line - before, cpu: null };
}

export function lineOf(row: number, opened: readonly number[], cpus: number): number {
  return row + opened.filter((other) => other < row).length * cpus;
}
