/** One watch for all windows, in whichever helper there is. */
import { describe, expect, it } from "vitest";
import type { ElevatedPeer, HelperPool, PlainPeer } from "../../../main/helpers/helper-pool.ts";
import { createInterfaceWatches } from "../../../main/interfaces/watch-interfaces.ts";
import { Failed } from "../../../protocol/failures.ts";

interface FakePeer {
  open: boolean;
  readonly asked: string[];
  request(method: string): Promise<unknown>;
}

function fakePeer(): FakePeer {
  const asked: string[] = [];
  return {
    open: true,
    asked,
    async request(method) {
      if (!this.open) throw new Failed({ kind: "helper-gone", message: "gone" });
      asked.push(method);
      return {};
    },
  };
}

function fakePool(): { pool: HelperPool; plain: FakePeer; elevated: FakePeer | null } {
  const state = { plain: fakePeer(), elevated: null as FakePeer | null };
  const pool: Pick<HelperPool, "plain" | "elevatedIfFree"> = {
    plain: async () => state.plain as unknown as PlainPeer,
    elevatedIfFree: async () => state.elevated as unknown as ElevatedPeer | null,
  };
  return Object.assign(state, { pool: pool as HelperPool });
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

describe("the watch of interfaces", () => {
  it("is one for all windows, and ends with the last of them", async () => {
    const state = fakePool();
    const watches = createInterfaceWatches(() => state.pool);
    const [first, second] = [[] as unknown[], [] as unknown[]];
    const tellFirst = (change: unknown): void => void first.push(change);
    const tellSecond = (change: unknown): void => void second.push(change);
    await watches.add(tellFirst);
    await watches.add(tellSecond);
    await watches.add(tellSecond);
    expect(state.plain.asked).toEqual(["interfaces.watch"]);
    first.length = 0;
    watches.tell({ interfaces: true, programs: false });
    expect([first.length, second.length]).toEqual([1, 1]);
    watches.remove(tellFirst);
    watches.tell({ interfaces: true, programs: false });
    expect([first.length, second.length]).toEqual([1, 2]);
    watches.remove(tellSecond);
    await settled();
    expect(state.plain.asked).toEqual(["interfaces.watch", "interfaces.unwatch"]);
  });

  it("moves to the helper with privilege when it comes, and back when it is gone, and tells so", async () => {
    const state = fakePool();
    const watches = createInterfaceWatches(() => state.pool);
    const told: unknown[] = [];
    await watches.add((change) => told.push(change));
    const elevated = fakePeer();
    state.elevated = elevated;
    watches.helperChanged();
    await settled();
    expect(elevated.asked).toEqual(["interfaces.watch"]);
    expect(state.plain.asked).toEqual(["interfaces.watch", "interfaces.unwatch"]);
    elevated.open = false;
    state.elevated = null;
    watches.helperChanged();
    await settled();
    expect(state.plain.asked.at(-1)).toBe("interfaces.watch");
    expect(told.length).toBe(3);
  });

  it("does nothing where nobody listens", async () => {
    const state = fakePool();
    const watches = createInterfaceWatches(() => state.pool);
    watches.helperChanged();
    await settled();
    expect(state.plain.asked).toEqual([]);
  });
});
