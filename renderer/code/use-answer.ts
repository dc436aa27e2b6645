/** What main answers to a question that is asked again whenever what it is about changed. */
import { type CancellationToken, CancellationTokenSource } from "vscode-jsonrpc";
import { useEffect, useState } from "react";
import { wordsOf } from "../session/failure-words.ts";

const pauseMilliseconds = 150;

export interface Answer<T> {
  /** the last one; of the question before only while the first answer to this one is awaited */
  readonly value: T | null;
  /** what went wrong since; null where the value is what was asked for */
  readonly failed: unknown;
  /** the first answer to this question has not come yet */
  readonly awaited: boolean;
}

interface Kept<T> {
  readonly key: string | null;
  readonly value: T | null;
  readonly failed: unknown;
}

/**
 * `key` names the question, null asks nothing; another `version` asks the same one again, after a pause in which newer
 * ones come in its place. What is under way for an older one is cancelled.
 */
export function useAnswer<T>(
  key: string | null,
  version: unknown,
  ask: (token: CancellationToken) => Promise<T>,
  /** nobody sees the answer: it is asked for when somebody does */
  paused = false,
): Answer<T> {
  const [kept, setKept] = useState<Kept<T>>({ key: null, value: null, failed: null });
  const known = kept.key === key;
  useEffect(() => {
    if (key === null || paused) return;
    const source = new CancellationTokenSource();
    // made before it can be cancelled: a token that is born cancelled never calls its listeners
    const { token } = source;
    const run = (): void => {
      ask(token).then(
        (value) => {
          if (!token.isCancellationRequested) setKept({ key, value, failed: null });
        },
        (failed: unknown) => {
          if (token.isCancellationRequested) return;
          // somebody else's newer question about the same source came in its place: it is asked again
          if (wordsOf(failed) === null) timer = setTimeout(run, pauseMilliseconds * 2);
          else setKept((old) => ({ key, value: old.key === key ? old.value : null, failed }));
        },
      );
    };
    let timer = setTimeout(run, known ? pauseMilliseconds : 0);
    return () => {
      clearTimeout(timer);
      source.cancel();
    };
    // the pause is decided when the question is asked
    // oxlint-disable-next-line react/exhaustive-deps
  }, [key, version, ask, paused]);
  return { value: kept.value, failed: known ? kept.failed : null, awaited: key !== null && !known };
}
