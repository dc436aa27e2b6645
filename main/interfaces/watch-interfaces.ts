/**
 * One watch of the machine's interfaces for all windows: in the elevated helper where there is one, else in the plain
 * one, which hears of its own namespace only.
 */
import type { InterfacesChange } from "../../protocol/interfaces.ts";
import { Failed } from "../../protocol/failures.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";

export interface InterfaceWatches {
  /** resolves when changes are told; once more for the same listener does nothing */
  add(told: (change: InterfacesChange) => void): Promise<void>;
  remove(told: (change: InterfacesChange) => void): void;
  /** of either helper */
  tell(change: InterfacesChange): void;
  /** a helper came or went */
  helperChanged(): void;
}

/** of either helper, as far as it is needed here */
interface Hearing {
  readonly open: boolean;
  request(method: "interfaces.watch" | "interfaces.unwatch", params: Record<string, never>): Promise<unknown>;
}

export function createInterfaceWatches(helpers: () => HelperPool): InterfaceWatches {
  const listeners = new Set<(change: InterfacesChange) => void>();
  let watching: Hearing | null = null;
  let turning: Promise<void> = Promise.resolve();

  const wanted = async (): Promise<Hearing | null> => {
    if (listeners.size === 0) return null;
    // asks nobody, and starts no helper that has to ask
    return (await helpers().elevatedIfFree()) ?? (await helpers().plain());
  };
  const turn = async (): Promise<void> => {
    const next = await wanted();
    if (next === watching && next?.open !== false) return;
    const before = watching;
    watching = null;
    if (before?.open === true) await unwatch(before);
    if (next === null) return;
    await next.request("interfaces.watch", {});
    watching = next;
    // what changed between the last list and this moment
    for (const told of listeners) told({ interfaces: true, programs: true });
  };
  /** one after the other, each on what is true by then */
  const follow = (): Promise<void> => {
    const turned = turning.then(turn);
    turning = turned.catch(() => undefined);
    return turned;
  };

  return {
    async add(told) {
      listeners.add(told);
      await follow();
    },
    remove(told) {
      listeners.delete(told);
      // the helper that ends takes its watch along
      if (listeners.size === 0) follow().catch(() => undefined);
    },
    tell(change) {
      for (const told of listeners) told(change);
    },
    helperChanged() {
      if (listeners.size > 0) follow().catch(() => undefined);
    },
  };
}

async function unwatch(peer: Hearing): Promise<void> {
  try {
    await peer.request("interfaces.unwatch", {});
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
  }
}
