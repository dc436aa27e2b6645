/** Counted while this is seen, and not at all otherwise. */
import { useCallback, useEffect, useState } from "react";
import type { RedirectsState } from "../../protocol/redirects.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { unlock } from "../session/unlock.ts";

export interface Redirects {
  /** null before the first answer */
  readonly state: RedirectsState | null;
  /** why nothing is counted, in words */
  readonly failed: string | null;
  /** it takes the helper's privilege, which the user is asked for first */
  readonly locked: boolean;
  readonly again: () => void;
}

export function useRedirects(visible: boolean): Redirects {
  const app = useApp();
  const state = useSession((session) => session.redirects);
  const gone = useSession((session) => session.redirectsGone);
  const open = useSession((session) => session.connection.state === "open");
  const ready = useSession((session) => session.helper?.state === "ready");
  const [times, setTimes] = useState(0);

  useEffect(() => {
    if (!visible || !open || !ready) return;
    let ended = false;
    app.store.set({ redirects: null, redirectsGone: null });
    app.request("redirects.watch", {}).then(
      (redirects) => {
        if (!ended) app.store.set({ redirects });
      },
      (error: unknown) => {
        if (!ended) app.store.set({ redirectsGone: wordsOf(error)?.title ?? null });
      },
    );
    return () => {
      ended = true;
      // without a connection there is nothing that counts
      app.request("redirects.unwatch", {}).catch(() => undefined);
    };
    // times is why it is asked again
  }, [app, visible, open, ready, times]);

  const again = useCallback(() => {
    if (app.store.get().helper?.state === "ready") setTimes((before) => before + 1);
    else void unlock(app, "count redirects");
  }, [app]);
  return { state, failed: gone, locked: !ready, again };
}
