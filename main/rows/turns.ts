/**
 * Whose turn it is, seen by all threads: what works for an older one gives up at its next look, so that the newest filter
 * never waits for what was asked for before it.
 */

/** Plain data: it goes with a task to a thread. */
export interface Turn {
  /** one 32-bit number: the turn that is on */
  readonly flag: SharedArrayBuffer;
  readonly mine: number;
}

export interface Turns {
  /** ends the turn before */
  next(): Turn;
  now(): Turn;
}

/** Nobody wants the answer any more. */
export class GivenUp extends Error {}

/** Called now and then by whatever takes long; throws {@link GivenUp}. */
export type Wanted = () => void;

export const alwaysWanted: Wanted = () => undefined;

export function createTurns(): Turns {
  const flag = new SharedArrayBuffer(4);
  const on = new Int32Array(flag);
  let mine = 0;
  return {
    next() {
      // wraps as the number in the flag does
      mine = (mine + 1) | 0;
      Atomics.store(on, 0, mine);
      return { flag, mine };
    },
    now: () => ({ flag, mine }),
  };
}

export function isOver({ flag, mine }: Turn): boolean {
  return Atomics.load(new Int32Array(flag), 0) !== mine;
}

export function wantedWhile({ flag, mine }: Turn): Wanted {
  const on = new Int32Array(flag);
  return () => {
    if (Atomics.load(on, 0) !== mine) throw new GivenUp("a newer one is asked for");
  };
}
