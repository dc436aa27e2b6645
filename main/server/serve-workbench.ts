/** A workbench behind the browser door: every WebSocket a session of its own. */
import { workbench as workbenchContract, workbenchNotifications } from "../../protocol/contracts.ts";
import type { Pipe } from "../../protocol/pipe.ts";
import { connectPeer } from "../../protocol/peer.ts";
import type { Workbench } from "../workbench.ts";

/** Serves one window until its pipe closes. */
export function serveWindow(workbench: Workbench, pipe: Pipe, trouble: (what: string) => void): void {
  const session = workbench.connect((notification, params) => peer.notify(notification, params));
  const peer = connectPeer(
    pipe,
    {},
    {
      serves: workbenchContract,
      handlers: session.handlers,
      sends: workbenchNotifications,
      hears: {},
      closed: session.end,
      trouble,
    },
  );
}
