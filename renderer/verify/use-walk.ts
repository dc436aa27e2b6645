/** A verifier's walk as main keeps it: the state at one step, and lines and steps by the page. */
import { CancellationTokenSource } from "vscode-jsonrpc";
import { useCallback, useEffect, useRef, useState } from "react";
import type { WalkState } from "../../protocol/walk.ts";
import { useApp } from "../session/use-app.tsx";
import { wordsOf } from "../session/failure-words.ts";

export interface Walked {
  readonly object: string;
  readonly program: string;
}

const page = 200;

interface Shown {
  /** the last one that arrived, for as long as the next is on its way; null at first */
  readonly state: WalkState | null;
  /** why there is none */
  readonly failed: string | null;
}

/** `step`: null for the last */
export function useWalkState({ object, program }: Walked, step: number | null): Shown {
  const app = useApp();
  const [shown, setShown] = useState<Shown>({ state: null, failed: null });
  useEffect(() => {
    const source = new CancellationTokenSource();
    const { token } = source;
    app.request("verify.state", { object, program, step }, token).then(
      (state) => !token.isCancellationRequested && setShown({ state, failed: null }),
      (error: unknown) =>
        !token.isCancellationRequested && setShown({ state: null, failed: wordsOf(error)?.title ?? "cancelled" }),
    );
    return () => source.cancel();
  }, [app, object, program, step]);
  return shown;
}

/** Items from `load` that were wanted once; `key` names what they are of. */
export function usePages<T>(key: string, load: (from: number, count: number) => Promise<readonly T[]>) {
  const [items, setItems] = useState<{ readonly key: string; readonly at: ReadonlyMap<number, T> }>({
    key,
    at: new Map(),
  });
  const asked = useRef({ key, pages: new Set<number>() });
  const want = useCallback(
    (index: number): void => {
      if (asked.current.key !== key) asked.current = { key, pages: new Set() };
      const { pages } = asked.current;
      const number = Math.floor(index / page);
      if (pages.has(number)) return;
      pages.add(number);
      load(number * page, page).then(
        (loaded) => {
          if (asked.current.pages !== pages) return;
          setItems((old) => {
            const at = new Map(old.key === key ? old.at : []);
            for (const [offset, item] of loaded.entries()) at.set(number * page + offset, item);
            return { key, at };
          });
        },
        // The state beside it tells what went wrong.
        () => pages.delete(number),
      );
    },
    [key, load],
  );
  return { at: (index: number): T | undefined => (items.key === key ? items.at.get(index) : undefined), want };
}
