import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildTarget, isStale } from "../../build/setup/stamps.mjs";

const target = { name: "thing", inputs: ["source", "missing"], outputs: ["out"] };
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stamps-"));
  mkdirSync(join(root, "source/inner"), { recursive: true });
  writeFileSync(join(root, "source/inner/a"), "1");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function build(): Promise<void> {
  await buildTarget(root, target, async () => writeFileSync(join(root, "out"), ""));
}

describe("staleness", () => {
  it("is stale until built, and fresh after", async () => {
    expect(isStale(root, target)).toBe(true);
    await build();
    expect(isStale(root, target)).toBe(false);
  });

  it("goes by content: a new time is fresh, a new byte is not", async () => {
    await build();
    utimesSync(join(root, "source/inner/a"), new Date(), new Date());
    expect(isStale(root, target)).toBe(false);
    writeFileSync(join(root, "source/inner/a"), "2");
    expect(isStale(root, target)).toBe(true);
  });

  it("sees files come, go and change their name, and the output vanish", async () => {
    await build();
    writeFileSync(join(root, "source/b"), "");
    expect(isStale(root, target)).toBe(true);
    rmSync(join(root, "source/b"));
    expect(isStale(root, target)).toBe(false);
    rmSync(join(root, "out"));
    expect(isStale(root, target)).toBe(true);
  });

  it("stays stale when an input changes during the build, or the build fails", async () => {
    await buildTarget(root, target, async () => {
      writeFileSync(join(root, "out"), "");
      writeFileSync(join(root, "source/inner/a"), "during");
    });
    expect(isStale(root, target)).toBe(true);
    await build();
    writeFileSync(join(root, "source/inner/a"), "later");
    await expect(buildTarget(root, target, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(isStale(root, target)).toBe(true);
  });
});
