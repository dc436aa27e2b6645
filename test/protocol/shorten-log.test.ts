import { describe, expect, it } from "vitest";
import { shortenLog } from "../../protocol/shorten-log.ts";

describe("shortenLog", () => {
  it("leaves a log that fits as it is", () => {
    expect(shortenLog("a\nb\n", 4)).toBe("a\nb\n");
  });

  it("leaves whole lines of the middle out and says how many", () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}`);
    const short = shortenLog(`${lines.join("\n")}\n`, 800);
    expect(short.length).toBeLessThan(850);
    const kept = short.split("\n");
    const gap = kept.findIndex((line) => line.startsWith("; "));
    const left = Number(/^; (\d+) lines left out here$/.exec(kept[gap] ?? "")?.[1]);
    expect(kept.slice(0, gap)).toEqual(lines.slice(0, gap));
    expect(kept.slice(gap + 1, -1)).toEqual(lines.slice(gap + left));
  });

  it("takes one long line too", () => {
    expect(shortenLog("x".repeat(10_000), 800).length).toBeLessThan(850);
  });
});
