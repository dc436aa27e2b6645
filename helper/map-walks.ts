/**
 * Walks through maps with several pages asked for at once: while one page is on its way, the kernel reads the next. Pages
 * come in the order in which they were asked for.
 */
import type * as z from "zod";
import { fail } from "../protocol/failures.ts";
import type { MapWalkPage, mapWalkParams } from "../protocol/map-batches.ts";
import { type MapsContext, largestPageBytes, nameOf } from "./maps.ts";
import type { MapBatch } from "./native/map-face.ts";

/** Of one caller; a walk that was left halfway makes room for newer ones. */
const mostWalks = 64;
const nothing = new Uint8Array(0);

interface Walk {
  readonly id: number;
  readonly count: number;
  cursor: Buffer | null;
  over: boolean;
  /** what was asked for last: the next page begins where that one ends */
  reading: Promise<unknown>;
}

export interface MapWalks {
  start(params: z.infer<typeof mapWalkParams>): { walk: number };
  next(walk: number): Promise<MapWalkPage>;
  end(walk: number): void;
}

export function createMapWalks({ handles }: Pick<MapsContext, "handles">): MapWalks {
  const walks = new Map<number, Walk>();
  let last = 0;

  const read = async (walk: Walk): Promise<MapBatch | null> => {
    if (walk.over) return null;
    return handles.use(walk.id, `read map id ${walk.id}`, async (handle) => {
      const entry = Math.max(1, handle.info.keySize + handle.valueStride);
      if (entry > largestPageBytes) {
        const message = `read map ${nameOf(handle.info)}: one entry is ${entry} bytes; at most ${largestPageBytes} can be read`;
        fail({ kind: "too-large", message, limit: largestPageBytes });
      }
      const count = Math.max(1, Math.min(walk.count, Math.floor(largestPageBytes / entry)));
      const page = await handle.readBatch(walk.cursor, count);
      walk.cursor = page.cursor;
      walk.over = page.cursor === null;
      return page;
    });
  };

  return {
    start({ id, count }) {
      const oldest = walks.keys().next().value;
      if (walks.size >= mostWalks && oldest !== undefined) walks.delete(oldest);
      last += 1;
      walks.set(last, { id, count, cursor: null, over: false, reading: Promise.resolve() });
      return { walk: last };
    },
    async next(id) {
      const walk = walks.get(id);
      if (walk === undefined) {
        const message = `walk ${id}: there is none (any more): start another`;
        return fail({ kind: "not-found", what: "walk", name: `${id}`, message });
      }
      const reading = walk.reading.then(() => read(walk));
      // Whoever asked for the page that failed is told; the others after it read nothing.
      walk.reading = reading.catch(() => {
        walk.over = true;
      });
      const page = await reading;
      if (page === null) return { keys: nothing, values: nothing, count: 0, last: true };
      const { keys, values, count, cursor } = page;
      return { keys, values, count, last: cursor === null };
    },
    end(walk) {
      walks.delete(walk);
    },
  };
}
