/** What is wrong with a file, and where: all of it is read before anything is written. */
import { Failed } from "../../../protocol/failures.ts";

export interface Problem {
  /** from 1 */
  readonly line: number;
  /** of the line, in characters from 1; null where it is the whole line */
  readonly column: number | null;
  readonly message: string;
}

export interface Problems {
  add(line: number, column: number | null, message: string): void;
  /** so many that are only counted */
  more(count: number): void;
  readonly count: number;
  readonly list: readonly Problem[];
}

/** So many are told one by one. */
export const told = 10;

export function createProblems(): Problems {
  const list: Problem[] = [];
  let count = 0;
  return {
    add(line, column, message) {
      count += 1;
      if (list.length < told) list.push({ line, column, message });
    },
    more(others) {
      count += others;
    },
    get count() {
      return count;
    },
    list,
  };
}

/** What a thread found, in lines that begin `lines` later in the file. */
export function addProblems(all: Problems, { list, count }: Pick<Problems, "list" | "count">, lines: number): void {
  for (const { line, column, message } of list) all.add(line + lines, column, message);
  all.more(count - list.length);
}

/** Null where there are none. */
export function asFailure(file: string, problems: Problems): Failed | null {
  const [first] = problems.list;
  if (first === undefined) return null;
  const lines = problems.list.map(({ line, column, message }) => {
    const place = column === null ? `${line}` : `${line}:${column}`;
    return `${file}:${place}: ${message}`;
  });
  const more = problems.count - lines.length;
  if (more > 0) lines.push(`and ${more} more like these`);
  const head = `import ${file}: nothing was written: ${problems.count === 1 ? "one thing is" : `${problems.count} things are`} wrong with it`;
  return new Failed({ kind: "bad-value", field: `${file}:${first.line}`, message: [head, ...lines].join("\n") });
}
