/**
 * The helper's two instances. The plain one starts with the workbench, runs as the user and builds. The elevated one
 * starts at the first thing that needs it and is the only way to the kernel's BPF side. Neither is restarted behind
 * the user's back: a lost elevated helper is said, and starts again when it is next needed or asked for.
 */
import { elevatedHelper, plainHelper } from "../../protocol/helper-contracts.ts";
import { Failed } from "../../protocol/failures.ts";
import type { GuardList } from "../../protocol/guard.ts";
import type { InterfacesChange } from "../../protocol/interfaces.ts";
import type { HelperState } from "../../protocol/session.ts";
import { type Asking, chooseWay, type Way } from "./elevation.ts";
import { type HelperPeer, startHelper } from "./start-helper.ts";

export type PlainPeer = HelperPeer<typeof plainHelper>;
export type ElevatedPeer = HelperPeer<typeof elevatedHelper>;

export interface HelperPool {
  plain(): Promise<PlainPeer>;
  /** `what` finishes the sentence "root is needed to …" */
  elevated(what: string): Promise<ElevatedPeer>;
  /** the elevated helper if it is up already or needs nobody's leave; asks nobody */
  elevatedIfFree(): Promise<ElevatedPeer | null>;
  state(): HelperState;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly asking: Asking;
  readonly changed: (state: HelperState) => void;
  readonly progress: (text: string) => void;
  /** told where somebody asked for it (interfaces.watch) */
  readonly interfacesChanged?: (change: InterfacesChange) => void;
  /** told by the elevated helper from the first guards.list on */
  readonly guardsChanged?: (list: GuardList) => void;
}

export function createHelperPool(options: PoolOptions): HelperPool {
  let way: Way | null = null;
  let plainPeer: Promise<PlainPeer> | null = null;
  let elevatedPeer: Promise<ElevatedPeer> | null = null;
  const closing = new AbortController();
  let state: HelperState = { state: "locked", way: "none", pid: null, capabilities: [], libbpf: null, note: "" };

  const set = (change: Partial<HelperState>): void => {
    state = { ...state, ...change };
    options.changed(state);
  };
  const currentWay = (): Way => {
    way ??= chooseWay(options.asking);
    if (state.way !== way) state = { ...state, way };
    return way;
  };

  const startTheElevated = async (what: string): Promise<ElevatedPeer> => {
    const chosen = currentWay();
    if (chosen === "none") {
      way = null;
      throw new Failed({
        kind: "no-privilege",
        need: "root",
        message: `root is needed to ${what}, and there is no way to ask for it here (no sudo on a terminal, no pkexec on a desktop): editing and building go on; start the workbench with sudo to go further`,
      });
    }
    set({ state: "starting", note: `root is needed to ${what}` });
    try {
      const peer = await startHelper({
        calls: elevatedHelper,
        way: chosen,
        asking: options.asking,
        progress: options.progress,
        interfacesChanged: (change) => options.interfacesChanged?.(change),
        guardsChanged: (list) => options.guardsChanged?.(list),
        signal: closing.signal,
        closed: () => {
          elevatedPeer = null;
          if (!closing.signal.aborted)
            set({
              state: "gone",
              pid: null,
              capabilities: [],
              note: "the helper ended unexpectedly; attached programs stay attached",
            });
        },
      });
      const described = await peer.request("helper.describe", {});
      set({
        state: "ready",
        pid: described.pid,
        capabilities: described.capabilities,
        libbpf: described.libbpf,
        note: "",
      });
      return peer;
    } catch (error) {
      elevatedPeer = null;
      set({ state: "locked", note: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  };

  const pool: HelperPool = {
    plain() {
      plainPeer ??= startHelper({
        calls: plainHelper,
        way: "plain",
        asking: options.asking,
        progress: options.progress,
        interfacesChanged: (change) => options.interfacesChanged?.(change),
        guardsChanged: (list) => options.guardsChanged?.(list),
        signal: closing.signal,
        closed: () => {
          plainPeer = null;
        },
      }).catch((error: unknown) => {
        plainPeer = null;
        throw error;
      });
      return plainPeer;
    },
    elevated(what) {
      elevatedPeer ??= startTheElevated(what);
      return elevatedPeer;
    },
    async elevatedIfFree() {
      if (elevatedPeer !== null) return elevatedPeer.catch(() => null);
      // After a crash the user is asked first, root or not: starting again is theirs to say.
      if (currentWay() === "already-root" && state.state !== "gone")
        return pool.elevated("list interfaces, programs and maps").catch(() => null);
      return null;
    },
    state() {
      currentWay();
      return state;
    },
    async close() {
      closing.abort(new Failed({ kind: "cancelled", message: "the workbench is closing" }));
      const peers = await Promise.allSettled([plainPeer, elevatedPeer]);
      for (const peer of peers) if (peer.status === "fulfilled") peer.value?.close();
    },
  };
  return pool;
}
