/** The helper's side of a guard: one that it starts, or one that it finds. */
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { guardNotifications, guardProcess } from "../../protocol/guard-process.ts";
import type { Guard } from "../../protocol/guard.ts";
import { connectPeer, type Peer } from "../../protocol/peer.ts";
import type { HelperContext } from "../context.ts";
import { socketPipe } from "../pipe.ts";

export type GuardPeer = Peer<typeof guardProcess, Record<never, never>>;

export interface Heard {
  changed(guard: Guard): void;
  closed(): void;
}

/**
 * Runs until it is told to attach, or until its connection ends without a word: it may be started before the program is
 * loaded. The caller closes the connection, whatever has become of the guard.
 */
export function startGuard(
  { native, environment }: Pick<HelperContext, "native" | "environment">,
  id: string,
  heard: Heard,
): GuardPeer {
  const bundle = fileURLToPath(new URL("./guard.js", import.meta.url));
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const fd = native.startOrphan([process.execPath, bundle, id], lines);
  return talkTo(new Socket({ fd }), heard);
}

export function talkTo(socket: Socket, heard: Heard): GuardPeer {
  return connectPeer(socketPipe(socket), guardProcess, {
    serves: {},
    handlers: {},
    sends: {},
    hears: guardNotifications,
    notified: { "guard.changed": (guard) => heard.changed(guard) },
    closed: () => heard.closed(),
  });
}
