import "vscode-jsonrpc/node";
import { describe, expect, it } from "vitest";
import { type CancellationToken, CancellationTokenSource } from "vscode-jsonrpc";
import { createLatestWins } from "../../../main/build/latest-wins.ts";

const none = new CancellationTokenSource().token;
const untilCancelled = (token: CancellationToken): Promise<string> =>
  new Promise((resolve) => token.onCancellationRequested(() => resolve("cancelled")));

describe("of the runs for one path", () => {
  it("the newer cancels the older", async () => {
    const latest = createLatestWins();
    const older = latest("/a.c", none, untilCancelled);
    const other = latest("/b.c", none, async (token) => {
      await older;
      return token.isCancellationRequested;
    });
    const newer = latest("/a.c", none, async (token) => {
      await older;
      return token.isCancellationRequested;
    });
    expect(await older).toBe("cancelled");
    expect(await newer).toBe(false);
    expect(await other).toBe(false);
  });

  it("the caller cancels its own, before or later", async () => {
    const latest = createLatestWins();
    const source = new CancellationTokenSource();
    const own = source.token;
    const running = latest("/a.c", own, untilCancelled);
    source.cancel();
    expect(await running).toBe("cancelled");
    expect(await latest("/a.c", own, async (token) => token.isCancellationRequested)).toBe(true);
  });

  it("one that failed stands in nobody's way", async () => {
    const latest = createLatestWins();
    await expect(latest("/a.c", none, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await latest("/a.c", none, async (token) => token.isCancellationRequested)).toBe(false);
  });
});
