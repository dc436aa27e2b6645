/**
 * Where guards and helpers find each other, however often the latter start anew: one socket a guard in a folder that
 * only root can enter. It is gone with the last of them.
 */
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Failed } from "../../protocol/failures.ts";
import { hasCode } from "../failures.ts";

/** The first that can be written and is nobody else's; /run may be read-only in a container. */
const folders = ["/run/xdp-workbench", "/dev/shm/xdp-workbench-guards", "/tmp/xdp-workbench-guards"];
const named = /^guard-([0-9a-f]{16})$/;

/** Calls back with each that connects. @throws Failed where there is no room for it */
export async function listenAsGuard(id: string, connected: (socket: Socket) => void): Promise<Server> {
  const why: string[] = [];
  for (const folder of folders) {
    try {
      return await listenIn(folder, id, connected);
    } catch (error) {
      why.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Failed({
    kind: "unsupported",
    feature: "deadlines",
    since: null,
    message: `attach with a deadline: the guard has nowhere to be found again (${why.join("; ")}): attach without one, or make /run writable`,
  });
}

async function listenIn(folder: string, id: string, connected: (socket: Socket) => void): Promise<Server> {
  // Another guard that ends may remove the folder between our two steps.
  for (let tries = 1; ; tries += 1) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (!isOurs(folder)) throw new Error(`${folder} is somebody else's`);
      const server = createServer(connected);
      const path = join(folder, `guard-${id}`);
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(path, resolve);
      });
      chmodSync(path, 0o600);
      return server;
    } catch (error) {
      if (tries === 3 || !hasCode(error, "ENOENT", "EACCES")) throw error;
    }
  }
}

/** The guard's last act. */
export function leaveRendezvous(id: string): void {
  for (const folder of folders) {
    if (!isOurs(folder)) continue;
    remove(join(folder, `guard-${id}`));
    removeFolder(folder);
  }
}

export interface Meeting {
  readonly id: string;
  /** null where nobody is there any more: what was left of it is removed */
  connect(): Promise<Socket | null>;
}

/** Guards by their sockets. */
export function findGuards(): readonly Meeting[] {
  return folders.filter(isOurs).flatMap((folder) =>
    names(folder).flatMap((name) => {
      const id = named.exec(name)?.[1];
      return id === undefined ? [] : [{ id, connect: () => meet(folder, name) }];
    }),
  );
}

function meet(folder: string, name: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(join(folder, name));
    socket.once("connect", () => resolve(socket));
    socket.once("error", (error) => {
      if (hasCode(error, "ECONNREFUSED")) {
        remove(join(folder, name));
        removeFolder(folder);
      }
      resolve(null);
    });
  });
}

/** Nobody but us may have put anything there. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.geteuid?.() && (found.mode & 0o077) === 0;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTEMPTY", "EBUSY", "EEXIST")) throw error;
  }
}
