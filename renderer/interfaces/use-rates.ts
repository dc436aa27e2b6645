import { useEffect, useRef, useState } from "react";
import type { InterfaceCounters } from "../../protocol/interface-details.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { useApp } from "../session/use-app.tsx";
import { placeKey } from "./places.ts";
import { type Rates, ratesBetween } from "./rates.ts";

const everyMilliseconds = 200;
/** a minute of them */
const kept = 300;
/** text that changes faster cannot be read */
const textMilliseconds = 1000;

export interface LiveRates {
  /** the newest last; the same array, longer each time */
  readonly history: readonly Rates[];
  /** over the last second, for text */
  readonly now: Rates | null;
  /** why there are none */
  readonly failed: boolean;
}

/** Asked for while it is seen, and not at all otherwise. */
export function useRates(place: Place | null, visible: boolean, drawn: () => void): LiveRates {
  const app = useApp();
  const history = useRef<Rates[]>([]);
  const [now, setNow] = useState<Rates | null>(null);
  const [failed, setFailed] = useState(false);
  const key = place === null ? null : placeKey(place);
  const placed = useRef(place);
  placed.current = place;
  const draw = useRef(drawn);
  draw.current = drawn;

  useEffect(() => {
    const at = placed.current;
    if (!visible || at === null) return;
    history.current = [];
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | null = null;
    let before: InterfaceCounters | null = null;
    let read: InterfaceCounters | null = null;
    const ask = async (): Promise<void> => {
      const from = performance.now();
      try {
        const counters = await app.request("interfaces.counters", {
          place: { netns: at.netns, ifindex: at.ifindex, name: at.name },
        });
        if (ended) return;
        const rates = before === null ? null : ratesBetween(before, counters);
        before = counters;
        read ??= counters;
        if (rates !== null) history.current = [...history.current, rates].slice(-kept);
        if (counters.at - read.at >= textMilliseconds) {
          setNow(ratesBetween(read, counters));
          read = counters;
        }
        setFailed(false);
        draw.current();
      } catch {
        // what it was is said by the rest of the page: it went away, or there is no privilege
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
  }, [app, key, visible]);

  return {
    get history() {
      return history.current;
    },
    now,
    failed,
  };
}
