/**
 * Open map fds, kept for as long as a live table keeps asking. An fd keeps its map alive, so an idle one is closed
 * soon: a map whose last user went away is gone three seconds later at most.
 */
import type { HelperContext } from "./context.ts";
import { naming } from "./failures.ts";
import type { Held } from "./ledger.ts";
import type { MapHandle } from "./native/map-face.ts";

const mostOpen = 32;
const idleAfter = 3_000;

export interface MapHandles {
  /** `use` gets the open map; what the kernel refuses inside becomes a failure that names `doing` */
  use<T>(id: number, doing: string, use: (handle: MapHandle) => T | Promise<T>): Promise<T>;
}

interface Entry {
  readonly handle: MapHandle;
  readonly held: Held;
  users: number;
  lastUsed: number;
}

export function createMapHandles({ native, ledger }: Pick<HelperContext, "native" | "ledger">): MapHandles {
  /** in the order of last use */
  const open = new Map<number, Entry>();
  let timer: NodeJS.Timeout | undefined;

  const close = (id: number, entry: Entry): void => {
    if (open.get(id) === entry) open.delete(id);
    if (entry.users === 0) entry.held.release();
  };
  const sweep = (): void => {
    const now = performance.now();
    for (const [id, entry] of open) {
      if (entry.users === 0 && (now - entry.lastUsed >= idleAfter || open.size > mostOpen)) close(id, entry);
    }
    if (open.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
  const acquire = (id: number): Entry => {
    const known = open.get(id);
    if (known !== undefined) {
      open.delete(id);
      open.set(id, known);
      return known;
    }
    const handle = native.openMap(id);
    const held = ledger.hold(`map id ${id}`, () => handle.close());
    const entry: Entry = { handle, held, users: 0, lastUsed: 0 };
    open.set(id, entry);
    timer ??= setInterval(sweep, 500).unref();
    return entry;
  };

  return {
    async use(id, doing, use) {
      const subject = { what: "map", name: `id ${id}` };
      const entry = naming({ doing, subject }, () => acquire(id));
      entry.users += 1;
      try {
        return await use(entry.handle);
      } catch (error) {
        open.delete(id);
        return naming({ doing }, () => {
          throw error;
        });
      } finally {
        entry.users -= 1;
        entry.lastUsed = performance.now();
        if (open.get(id) !== entry) close(id, entry);
        else if (open.size > mostOpen) sweep();
      }
    },
  };
}
