/** The lines of a tree that are in view, and some around them: asked for as they come, and again when main says that they changed. */
import { useEffect, useRef, useState } from "react";
import type { TreeLine } from "../../protocol/tree.ts";
import type { RowsView } from "../maps/rows-view.ts";
import type { App } from "../session/app.ts";

const around = 60;
const most = 1000;

interface Cache {
  readonly version: number;
  readonly start: number;
  readonly lines: readonly TreeLine[];
}

export interface ShownLines {
  lineAt(line: number): TreeLine | null;
  readonly lines: readonly TreeLine[];
}

export function useTreeLines(app: App, { state }: RowsView, first: number, last: number): ShownLines {
  const { id, version } = state;
  const count = state.tree?.lines ?? 0;
  const [cache, setCache] = useState<Cache>({ version: 0, start: 0, lines: [] });
  const wanted = useRef({ version, first, last });
  const now = useRef(cache);
  const asking = useRef(false);

  useEffect(() => {
    wanted.current = { version, first, last };
    if (count === 0) return;
    const ask = async (): Promise<void> => {
      asking.current = true;
      try {
        for (;;) {
          const want = wanted.current;
          const { start: from, lines: have, version: of } = now.current;
          if (of === want.version && want.first >= from && want.last <= from + have.length) return;
          const start = Math.max(0, want.first - around);
          const wish = Math.max(1, Math.min(most, want.last - start + around));
          const got = await app.request("rows.lines", { id, start, count: wish });
          now.current = { version: got.version, start, lines: got.lines };
          setCache(now.current);
          if (got.lines.length === 0 || wanted.current === want) return;
        }
      } catch {
        // a table that is gone says so itself
      } finally {
        asking.current = false;
      }
    };
    if (!asking.current) void ask();
  }, [app, id, version, first, last, count]);

  return { lineAt: (line) => cache.lines[line - cache.start] ?? null, lines: cache.lines };
}
