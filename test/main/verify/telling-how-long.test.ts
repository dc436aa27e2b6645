import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tellingHowLong } from "../../../main/verify/telling-how-long.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("what takes less than a second is not told of; what takes longer is, until its end", async () => {
  const told: string[] = [];
  const tell = (program: string, seconds: number) => void told.push(`${program} ${seconds}`);
  const after = (milliseconds: number) => () =>
    new Promise<string>((resolve) => setTimeout(() => resolve("done"), milliseconds));

  const quick = tellingHowLong(tell, "quick", undefined, after(900));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await quick).toBe("done");
  expect(told).toEqual([]);

  const slow = tellingHowLong(tell, "slow", undefined, after(2_500));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await slow).toBe("done");
  expect(told).toEqual(["slow 1", "slow 2"]);

  const failing = tellingHowLong(tell, "failing", undefined, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(vi.getTimerCount()).toBe(0);
});

test("nothing is told of what was cancelled", async () => {
  const told: number[] = [];
  const source = new CancellationTokenSource();
  const { token } = source;
  const run = () => new Promise<void>((resolve) => setTimeout(resolve, 4_000));
  const slow = tellingHowLong((_program, seconds) => void told.push(seconds), "slow", token, run);
  await vi.advanceTimersByTimeAsync(1_500);
  source.cancel();
  await vi.advanceTimersByTimeAsync(3_000);
  await slow;
  expect(told).toEqual([1]);
});
