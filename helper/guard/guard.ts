/**
 * The guard: a process of its own session, without a parent, that attaches a program with a deadline, or holds what
 * changes of a map replace, and is the only one that decides whether it stays. The elevated helper starts it and talks to it over descriptor 3; helpers that come
 * later find its socket (rendezvous.ts). It outlives all of them, and ends a minute after it has decided.
 * Exit: 0 done, or never asked; 2 not started by the helper.
 */
import "vscode-jsonrpc/node";
import { type Server, Socket } from "node:net";
import { guardNotifications, guardProcess } from "../../protocol/guard-process.ts";
import { fail } from "../../protocol/failures.ts";
import { guardId } from "../../protocol/guard.ts";
import { connectPeer, type Peer } from "../../protocol/peer.ts";
import { descriptorOf } from "../connect.ts";
import { loadNative } from "../native/load.ts";
import { socketPipe } from "../pipe.ts";
import { createDecider, type Decider } from "./decide.ts";
import type { Told } from "./decision.ts";
import { createMapDecider, type MapDecider } from "./decide-map.ts";
import { leaveRendezvous, listenAsGuard } from "./rendezvous.ts";

const conversation = 3;
/** what came of it is told to windows that come back within this, ms */
const remembered = 60_000;

type Listener = Peer<Record<never, never>, typeof guardNotifications>;

const id = guardId.safeParse(process.argv[2]);
if (!id.success) process.exit(2);
await main(id.data);

async function main(id: string): Promise<void> {
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
  // Whatever goes wrong beside it, the deadline is kept.
  for (const event of ["uncaughtException", "unhandledRejection"] as const) process.on(event, () => undefined);
  process.chdir("/");
  process.umask(0o077);
  const native = loadNative();
  await native.warmPool();

  const listeners = new Set<Listener>();
  let server: Server | null = null;
  const end = (): void => {
    server?.close();
    leaveRendezvous(id);
    process.exit(0);
  };
  let over = false;
  const told: Told = {
    changed(guard) {
      for (const listener of listeners) listener.notify("guard.changed", guard);
    },
    over() {
      over = true;
      setTimeout(end, remembered);
    },
  };
  const attaches = createDecider(native, id, told);
  let map: MapDecider | null = null;
  const decider = (): Pick<Decider, "describe" | "confirm" | "rollBack" | "superseded" | "state"> => map ?? attaches;
  const ofMap = (): MapDecider =>
    map ?? fail({ kind: "not-found", what: "guard", name: id, message: `guard ${id} guards no map` });
  const starterOnly = (isStarter: boolean): void => {
    if (!isStarter) fail({ kind: "unsupported", feature: "place", since: null, message: "not from here" });
  };
  /** Nothing was attached: there is nothing to stay for. */
  const endUnlessPlaced = (): void => {
    if (decider().state === "idle") end();
    else map?.starterGone();
  };

  const talk = (socket: Socket, isStarter: boolean): void => {
    const peer: Listener = connectPeer(
      socketPipe(socket),
      {},
      {
        serves: guardProcess,
        handlers: {
          "guard.place": async (params, { token }) => {
            starterOnly(isStarter);
            // before the attach, so that whoever comes after a crash finds it
            server ??= await listenAsGuard(id, accept);
            if (token.isCancellationRequested) fail({ kind: "cancelled", message: "attach: cancelled" });
            return attaches.place(params);
          },
          "guard.holdMap": async (params) => {
            starterOnly(isStarter);
            map = createMapDecider(native, id, params, told);
            return {};
          },
          "guard.holdRows": async (rows) => {
            starterOnly(isStarter);
            ofMap().hold(rows);
            return {};
          },
          "guard.watchMap": async () => {
            starterOnly(isStarter);
            server ??= await listenAsGuard(id, accept);
            return ofMap().watch();
          },
          "guard.applied": async () => {
            starterOnly(isStarter);
            return ofMap().applied();
          },
          "guard.describe": async () => decider().describe(),
          "guard.confirm": async () => decider().confirm(),
          "guard.rollBack": async () => decider().rollBack(),
          "guard.superseded": async () => decider().superseded(),
          "guard.leave": async () => {
            // after the answer is out
            if (over) setImmediate(end);
            return {};
          },
        },
        sends: guardNotifications,
        hears: {},
        closed: () => {
          listeners.delete(peer);
          if (isStarter) endUnlessPlaced();
        },
      },
    );
    listeners.add(peer);
  };
  const accept = (socket: Socket): void => {
    const fd = descriptorOf(socket);
    if (fd !== null && native.peerCredentials(fd).uid === process.geteuid?.()) talk(socket, false);
    else socket.destroy();
  };
  talk(new Socket({ fd: conversation }), true);
}
