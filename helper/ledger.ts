/**
 * What this process holds: fds, loaded objects, counters, children. Each is held on the line after it was acquired,
 * and all of it is released, newest first, when the connection ends.
 */
export interface Held {
  readonly name: string;
  /** releases once; later calls do nothing. Throws what the release throws */
  release(): void;
}

export interface Ledger {
  hold(name: string, release: () => void): Held;
  /** names of what is held, oldest first */
  held(): string[];
  /** never throws; what is held afterwards is released at once */
  releaseAll(): void;
}

export function createLedger(trouble: (what: string) => void = () => undefined): Ledger {
  const entries = new Set<Held>();
  let over = false;
  const quietly = (held: Held): void => {
    try {
      held.release();
    } catch (error) {
      trouble(`release ${held.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    hold(name, release) {
      const held: Held = {
        name,
        release() {
          if (entries.delete(held)) release();
        },
      };
      entries.add(held);
      if (over) quietly(held);
      return held;
    },
    held: () => [...entries].map(({ name }) => name),
    releaseAll() {
      over = true;
      for (const held of [...entries].reverse()) quietly(held);
    },
  };
}

/** For what is needed only as long as `use` runs; `acquire` and its registration stay on adjacent lines. */
export async function holding<T, R>(
  ledger: Ledger,
  name: string,
  acquire: () => T | Promise<T>,
  release: (acquired: T) => void,
  use: (acquired: T) => R | Promise<R>,
): Promise<R> {
  const acquired = await acquire();
  const held = ledger.hold(name, () => release(acquired));
  try {
    return await use(acquired);
  } finally {
    held.release();
  }
}
