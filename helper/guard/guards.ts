/**
 * What this helper knows of guards: those that it started, and those that it finds because another helper did. Guards
 * need none of it: the helper tells windows of them, and carries the user's word to them.
 */
import { randomBytes } from "node:crypto";
import { Failed, fail } from "../../protocol/failures.ts";
import type {
  AttachTarget,
  Guard,
  GuardList,
  GuardMapParams,
  GuardPlaced,
  GuardPlaceParams,
  GuardRows,
} from "../../protocol/guard.ts";
import type { HelperContext } from "../context.ts";
import type { Held } from "../ledger.ts";
import { findGuards } from "./rendezvous.ts";
import { type GuardPeer, startGuard, talkTo } from "./start-guard.ts";

export interface Guards {
  /** may be started while the program is still loading; told nothing, it ends with its connection */
  start(): Starting;
  /** looks for all, and tells of changes from then on */
  list(): Promise<GuardList>;
  settle(id: string, how: "guard.confirm" | "guard.rollBack"): Promise<Guard>;
  /** the rows of a map before they are changed; ends with this helper where it is not watched yet */
  holdMap(params: GuardMapParams): Promise<{ readonly guard: string }>;
  holdRows(id: string, rows: GuardRows): Promise<void>;
  /** from the first on until the last row is written; and when all that will be are: then the deadline runs */
  watchMap(id: string, how: "guard.watchMap" | "guard.applied"): Promise<Guard>;
  /** the waiting guards whose program is what is expected at one of the targets */
  waitingAt(targets: readonly AttachTarget[]): Promise<readonly Guard[]>;
  /** something was attached or detached there by the workbench: guards that have nothing left to guard are over */
  supersede(guards: readonly Guard[]): Promise<void>;
}

export interface Starting {
  place(params: GuardPlaceParams): Promise<GuardPlaced>;
  /** ends one that has attached nothing */
  release(): void;
}

/** how often new guards of others are looked for while somebody wants to hear of them, ms */
const interval = 1000;

/** what came of one that has ended is told for so long, ms */
const remembered = 60_000;

interface Known {
  readonly peer: GuardPeer;
  readonly held: Held;
  latest: Guard | null;
}

