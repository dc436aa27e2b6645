/** A workbench as users run it: the server process, entered by its printed URL, and a typed peer over its WebSocket. */
import "vscode-jsonrpc/node";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import { websocketPipe } from "../main/server/websocket-pipe.ts";
import { workbench, workbenchNotifications } from "../protocol/contracts.ts";
import { connectPeer, type Peer } from "../protocol/peer.ts";

export interface BenchWorkbench {
  readonly process: ChildProcess;
  readonly url: string;
  /** process start to the printed URL, ms */
  readonly startMilliseconds: number;
  /** uses up the URL's token, unless a cookie is there already */
  connect(cookie?: string): Promise<Peer<typeof workbench, Record<never, never>>>;
  stop(): Promise<void>;
}

/** `environment`: on top of our own, such as another XDG_STATE_HOME where unsaved text must not stay behind. */
export async function startWorkbench(
  root: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchWorkbench> {
  const start = performance.now();
  const child = spawn(process.execPath, [join(root, "dist/main/serve.js"), "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const startMilliseconds = performance.now() - start;
  const { url } = JSON.parse(line) as { url: string };
  return {
    process: child,
    url,
    startMilliseconds,
    async connect(given) {
      const { origin, host } = new URL(url);
      const cookie = given ?? (await enter(url));
      const socket = new WebSocket(`ws://${host}/rpc`, { headers: { cookie, origin } });
      await once(socket, "open");
      return connectPeer(websocketPipe(socket), workbench, {
        serves: {},
        handlers: {},
        sends: {},
        hears: workbenchNotifications,
      });
    },
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function enter(url: string): Promise<string> {
  const entered = await fetch(url, { redirect: "manual" });
  const cookie = entered.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie === undefined) throw new Error(`the workbench did not let us in: ${entered.status}`);
  return cookie;
}
