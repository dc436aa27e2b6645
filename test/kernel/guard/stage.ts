/** Interfaces to lose, processes to kill, and the guards that are left. */
import "vscode-jsonrpc/node";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { findGuards } from "../../../helper/guard/rendezvous.ts";
import { talkTo } from "../../../helper/guard/start-guard.ts";
import { socketPipe } from "../../../main/helpers/socket-pipe.ts";
import { workbench, workbenchNotifications } from "../../../protocol/contracts.ts";
import type { Guard, GuardList } from "../../../protocol/guard.ts";
import type { Mode, Place } from "../../../protocol/interfaces.ts";
import { connectPeer, type Peer } from "../../../protocol/peer.ts";
import { eventually, root, uniqueName } from "../helper/harness.ts";
import { native } from "../native/support.ts";

export interface Attached {
  readonly mode: Mode;
  readonly id: number;
}

export interface Ports {
  readonly netns: string;
  readonly places: readonly Place[];
  remove(): void;
}

/** veth pairs in one namespace, one end of each a place. Needs warmPool(). */
export function makePorts(count: number): Ports {
  const netns = uniqueName();
  execFileSync("ip", ["netns", "add", netns]);
  const names = Array.from({ length: count }, (_, index) => `${netns}l${index}`);
  const lines = names.flatMap((name, index) => [
    `link add ${name} type veth peer name ${netns}r${index}`,
    `link set ${name} addrgenmode none`,
    `link set ${name} up`,
  ]);
  execFileSync("ip", ["-n", netns, "-batch", "-"], { input: lines.join("\n") });
  const places = native.inNetns(`/run/netns/${netns}`, () =>
    names.map((name) => ({ netns, name, ifindex: native.ifindexOf(name) })),
  );
  return {
    netns,
    places,
    remove() {
      const left = names.map((name) => `link del ${name}`).join("\n");
      try {
        execFileSync("ip", ["-n", netns, "-force", "-batch", "-"], {
          input: left,
          stdio: ["pipe", "ignore", "ignore"],
        });
      } catch {
        // a test removed one of them itself
      } finally {
        execFileSync("ip", ["netns", "del", netns]);
      }
    },
  };
}

export function attachedAt({ netns, ifindex }: Place): readonly Attached[] {
  return native.inNetns(`/run/netns/${netns}`, () =>
    native.xdpQuery(ifindex).map(({ mode, programId }) => ({ mode, id: programId })),
  );
}

/** A pass program that the workbench knows nothing of. */
export function attachForeign({ netns, ifindex }: Place, mode: Mode, name = "xdpwt_before"): Attached {
  const fd = native.loadPass(name);
  try {
    const before = new Set(native.programIds());
    native.inNetns(`/run/netns/${netns}`, () => native.xdpAttach({ ifindex, mode, programFd: fd, expectedFd: null }));
    const found = native
      .inNetns(`/run/netns/${netns}`, () => native.xdpQuery(ifindex))
      .find((one) => one.mode === mode);
    if (found === undefined || !before.has(found.programId)) throw new Error("not attached");
    return { mode, id: found.programId };
  } finally {
    native.closeFd(fd);
  }
}

export function detach({ netns, ifindex }: Place, { mode, id }: Attached): void {
  const fd = native.openProgram(id);
  try {
    native.inNetns(`/run/netns/${netns}`, () => native.xdpDetach({ ifindex, mode, expectedFd: fd }));
  } finally {
    native.closeFd(fd);
  }
}

export type Window = Peer<typeof workbench, Record<never, never>> & {
  /** as guards.changed told, the newest last */
  readonly told: GuardList[];
  /** as when its process is killed */
  kill(): void;
};

export interface Main {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
  open(): Promise<Window>;
}

