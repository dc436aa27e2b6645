import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLineSplitter } from "../../protocol/lines.ts";

function collect(maximum: number): {
  readonly lines: string[];
  readonly overlong: number[];
  push(chunk: Uint8Array): void;
} {
  const lines: string[] = [];
  const overlong: number[] = [];
  const splitter = createLineSplitter(maximum, {
    line: (parts) => lines.push(Buffer.concat(parts).toString("utf8")),
    overlong: (bytes) => overlong.push(bytes),
  });
  return { lines, overlong, push: splitter.push };
}

describe("line splitter", () => {
  test("reads lines however they are cut, and many-byte characters cut in half", () => {
    const text = fc.string({ unit: "binary" }).map((each) => each.replaceAll("\n", " "));
    fc.assert(
      fc.property(fc.array(text), fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (texts, sizes) => {
        const bytes = Buffer.from(texts.map((each) => `${each}\n`).join(""));
        const { lines, overlong, push } = collect(1e6);
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          push(bytes.subarray(at, at + size));
          at += size;
        }
        // an unpaired surrogate has no UTF-8: what comes out is what Buffer makes of it
        expect(lines).toEqual(texts.map((each) => Buffer.from(each).toString("utf8")).filter((each) => each !== ""));
        expect(overlong).toEqual([]);
      }),
    );
  });

  test("takes a line of exactly the limit", () => {
    const { lines, overlong, push } = collect(5);
    push(Buffer.from("12345\n"));
    expect(lines).toEqual(["12345"]);
    expect(overlong).toEqual([]);
  });

  test("throws a longer line away, counts it, and reads the next as usual", () => {
    const { lines, overlong, push } = collect(5);
    push(Buffer.from("123456\nok\n1234"));
    push(Buffer.from("5678"));
    push(Buffer.from("9\nfine\n"));
    expect(lines).toEqual(["ok", "fine"]);
    expect(overlong).toEqual([6, 9]);
  });

  test("gathers nothing of a line that never ends", () => {
    const { overlong, push } = collect(1000);
    const chunk = Buffer.alloc(1 << 20, 120);
    const before = process.memoryUsage().arrayBuffers;
    for (let turn = 0; turn < 256; turn++) push(Buffer.from(chunk));
    globalThis.gc?.();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 << 20);
    push(Buffer.from("\n"));
    expect(overlong).toEqual([256 << 20]);
  });
});
