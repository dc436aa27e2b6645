import { useEffect, useState } from "react";
import type { InterfaceCounters, InterfaceSamples } from "../../protocol/interface-details.ts";
import { useApp } from "../session/use-app.tsx";
import { placeKey, placeOf } from "./places.ts";
import { type Rates, ratesBetween } from "./rates.ts";

/** what is asked for has ten samples a second, whenever it is asked */
const everyMilliseconds = 400;
/** a minute of them */
export const keptRates = 600;
/** text that changes faster cannot be read */
const textMilliseconds = 1000;

export interface LiveRates {
  /** over the last second, for text */
  readonly now: Rates | null;
  /** they cannot be read at the moment */
  readonly failed: boolean;
}

/**
 * Asked for while it is seen, and not at all otherwise.
 * @param key of the place; null asks for nothing
 * @param drawn is told of those of the last minute whenever there are new ones; the same function each time
 */
export function useRates(key: string | null, visible: boolean, drawn: (history: readonly Rates[]) => void): LiveRates {
  const app = useApp();
  const [now, setNow] = useState<Rates | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const at = app.store.get().interfaces?.interfaces.find((one) => placeKey(one) === key);
    if (!visible || at === undefined) return;
    let history: readonly Rates[] = [];
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let before: InterfaceCounters | null = null;
    let read: InterfaceCounters | null = null;
    const take = (answer: InterfaceSamples): void => {
      const fresh: Rates[] = [];
      for (const counters of readingsOf(answer)) {
        const rates = before === null ? null : ratesBetween(before, counters);
        before = counters;
        read ??= counters;
        if (rates !== null) fresh.push(rates);
        if (counters.at - read.at < textMilliseconds) continue;
        setNow(ratesBetween(read, counters));
        read = counters;
      }
      history = [...history, ...fresh].slice(-keptRates);
      if (fresh.length > 0) drawn(history);
    };
    const ask = async (): Promise<void> => {
      const from = performance.now();
      try {
        const answer = await app.request("interfaces.samples", { place: placeOf(at), since: before?.at ?? 0 });
        if (ended) return;
        take(answer);
        setFailed(false);
      } catch {
        // the rest of the page says what it was: it went away, or there is no privilege
        if (ended) return;
        setFailed(true);
        before = null;
        read = null;
      }
      timer = setTimeout(() => void ask(), Math.max(20, everyMilliseconds - (performance.now() - from)));
    };
    void ask();
    return () => {
      ended = true;
      if (timer !== null) clearTimeout(timer);
    };
  }, [app, key, visible, drawn]);

  return { now, failed };
}

function readingsOf({ driver, samples }: InterfaceSamples): InterfaceCounters[] {
  return samples.map((sample) => ({
    ...sample,
    driver: driver.map((name, index) => ({ name, value: sample.driver[index] ?? "0" })),
  }));
}
