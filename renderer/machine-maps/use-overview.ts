/** Read when maps come and go, and every few seconds for memory and holders: while it is seen, and not at all otherwise. */
import { useEffect } from "react";
import { useApp, useSession } from "../session/use-app.tsx";
import { readOverview } from "./read-overview.ts";

const everyMilliseconds = 5000;
/** Maps that come and go many times a second are not looked at as often. */
const leastMilliseconds = 1000;
let lookedAt = Number.NEGATIVE_INFINITY;

export function useOverview(visible: boolean): void {
  const app = useApp();
  const listed = useSession(({ maps }) => maps);
  const ready = useSession(({ helper, connection }) => helper?.state === "ready" && connection.state === "open");
  useEffect(() => {
    if (!visible || !ready) return;
    let timer: ReturnType<typeof setTimeout>;
    const look = (): void => {
      lookedAt = performance.now();
      void readOverview(app);
      timer = setTimeout(look, everyMilliseconds);
    };
    const wait = lookedAt + leastMilliseconds - performance.now();
    if (wait <= 0) look();
    else timer = setTimeout(look, wait);
    return () => clearTimeout(timer);
  }, [app, visible, ready, listed]);
}