export interface Stage {
  readonly folder: string;
  /** a source path that stays as it is; its text is given with each attach */
  readonly source: string;
  /** a workbench with the state directory of the stage */
  startMain(state?: string): Promise<Main>;
  /** of these places, also after they have gone */
  guards(places: readonly Place[]): Promise<readonly Guard[]>;
  /** ends those that are settled, and waits until nothing of them is left */
  dismiss(places: readonly Place[]): Promise<void>;
  end(): Promise<void>;
}

export async function openStage(object: Buffer): Promise<Stage> {
  // below the checkout: the program finds its parts from there
  const folder = mkdtempSync(join(root, ".cache/xdpwt-guard-"));
  const bundle = join(folder, "main-process.mjs");
  const source = join(folder, "program.o");
  writeFileSync(source, object);
  await build({
    entryPoints: [join(import.meta.dirname, "main-process.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    external: ["electron", "*.node", "bufferutil", "utf-8-validate"],
    banner: {
      js: 'import { createRequire } from "node:module"; globalThis.require ??= createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  const mains = new Set<ChildProcess>();
  let serial = 0;
  const stage: Stage = {
    ...{ folder, source },
    async startMain(state = "state") {
      serial += 1;
      const socket = `/tmp/${uniqueName()}.${serial}`;
      const child = spawn(process.execPath, [bundle, socket], {
        // a process group of its own, to be killed whole
        detached: true,
        stdio: ["pipe", "ignore", "inherit"],
        env: {
          ...{ PATH: process.env["PATH"] ?? "", HOME: folder, XDG_RUNTIME_DIR: folder },
          XDG_STATE_HOME: join(folder, state),
        },
      });
      mains.add(child);
      const ended = new Promise((resolve) => child.once("close", resolve)).then(() => {
        mains.delete(child);
        rmSync(socket, { force: true });
      });
      await eventually(
        () => existsSync(socket) || child.exitCode !== null,
        (there) => there,
        60_000,
      );
      return { process: child, ended, open: () => openWindow(socket) };
    },
    guards: async (places) => {
      const found = await Promise.all(findGuards().map(({ connect }) => ask(connect, places, false)));
      return found.flatMap((guard) => guard ?? []);
    },
    async dismiss(places) {
      const left = () => Promise.all(findGuards().map(({ connect }) => ask(connect, places, true)));
      const remaining = await eventually(left, (guards) => guards.every((guard) => guard === null), 20_000);
      const still = remaining.flatMap((guard) => guard ?? []);
      if (still.length > 0) throw new Error(`guards that do not leave: ${JSON.stringify(still)}`);
    },
    async end() {
      for (const child of mains) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

async function openWindow(path: string): Promise<Window> {
  const socket = await meet(path);
  const told: GuardList[] = [];
  const peer = connectPeer(socketPipe(socket), workbench, {
    serves: {},
    handlers: {},
    sends: {},
    hears: workbenchNotifications,
    notified: { "guards.changed": (list) => told.push(list) },
  });
  // "open" is asked for as it is by then
  return Object.assign(Object.create(peer) as typeof peer, { told, kill: () => socket.destroy() });
}

/** Its file is there a moment before anybody listens. */
async function meet(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      socket.once("connect", () => resolve(null));
      socket.once("error", resolve);
    });
    if (error === null) return socket;
    if (error.code !== "ECONNREFUSED") throw error;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** null where the guard is somebody else's, or gone */
async function ask(
  meet: ReturnType<typeof findGuards>[number]["connect"],
  places: readonly Place[],
  leave: boolean,
): Promise<Guard | null> {
  const socket = await meet();
  if (socket === null) return null;
  const peer = talkTo(socket, { changed: () => undefined, closed: () => undefined });
  try {
    const guard = await peer.request("guard.describe", {});
    const ours = guard.targets.some(({ place }) =>
      places.some(({ netns, ifindex }) => place.netns === netns && place.ifindex === ifindex),
    );
    if (ours && leave) await peer.request("guard.leave", {});
    return ours ? guard : null;
  } catch {
    return null;
  } finally {
    peer.close();
  }
}
