import { describe, expect, it } from "vitest";
import { createLedger, holding } from "../../helper/ledger.ts";

describe("the ledger", () => {
  it("releases everything once, newest first, whatever a release throws", () => {
    const order: string[] = [];
    const said: string[] = [];
    const ledger = createLedger((what) => said.push(what));
    for (const name of ["a", "b", "c"]) {
      ledger.hold(name, () => {
        order.push(name);
        if (name === "b") throw new Error("stuck");
      });
    }
    expect(ledger.held()).toEqual(["a", "b", "c"]);
    ledger.releaseAll();
    ledger.releaseAll();
    expect(order).toEqual(["c", "b", "a"]);
    expect(said).toEqual(["release b: stuck"]);
    expect(ledger.held()).toEqual([]);
  });

  it("releases at once what comes after the end", () => {
    const ledger = createLedger();
    ledger.releaseAll();
    let released = 0;
    ledger.hold("late", () => {
      released += 1;
    });
    expect(released).toBe(1);
  });

  it("holds only as long as it is used", async () => {
    const ledger = createLedger();
    let open = 0;
    const use = (run: () => Promise<number>) =>
      holding(
        ledger,
        "it",
        () => {
          open += 1;
          return open;
        },
        () => {
          open -= 1;
        },
        run,
      );
    expect(await use(async () => ledger.held().length)).toBe(1);
    await expect(use(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect([open, ledger.held()]).toEqual([0, []]);
  });
});
