/** Which row of the folded walk shows what. All lines have a row; those that are open have one for each step behind it. */
export interface OpenLine {
  readonly line: number;
  readonly first: number;
  readonly last: number;
}

export interface Row {
  readonly line: number;
  /** null for the line's own row */
  readonly step: number | null;
}

/** `open`: in order of their lines, here and below */
export function rowCount(lines: number, open: readonly OpenLine[]): number {
  return open.reduce((sum, { first, last }) => sum + last - first + 1, lines);
}

export function rowAt(open: readonly OpenLine[], row: number): Row {
  let left = row;
  let line = 0;
  for (const one of open) {
    const before = one.line - line;
    if (left <= before) break;
    left -= before + 1;
    const steps = one.last - one.first + 1;
    if (left < steps) return { line: one.line, step: one.first + left };
    left -= steps;
    line = one.line + 1;
  }
  return { line: line + left, step: null };
}

/** Of a step whose line is open. */
export function rowOfStep(open: readonly OpenLine[], { line, step }: { readonly line: number; readonly step: number }) {
  let row = line;
  for (const one of open) {
    if (one.line < line) row += one.last - one.first + 1;
    if (one.line === line) return row + 1 + step - one.first;
  }
  return row;
}