export function createGuards(context: HelperContext): Guards {
  const { ledger } = context;
  const known = new Map<string, Known>();
  let watch: Held | null = null;
  let toldOf = "";

  const describe = async ({ peer, latest }: Known): Promise<Guard | null> => {
    if (latest !== null && isOver(latest)) return latest;
    try {
      return await peer.request("guard.describe", {});
    } catch (error) {
      // It has ended, or attached nothing yet. One of another version that we do not understand keeps its deadline by itself,
      // and must not keep anybody from attaching.
      if (!(error instanceof Failed)) context.trouble(`a guard that is not understood: ${String(error)}`);
      return null;
    }
  };
  const gather = (): GuardList => {
    const guards = [...known.values()].flatMap(({ latest }) => (latest === null ? [] : [latest]));
    return { guards: guards.reverse() };
  };
  const tell = (): void => {
    if (watch === null) return;
    const list = gather();
    const fingerprint = list.guards.map(({ guard, state, words }) => `${guard} ${state} ${words}`).join("\n");
    if (fingerprint === toldOf) return;
    toldOf = fingerprint;
    context.guardsChanged(list);
  };
  const forget = (id: string): void => {
    known.delete(id);
    tell();
  };
  const add = (id: string, isOwn: boolean, connect: (heard: Parameters<typeof talkTo>[1]) => GuardPeer): Known => {
    const peer = connect({
      changed(guard) {
        const entry = known.get(id);
        if (entry === undefined) return;
        entry.latest = guard;
        if (isOwn && isOver(guard)) peer.request("guard.leave", {}).catch(() => undefined);
        tell();
      },
      closed() {
        const entry = known.get(id);
        entry?.held.release();
        if (entry === undefined || entry.latest === null || !isOver(entry.latest)) forget(id);
        else setTimeout(forget, remembered, id).unref();
      },
    });
    const entry: Known = { peer, held: ledger.hold(`guard ${id}`, () => peer.close()), latest: null };
    known.set(id, entry);
    return entry;
  };
  /** connects to those that are new, and asks all how they are */
  const look = async (): Promise<GuardList> => {
    for (const meeting of findGuards()) {
      if (known.has(meeting.id)) continue;
      const socket = await meeting.connect();
      if (socket !== null && !known.has(meeting.id)) add(meeting.id, false, (heard) => talkTo(socket, heard));
      else socket?.destroy();
    }
    await Promise.all(
      [...known.values()].map(async (entry) => {
        entry.latest = await describe(entry);
      }),
    );
    return gather();
  };
  const lookForNew = async (): Promise<void> => {
    if (findGuards().some(({ id }) => !known.has(id))) {
      await look();
      tell();
    }
  };
  const startWatch = (): void => {
    if (watch !== null) return;
    const timer = setInterval(() => void lookForNew().catch((error) => context.trouble(String(error))), interval);
    watch = ledger.hold("look for guards", () => clearInterval(timer));
    toldOf = "";
  };

  return {
    start() {
      const id = randomBytes(8).toString("hex");
      const entry = add(id, true, (heard) => startGuard(context, id, heard));
      return {
        async place(params) {
          try {
            const placed = await entry.peer.request("guard.place", params);
            entry.latest = placed.guard;
            tell();
            return placed;
          } catch (error) {
            throw error instanceof Failed && error.failure.kind === "helper-gone" ? new Error(lost) : error;
          }
        },
        release() {
          if (entry.latest === null) entry.held.release();
        },
      };
    },
    async holdMap(params) {
      const id = randomBytes(8).toString("hex");
      const entry = add(id, true, (heard) => startGuard(context, id, heard));
      try {
        await entry.peer.request("guard.holdMap", params);
        return { guard: id };
      } catch (error) {
        entry.held.release();
        throw error;
      }
    },
    async holdRows(id, rows) {
      const entry = known.get(id);
      if (entry === undefined) return noSuchGuard(id);
      await entry.peer.request("guard.holdRows", rows);
    },
    async watchMap(id, how) {
      const entry = known.get(id);
      if (entry === undefined) return noSuchGuard(id);
      entry.latest = await entry.peer.request(how, {});
      tell();
      return entry.latest;
    },
    async list() {
      startWatch();
      return look();
    },
    async settle(id, how) {
      await look();
      const entry = known.get(id);
      if (entry === undefined || entry.latest === null) return noSuchGuard(id);
      if (isOver(entry.latest)) return entry.latest;
      try {
        return (entry.latest = await entry.peer.request(how, {}));
      } catch (error) {
        if (error instanceof Failed && error.failure.kind === "helper-gone") return noSuchGuard(id);
        throw error;
      } finally {
        tell();
      }
    },
    async waitingAt(targets) {
      const { guards } = await look();
      return guards.filter(
        ({ state, targets: guarded }) =>
          state === "waiting" && targets.some((target) => guarded.some((one) => isExpected(one, target))),
      );
    },
    async supersede(guards) {
      for (const { guard } of guards) {
        const entry = known.get(guard);
        if (entry === undefined) continue;
        try {
          entry.latest = await entry.peer.request("guard.superseded", {});
        } catch (error) {
          if (!(error instanceof Failed)) throw error;
        }
      }
      tell();
    },
  };
}

const lost =
  "attach with a deadline: the guard ended before it answered; what is attached now is in the list of interfaces";

/** Of the same interface: of two namespaces' the same ifindex may be in both, and so may be the program. */
export function isExpected({ place, program }: Guard["targets"][number], target: AttachTarget): boolean {
  return (
    target.expected?.id === program.id && target.place.ifindex === place.ifindex && target.place.netns === place.netns
  );
}

function noSuchGuard(id: string): never {
  return fail({
    kind: "not-found",
    what: "guard",
    name: id,
    message: `guard ${id}: there is none (any more): it is over, or was never there`,
  });
}

/** "failed" is tried again */
function isOver({ state }: Guard): boolean {
  return state !== "waiting" && state !== "failed";
}
