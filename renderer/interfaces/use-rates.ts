import { useEffect, useState } from "react";
import type { InterfaceCounters } from "../../protocol/interface-details.ts";
import { useApp } from "../session/use-app.tsx";
import { placeKey, placeOf } from "./places.ts";
import { type Rates, ratesBetween } from "./rates.ts";

const everyMilliseconds = 200;
/** a minute of them */
const kept = 300;
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
 * @param drawn is told of each new one, with those of the last minute; the same function each time
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
    const ask = async (): Promise<void> => {
      const from = performance.now();
      try {
        const counters = await app.request("interfaces.counters", { place: placeOf(at) });
        if (ended) return;
        const rates = before === null ? null : ratesBetween(before, counters);
        before = counters;
        read ??= counters;
        if (rates !== null) history = [...history, rates].slice(-kept);
        if (counters.at - read.at >= textMilliseconds) {
          setNow(ratesBetween(read, counters));
          read = counters;
        }
        setFailed(false);
        drawn(history);
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
