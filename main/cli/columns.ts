/** Aligned columns of text. Widths count code points, which is enough for names, numbers and addresses. */
export interface ColumnsOptions {
  /** bold or dim for a person; the widths are those of the plain text */
  readonly head?: (text: string) => string;
  /** columns whose values align right */
  readonly right?: readonly number[];
}

const gap = "  ";
/** So many rows decide the widths: a million are not kept to align them. */
const sampled = 2_000;

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
  rows: Iterable<readonly string[]>,
  { head = (text) => text, right = [] }: ColumnsOptions = {},
): Generator<string> {
  const widths = (header ?? []).map(width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
        return right.includes(index) ? space + cell : cell + space;
      })
      .join(gap)
      .trimEnd();
  let waiting: (readonly string[])[] | null = [];
  function* release(): Generator<string> {
    if (header !== null) yield `${head(line(header))}\n`;
    for (const row of waiting ?? []) yield `${line(row)}\n`;
    waiting = null;
  }
  for (const row of rows) {
    if (waiting === null) {
      yield `${line(row)}\n`;
      continue;
    }
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell));
    waiting.push(row);
    if (waiting.length >= sampled) yield* release();
  }
  if (waiting !== null) yield* release();
}

function width(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
