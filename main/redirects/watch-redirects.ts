/**
 * One count of redirects for all windows and runs: started for the first that watches, read once a second while there is
 * one, and taken out of the kernel after the last.
 */
import { Failed } from "../../protocol/failures.ts";
import type { RedirectCount, RedirectRow, RedirectsState } from "../../protocol/redirects.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { explain } from "./explain.ts";
import { sayWay } from "./name-ends.ts";

const interval = 1_000;

export interface RedirectListener {
  counted(state: RedirectsState): void;
  gone(why: string): void;
}

export interface RedirectWatches {
  /** resolves with the counts of now when counting goes on; once more for the same listener only gives them again */
  add(listener: RedirectListener): Promise<RedirectsState>;
  remove(listener: RedirectListener): void;
}

/** as far as it is needed here */
interface Counting {
  elevated(what: string): Promise<Pick<ElevatedPeer, "request">>;
}

/** of one row, as it was a second ago */
interface Before {
  readonly packets: bigint;
  readonly drops: bigint;
}

export function createRedirectWatches(
  helpers: () => Counting,
  now: () => number = () => performance.now(),
): RedirectWatches {
  const listeners = new Set<RedirectListener>();
  /** the helper that counts: another one counts nothing, and must not be started for this */
  let counting: Pick<ElevatedPeer, "request"> | null = null;
  let begun = 0;
  let readAt = 0;
  let before: ReadonlyMap<string, Before> = new Map();
  let state: RedirectsState = { seconds: 0, rows: [], uncounted: "0" };
  let timer: NodeJS.Timeout | null = null;
  let turning: Promise<void> = Promise.resolve();

  /** starts, stops and reads go one after the other, each on what is true by then */
  const after = (turn: () => Promise<void>): Promise<void> => {
    const turned = turning.then(turn);
    turning = turned.catch(() => undefined);
    return turned;
  };
  const read = async (peer: Pick<ElevatedPeer, "request">): Promise<void> => {
    const { counts, uncounted } = await peer.request("redirects.read", {});
    const at = now();
    state = {
      seconds: (at - begun) / 1_000,
      rows: inOrder(counts.map((count) => rowOf(count, before, (at - readAt) / 1_000))),
      uncounted,
    };
    before = new Map(
      counts.map(({ key, packets, drops }) => [key, { packets: BigInt(packets), drops: BigInt(drops) }]),
    );
    readAt = at;
  };
  const begin = async (): Promise<void> => {
    if (counting !== null || listeners.size === 0) return;
    const peer = await helpers().elevated("count redirects");
    await peer.request("redirects.start", {});
    counting = peer;
    begun = now();
    readAt = begun;
    before = new Map();
    schedule();
    await read(peer);
  };
  const end = async (): Promise<void> => {
    if (counting === null || listeners.size > 0) return;
    const peer = counting;
    forget();
    await peer.request("redirects.stop", {});
  };
  const forget = (): void => {
    counting = null;
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const schedule = (): void => {
    timer = setTimeout(() => void after(tick), interval);
    // a window that nobody looks at must not keep a process from ending
    timer.unref();
  };
  const tick = async (): Promise<void> => {
    if (counting === null || listeners.size === 0) return;
    try {
      await read(counting);
    } catch (error) {
      // with the helper went what it held
      forget();
      const told = [...listeners];
      listeners.clear();
      for (const { gone } of told) gone(error instanceof Failed ? error.message : String(error));
      return;
    }
    for (const { counted } of listeners) counted(state);
    schedule();
  };

  return {
    async add(listener) {
      listeners.add(listener);
      try {
        await after(begin);
      } catch (error) {
        listeners.delete(listener);
        throw error;
      }
      return state;
    },
    remove(listener) {
      if (!listeners.delete(listener) || listeners.size > 0) return;
      // the helper that ended took its counters along
      after(end).catch(() => undefined);
    },
  };
}

function rowOf(count: RedirectCount, before: ReadonlyMap<string, Before>, seconds: number): RedirectRow {
  const { target: _target, ...counted } = count;
  const last = before.get(count.key) ?? { packets: 0n, drops: 0n };
  const aSecond = (grown: bigint): number => (seconds <= 0 || grown <= 0n ? 0 : Number(grown) / seconds);
  return {
    ...counted,
    rate: aSecond(BigInt(count.packets) - last.packets),
    lossRate: aSecond(BigInt(count.drops) - last.drops),
    ...explain(count),
  };
}

/** Losses first; beyond that an order that stays as counts grow. */
function inOrder(rows: readonly RedirectRow[]): RedirectRow[] {
  const loses = ({ drops }: RedirectRow): number => (drops === "0" ? 1 : 0);
  return rows.toSorted((one, other) => loses(one) - loses(other) || compare(one, other));
}

function compare(one: RedirectRow, other: RedirectRow): number {
  const text = (row: RedirectRow): string => `${sayWay(row)} ${row.tracepoint} ${row.key}`;
  const [left, right] = [text(one), text(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}
