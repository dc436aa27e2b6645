/**
 * How any guard decides: it waits for a word or for its deadline, whichever comes first; a second word changes nothing.
 * What the kernel refused to put back is tried again.
 */
import type { Guard } from "../../protocol/guard.ts";

export interface Told {
  /** after every change of state but the first */
  changed(guard: Guard): void;
  /** there is nothing left to do */
  over(): void;
}

export interface Settled {
  readonly state: Exclude<Guard["state"], "waiting">;
  readonly words: string;
}

/** What is decided about. */
export interface Guarded {
  describe(): Guard;
  /** why: what the words of the outcome begin with */
  putBack(why: string): Settled;
  /** gives up all that was held to put it back */
  release(): void;
}

export interface Decision {
  readonly state: "idle" | Guard["state"];
  /** of the outcome; "" before */
  readonly words: string;
  /** 0 once it is decided, null while the clock does not run yet */
  secondsLeft(): number | null;
  wait(): void;
  /** the deadline is so many s from the first call on: later calls change nothing */
  startClock(seconds: number): void;
  settle(outcome: Settled): Guard;
  rollBack(): Guard;
}

const again = { milliseconds: 1000, times: 600 };

export function createDecision(guarded: Guarded, told: Told): Decision {
  let state: Decision["state"] = "idle";
  let words = "";
  /** ns, monotonic: while the machine sleeps nobody is cut off and nobody can confirm */
  let deadline: bigint | null = null;
  let timer: NodeJS.Timeout | null = null;
  let attempts = 0;

  const settle = (outcome: Settled): Guard => {
    if (timer !== null) clearTimeout(timer);
    ({ state, words } = outcome);
    attempts += 1;
    const goesOn = state === "failed" && attempts < again.times;
    if (goesOn) timer = setTimeout(() => putBack("the kernel refused at first"), again.milliseconds);
    const now = guarded.describe();
    told.changed(now);
    if (!goesOn) {
      guarded.release();
      told.over();
    }
    return now;
  };
  const putBack = (why: string): Guard => settle(guarded.putBack(why));
  const tick = (end: bigint, seconds: number): void => {
    if (state !== "waiting") return;
    const left = Number(end - process.hrtime.bigint()) / 1e6;
    if (left > 0) timer = setTimeout(() => tick(end, seconds), Math.ceil(left));
    else putBack(`nobody confirmed within ${seconds} s`);
  };

  return {
    get state() {
      return state;
    },
    get words() {
      return words;
    },
    secondsLeft() {
      if (state !== "waiting") return 0;
      return deadline === null ? null : Math.max(0, Number(deadline - process.hrtime.bigint()) / 1e9);
    },
    wait() {
      if (state === "idle") state = "waiting";
    },
    startClock(seconds) {
      if (state !== "waiting" || deadline !== null) return;
      deadline = process.hrtime.bigint() + BigInt(seconds) * 1_000_000_000n;
      tick(deadline, seconds);
    },
    settle,
    rollBack: () => (state === "waiting" ? putBack("rolled back on request") : guarded.describe()),
  };
}
