/** Read when maps come and go, and every few seconds for memory and holders: while it is seen, and not at all otherwise. */
import { useEffect } from "react";
import { useApp, useSession } from "../session/use-app.tsx";
import { readOverview } from "./read-overview.ts";

const everyMilliseconds = 5000;

export function useOverview(visible: boolean): void {
  const app = useApp();
  const listed = useSession(({ maps }) => maps);
  const ready = useSession(({ helper, connection }) => helper?.state === "ready" && connection.state === "open");
  useEffect(() => {
    if (!visible || !ready) return;
    void readOverview(app);
    const timer = setInterval(() => void readOverview(app), everyMilliseconds);
    return () => clearInterval(timer);
  }, [app, visible, ready, listed]);
}
