/** One count for all windows: begun by the first, ended after the last, with rates, and with words where the helper ends. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRedirectWatches, type RedirectListener } from "../../../main/redirects/watch-redirects.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { RedirectCount, RedirectsState } from "../../../protocol/redirects.ts";

function count(serial: number, packets: bigint, drops: bigint): RedirectCount {
  return {
    ...{
      key: `${serial}`.padStart(80, "0"),
      tracepoint: "devmap_xmit",
      map: null,
      action: 4,
      errno: drops > 0n ? 6 : 0,
    },
    ...{ from: null, to: null, program: null, packets: `${packets}`, drops: `${drops}`, target: null },
  };
}

function stage() {
  const asked: string[] = [];
  let counts: readonly RedirectCount[] = [];
  let gone = false;
  const peer = {
    async request(method: string) {
      asked.push(method);
      if (gone) throw new Failed({ kind: "helper-gone", message: "the helper ended" });
      return method === "redirects.read" ? { counts, uncounted: "0" } : {};
    },
  };
  let started = 0;
  const watches = createRedirectWatches(
    () => ({
      elevated: async () => {
        started += 1;
        return peer as never;
      },
    }),
    () => Date.now(),
  );
  return {
    ...{ watches, asked },
    set: (next: readonly RedirectCount[]) => (counts = next),
    lose: () => (gone = true),
    started: () => started,
  };
}

function listener() {
  const told: RedirectsState[] = [];
  const why: string[] = [];
  const own: RedirectListener = { counted: (state) => told.push(state), gone: (words) => why.push(words) };
  return { own, told, why };
}

describe("the watch of redirects", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("counts for all that watch, once a second, and stops after the last", async () => {
    const { watches, asked } = stage();
    const [one, other] = [listener(), listener()];
    await watches.add(one.own);
    await watches.add(other.own);
    await watches.add(other.own);
    expect(asked).toEqual(["redirects.start", "redirects.read"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([one.told.length, other.told.length]).toEqual([2, 2]);
    watches.remove(one.own);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([one.told.length, other.told.length]).toEqual([2, 3]);
    watches.remove(other.own);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked.filter((method) => method === "redirects.stop").length).toBe(1);
    expect(asked.at(-1)).toBe("redirects.stop");
    expect(other.told.length).toBe(3);
  });

  it("tells rates of the last second, losses first, in an order that stays", async () => {
    const { watches, set } = stage();
    const { own, told } = listener();
    await watches.add(own);
    set([count(1, 500n, 0n), count(2, 0n, 90n), count(3, 10n, 0n)]);
    await vi.advanceTimersByTimeAsync(1_000);
    set([count(3, 9_007_199_254_740_993n, 0n), count(1, 700n, 0n), count(2, 0n, 90n)]);
    await vi.advanceTimersByTimeAsync(1_000);
    const [first, second] = told;
    const said = (state: RedirectsState | undefined) =>
      state?.rows.map(({ key, rate, lossRate }) => [Number(key), Math.round(rate), Math.round(lossRate)]);
    expect(said(first)).toEqual([
      [2, 0, 90],
      [1, 500, 0],
      [3, 10, 0],
    ]);
    expect(said(second)?.map(([key]) => key)).toEqual([2, 1, 3]);
    expect(said(second)?.slice(0, 2)).toEqual([
      [2, 0, 0],
      [1, 200, 0],
    ]);
    expect(second?.rows[2]?.packets).toBe("9007199254740993");
    expect(second?.seconds).toBe(2);
  });

  it("a window that goes away while counting begins leaves nothing behind", async () => {
    const { watches, asked } = stage();
    const { own, told } = listener();
    const adding = watches.add(own);
    watches.remove(own);
    await adding;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked.filter((method) => method === "redirects.start").length).toBe(
      asked.filter((method) => method === "redirects.stop").length,
    );
    expect(told).toEqual([]);
  });

  it("says why where the helper ends, starts none by itself, and counts again when asked", async () => {
    const { watches, lose, started } = stage();
    const { own, why } = listener();
    await watches.add(own);
    lose();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(why).toEqual(["the helper ended"]);
    expect(started()).toBe(1);
    await expect(watches.add(own)).rejects.toThrow("the helper ended");
    expect(started()).toBe(2);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(why.length).toBe(1);
  });
});
