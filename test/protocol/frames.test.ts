import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFrameSplitter, headOf } from "../../protocol/frames.ts";
import type { Beside } from "../../protocol/pipe.ts";

function collect(maximum: number): {
  readonly lines: string[];
  /** one for each line */
  readonly besides: (Beside | null)[];
  readonly overlong: number[];
  push(chunk: Uint8Array): void;
} {
  const lines: string[] = [];
  const besides: (Beside | null)[] = [];
  const overlong: number[] = [];
  const splitter = createFrameSplitter(maximum, {
    message: (parts, beside) => {
      lines.push(Buffer.concat(parts).toString("utf8"));
      besides.push(beside);
    },
    overlong: (bytes) => overlong.push(bytes),
  });
  return { lines, besides, overlong, push: splitter.push };
}

describe("texts alone", () => {
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

const name = fc.stringMatching(/^[a-z][a-zA-Z]{0,12}$/);
const beside = fc.dictionary(name, fc.uint8Array({ maxLength: 40 }), { minKeys: 1, maxKeys: 8 });
const message = fc.record({
  text: fc.string({ unit: "grapheme" }).map((each) => `{${each.replaceAll("\n", " ")}`),
  beside: fc.option(beside),
});

function bytesOf({ text, beside: bytes }: { readonly text: string; readonly beside: Beside | null }): Buffer {
  if (bytes === null) return Buffer.from(`${text}\n`);
  return Buffer.concat([Buffer.from(`${headOf(bytes)}${text}\n`), ...Object.values(bytes)]);
}

describe("bytes beside texts", () => {
  test("come back as they were sent, however they are cut", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(message), sizes, (messages, cuts) => {
        const bytes = Buffer.concat(messages.map(bytesOf));
        const { lines, besides, overlong, push } = collect(1e6);
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = cuts[turn % cuts.length] ?? 1;
          push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(lines).toEqual(messages.map(({ text }) => text));
        expect(besides).toEqual(messages.map((each) => each.beside));
        expect(overlong).toEqual([]);
      }),
    );
  });

  test("count towards the limit; one over it is skipped, its bytes too, and the next is read", () => {
    const most = collect(100);
    const whole = bytesOf({ text: "{}", beside: { keys: new Uint8Array(100 - "+keys:88 {}".length - 1) } });
    most.push(whole);
    expect(most.lines).toEqual(["{}"]);
    const { lines, besides, overlong, push } = collect(100);
    // line feeds and heads in bytes are bytes
    const keys = Buffer.from("\n+a:1 {}\n".repeat(20));
    const bytes = Buffer.concat([bytesOf({ text: "{}", beside: { keys } }), Buffer.from("{next}\n")]);
    for (let at = 0; at < bytes.length; at += 7) push(bytes.subarray(at, at + 7));
    expect(overlong).toEqual(["+keys:180 {}".length + 180]);
    expect(lines).toEqual(["{next}"]);
    expect(besides).toEqual([null]);
  });

  test.each([
    "+",
    "+ {}",
    "+keys {}",
    "+keys: {}",
    "+keys:-1 {}",
    "+keys:01 {}",
    "+keys:1e3 {}",
    "+keys:99999999999 {}",
    "+__proto__:0 {}",
    "+keys:0,keys:0 {}",
    "+a:0,b:0,c:0,d:0,e:0,f:0,g:0,h:0,i:0 {}",
    `+${"k".repeat(300)}:0 {}`,
  ])("a head that is none is a text like any other: %s", (line) => {
    const { lines, besides, push } = collect(1000);
    push(Buffer.from(`${line}\n{}\n`));
    expect(lines).toEqual([line, "{}"]);
    expect(besides).toEqual([null, null]);
  });

  test("no room is made for more than the limit, whatever a head says", () => {
    const { overlong, push } = collect(1 << 20);
    const before = process.memoryUsage().arrayBuffers;
    push(Buffer.from("+keys:4000000000 {}\n"));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
    expect(overlong).toEqual([4_000_000_000 + "+keys:4000000000 {}".length]);
  });
});
