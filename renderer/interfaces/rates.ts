/** From counters to rates. A counter that went back (a driver that was reset) has no rate for that moment. */
import type { InterfaceCounters } from "../../protocol/interface-details.ts";

export interface Runs {
  readonly perSecond: number;
  /** null where it did not run */
  readonly nanoseconds: number | null;
  /** of one CPU, 0 to 1 for each that runs it */
  readonly share: number;
}

export interface Rates {
  /** ms, of the counters' own clock */
  readonly at: number;
  /** a second, by the names of the counters */
  readonly link: Readonly<Record<string, number>>;
  readonly driver: ReadonlyMap<string, number>;
  readonly runs: ReadonlyMap<number, Runs>;
}

export function ratesBetween(before: InterfaceCounters, now: InterfaceCounters): Rates | null {
  const seconds = (now.at - before.at) / 1000;
  if (seconds <= 0) return null;
  const rate = (from: string | undefined, to: string): number => grown(from, to) / seconds;
  const old = new Map(before.driver.map(({ name, value }) => [name, value]));
  const oldRuns = new Map(before.runs.map((one) => [one.id, one]));
  return {
    at: now.at,
    link: Object.fromEntries(Object.entries(now.link).map(([name, value]) => [name, rate(before.link[name], value)])),
    driver: new Map(now.driver.map(({ name, value }) => [name, rate(old.get(name), value)])),
    runs: new Map(
      now.runs.flatMap(({ id, count, nanoseconds }) => {
        const old = oldRuns.get(id);
        // it was not counted then
        if (old === undefined) return [];
        const runs = grown(old.count, count);
        const time = grown(old.nanoseconds, nanoseconds);
        const rate = {
          perSecond: runs / seconds,
          nanoseconds: runs === 0 ? null : time / runs,
          share: time / 1e9 / seconds,
        };
        return [[id, rate] as const];
      }),
    ),
  };
}

function grown(from: string | undefined, to: string): number {
  if (from === undefined) return 0;
  const difference = BigInt(to) - BigInt(from);
  return difference < 0n ? 0 : Number(difference);
}

export interface QueueRates {
  readonly queue: number;
  /** a second, by {@link queueColumns}; null where the driver does not count it */
  readonly cells: readonly (number | null)[];
}

/** in the drivers' different words */
export const queueColumns = [
  { title: "packets /s", words: ["packets"] },
  { title: "bytes /s", words: ["bytes"] },
  { title: "XDP packets /s", words: ["xdp_packets"] },
  { title: "XDP bytes /s", words: ["xdp_bytes"] },
  { title: "XDP drop /s", words: ["xdp_drops", "xdp_drop"] },
  { title: "XDP TX /s", words: ["xdp_tx", "xdp_tx_xmit"] },
  { title: "XDP redirect /s", words: ["xdp_redirects", "xdp_redirect"] },
] as const;

const receiveQueue = /^(?:rx(?:_queue_|-|_)?(\d+)_|queue_(\d+)_rx_)(\w+)$/;

/** Of the receive queues that the driver counts one by one. */
export function byQueue(driver: ReadonlyMap<string, number>): QueueRates[] {
  const queues = new Map<number, Map<string, number>>();
  for (const [name, value] of driver) {
    const match = receiveQueue.exec(name);
    if (match === null) continue;
    const queue = Number(match[1] ?? match[2]);
    const counters = queues.get(queue) ?? new Map<string, number>();
    queues.set(queue, counters.set(match[3] ?? "", value));
  }
  return [...queues]
    .toSorted(([one], [other]) => one - other)
    .map(([queue, counters]) => ({
      queue,
      cells: queueColumns.map(({ words }) => {
        const word = words.find((one) => counters.has(one));
        return word === undefined ? null : (counters.get(word) ?? null);
      }),
    }));
}

const split = new WeakMap<Rates, readonly QueueRates[]>();

/** The same of one moment, taken apart once: a chart is drawn from a minute of them. */
export function queuesOf(rates: Rates): readonly QueueRates[] {
  const known = split.get(rates) ?? byQueue(rates.driver);
  split.set(rates, known);
  return known;
}

/** Over all queues; null where the driver does not count it by queue. */
export function total(queues: readonly QueueRates[], column: number): number | null {
  const cells = queues.map(({ cells }) => cells[column] ?? null).filter((cell) => cell !== null);
  return cells.length === 0 ? null : cells.reduce((sum, cell) => sum + cell, 0);
}

/** 1,204,551, 96.5 M, 1.2 G: whole numbers as long as they are read as such. */
export function rateText(value: number): string {
  if (value < 1e7) return new Intl.NumberFormat("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
  const [unit, divisor] = value < 1e9 ? ["M", 1e6] : ["G", 1e9];
  return `${(value / Number(divisor)).toFixed(1)} ${unit}`;
}
