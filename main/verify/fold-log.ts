import type { LogStep } from "./read-log.ts";

/** Steps that follow one another and belong to one C line. */
export interface LogFold {
  /** The file's base name, as the log has it; null without line records or before Linux 6.10. */
  readonly file: string | null;
  readonly line: number | null;
  /** The C line; empty where the log shows none. */
  readonly text: string;
  /** First and last step, both belong to it: indices into the log's steps. */
  readonly steps: readonly [from: number, to: number];
}

/** The walk grouped by C line, for a log that opens line by line. Linear. */
export function foldLog(steps: readonly LogStep[]): readonly LogFold[] {
  const folds: LogFold[] = [];
  let from = 0;
  for (let at = 1; at <= steps.length; at++) {
    const first = steps[from];
    const next = steps[at];
    if (!first || (next && sameLine(first, next))) continue;
    const { source } = first;
    folds.push({
      file: source?.file ?? null,
      line: source?.line ?? null,
      text: source?.text ?? "",
      steps: [from, at - 1],
    });
    from = at;
  }
  return folds;
}

function sameLine({ source: one }: LogStep, { source: other }: LogStep): boolean {
  return one === other || (one?.file === other?.file && one?.line === other?.line && one?.text === other?.text);
}
