/** Aligned columns of text. Widths count code points, which is enough for names, numbers and addresses. */
export interface ColumnsOptions {
  /** bold or dim for a person; the widths are those of the plain text */
  readonly head?: (text: string) => string;
  /** columns whose values align right */
  readonly right?: readonly number[];
}

const gap = "  ";

export function columns(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  options: ColumnsOptions = {},
): string {
  return [...columnLines(header, rows, options)].join("");
}

/** The same line by line, for many rows. */
export function* columnLines(
  header: readonly string[] | null,
  rows: readonly (readonly string[])[],
  { head = (text) => text, right = [] }: ColumnsOptions = {},
): Generator<string> {
  const widths = (header ?? []).map(width);
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell));
  }
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const space = " ".repeat((widths[index] ?? 0) - width(cell));
        return right.includes(index) ? space + cell : cell + space;
      })
      .join(gap)
      .trimEnd();
  if (header !== null) yield `${head(line(header))}\n`;
  for (const row of rows) yield `${line(row)}\n`;
}

function width(text: string): number {
  return [...text].length;
}
