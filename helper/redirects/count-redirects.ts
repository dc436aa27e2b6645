/** The redirect doctor's side of the kernel: counters that are there while somebody wants them, and their rows by name. */
import { fail } from "../../protocol/failures.ts";
import type { RedirectCounts } from "../../protocol/redirects.ts";
import type { HelperContext } from "../context.ts";
import { type Counters, loadCounters } from "./load-counters.ts";
import { createNamer } from "./name-rows.ts";
import { readRows } from "./rows.ts";

/** more than the map holds, so that one read is all of it */
const page = 2048;

export interface RedirectCounter {
  /** does nothing where it counts already */
  start(): Promise<void>;
  read(): Promise<RedirectCounts>;
  stop(): Promise<void>;
}

export function createRedirectCounter({ native, ledger }: Pick<HelperContext, "native" | "ledger">): RedirectCounter {
  const namer = createNamer(native);
  let counters: Counters | null = null;
  /** one start or stop after the other */
  let turning: Promise<void> = Promise.resolve();
  const after = (turn: () => Promise<void>): Promise<void> => {
    const turned = turning.then(turn);
    turning = turned.catch(() => undefined);
    return turned;
  };
  return {
    start: () =>
      after(async () => {
        counters ??= await loadCounters({ native, ledger });
      }),
    stop: () =>
      after(async () => {
        const before = counters;
        counters = null;
        before?.release();
      }),
    async read() {
      await turning;
      if (counters === null) {
        return fail({
          kind: "not-found",
          message: "read the counts of redirects: nobody started to count",
          what: "count",
          name: "redirects",
        });
      }
      const { keys, values } = await counters.map.readBatch(null, page);
      const { rows, uncounted } = readRows(keys, values, counters.map.valueStride);
      return { counts: namer.name(rows), uncounted: uncounted.toString() };
    },
  };
}
