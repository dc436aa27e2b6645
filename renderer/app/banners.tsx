import { Button } from "react-aria-components";
import { unlock } from "../session/unlock.ts";
import { useApp, useSession } from "../session/use-app.tsx";

/** What keeps parts of the window from working, said in one line each until it is over. */
export function Banners(): React.ReactNode {
  const app = useApp();
  const { state } = useSession(({ connection }) => connection);
  const helper = useSession((session) => session.helper);
  return (
    <div className="banners" role="status" aria-label="State of the workbench">
      {state === "lost" && (
        <p className="banner warn">
          The connection to the workbench is lost. Reconnecting… Everything you typed is kept.
        </p>
      )}
      {state === "refused" && (
        <p className="banner warn">
          The workbench was started anew and does not know this window. Open the URL that it printed. Everything you
          typed is kept.
        </p>
      )}
      {state === "open" && helper?.state === "gone" && (
        <p className="banner warn">
          <span title={helper.note}>
            The helper ended unexpectedly. Attached programs stay attached; nothing more can be verified, attached or
            read until it runs again.
          </span>
          <Button className="button small" onPress={() => void unlock(app, "go on where it stopped")}>
            Start it again
          </Button>
        </p>
      )}
    </div>
  );
}
