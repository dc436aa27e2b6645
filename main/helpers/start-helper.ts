/** Opens a socket in a private directory, starts one helper instance with its path, and waits until it connects back. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Contract } from "../../protocol/contract.ts";
import { helperNotifications } from "../../protocol/helper-contracts.ts";
import { Failed } from "../../protocol/failures.ts";
import type { GuardList } from "../../protocol/guard.ts";
import type { InterfacesChange } from "../../protocol/interfaces.ts";
import { connectPeer, type Peer } from "../../protocol/peer.ts";
import { helperBundle, nodeInterpreter, runtimeDirectory } from "../paths.ts";
import { type Asking, type Started, startChild, startElevated, type Way } from "./elevation.ts";
import { removeStaleSockets } from "./remove-stale-sockets.ts";
import { socketPipe } from "./socket-pipe.ts";

export type HelperPeer<C extends Contract> = Peer<C, Record<never, never>>;

export interface StartOptions<C extends Contract> {
  readonly calls: C;
  readonly way: "plain" | Exclude<Way, "none">;
  readonly asking: Asking;
  readonly progress: (text: string) => void;
  readonly interfacesChanged: (change: InterfacesChange) => void;
  readonly guardsChanged: (list: GuardList) => void;
  /** the workbench closes: nobody waits for a password any more */
  readonly signal: AbortSignal;
  /** after a successful start: the connection ended */
  readonly closed: () => void;
}

/** A person may take a while over a password; a plain start has no such excuse. */
const patience = { plain: 10_000, elevated: 180_000 };

export async function startHelper<C extends Contract>(options: StartOptions<C>): Promise<HelperPeer<C>> {
  const path = join(runtimeDirectory(), `helper-${process.pid}-${randomBytes(6).toString("hex")}`);
  if (Buffer.byteLength(path) > 107) {
    throw new Error(
      `the socket path ${path} is longer than a unix socket allows: set XDG_RUNTIME_DIR to a shorter directory`,
    );
  }
  options.signal.throwIfAborted();
  const role = options.way === "plain" ? "plain" : "elevated";
  const argv = [nodeInterpreter(), helperBundle(), "--role", role, "--connect", path];
  removeStaleSockets(runtimeDirectory());
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  const started =
    options.way === "plain"
      ? startChild([...argv, "--crossed", "none"], "ignore")
      : startElevated(options.way, options.asking, argv);
  try {
    const socket = await firstConnection(server, started, role, options.signal);
    return connectPeer(socketPipe(socket), options.calls, {
      serves: {},
      handlers: {},
      sends: {},
      hears: helperNotifications,
      notified: {
        "lab.progress": ({ text }) => options.progress(text),
        "interfaces.changed": options.interfacesChanged,
        "guards.changed": options.guardsChanged,
      },
      closed: options.closed,
    });
  } catch (error) {
    started.kill();
    throw error;
  } finally {
    server.close();
    rmSync(path, { force: true });
  }
}

function firstConnection(
  server: Server,
  started: Started,
  role: keyof typeof patience,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise<Socket>((resolve, reject) => {
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
    const stop = (): void => {
      over();
      reject(signal.aborted ? signal.reason : new Error(`the ${role} helper did not connect within ${wait / 1000} s`));
    };
    const wait = patience[role];
    const timer = setTimeout(stop, wait);
    signal.addEventListener("abort", stop);
    server.once("connection", (socket) => {
      over();
      resolve(socket);
    });
    void started.ended.then((why) => {
      over();
      reject(role === "plain" ? new Error(`the helper could not start: ${why}`) : refused(why));
    });
  });
}

function refused(why: string): Failed {
  return new Failed({
    kind: "no-privilege",
    need: "root",
    message: `the helper was not given root (${why}): editing and building go on without it; unlock to try again, or start the workbench with sudo`,
  });
}
