/** Files on several threads: what one alone makes of them, with the same words for what is wrong. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DescribedMap } from "../../../main/maps/describe-entries.ts";
import { cutRows } from "../../../main/maps/transfer/read-csv.ts";
import { readEntries, readEntriesText, worthThreads } from "../../../main/maps/transfer/read-file.ts";
import { describeMapsOf, pick } from "../tables/map-of.ts";
import { threadsHere } from "./threads-here.ts";

const layouts = describeMapsOf(`
struct hop { __u32 nexthop; __u16 flags; };
struct { __uint(type, 1); __uint(max_entries, 100000); __type(key, __u64); __type(value, struct hop); } many SEC(".maps");
`);

function described(): DescribedMap {
  const layout = pick(layouts, "many");
  const { type, maxEntries, key, value, copies, stride } = layout;
  const map = { id: 7, name: "many", type, keySize: key.size, valueSize: value.size, maxEntries, flags: 0 };
  const btf = { btfId: 0, btfKeyTypeId: 0, btfValueTypeId: 0 };
  const description = {
    ...{ map: { ...map, ...btf }, valueStride: copies * stride, possibleCpus: 1, btf: null, frozen: false },
  };
  return { description, layout, section: null, btf: null };
}

const rows = (count: number): string[] => Array.from({ length: count }, (_, row) => `${row * 7_919},${row},${row % 9}`);
const fileOf = (lines: readonly string[]): Buffer => Buffer.from(`key,nexthop,flags\n${lines.join("\n")}\n`);

async function onThreads(text: Buffer, count: number) {
  expect(text.length).toBeGreaterThan(worthThreads);
  return readEntries(threadsHere(count), "many.csv", text, described(), null);
}

async function wordsOf(read: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof read === "function" ? read() : read);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "it was taken";
}

describe("a large file", () => {
  it.each([1, 2, 3, 7])("is the same entries on %d threads", async (count) => {
    const text = fileOf(rows(40_000));
    const [alone, together] = [readEntriesText("many.csv", text, described(), null), await onThreads(text, count)];
    const { entries } = together;
    expect(entries.count).toBe(40_000);
    const { keySize, valueStride } = entries;
    const same = (one: Uint8Array, other: Uint8Array, size: number): boolean =>
      Buffer.compare(one.subarray(0, 40_000 * size), other.subarray(0, 40_000 * size)) === 0;
    expect(same(alone.entries.keys, entries.keys, keySize)).toBe(true);
    expect(same(alone.entries.values, entries.values, valueStride)).toBe(true);
    expect(entries.lines.subarray(0, 40_000)).toEqual(alone.entries.lines.subarray(0, 40_000));
  });

  it.each([
    [
      "rows that are wrong in several parts",
      (lines: string[]) => lines.fill("1,x", 100, 103).fill("2,y,3", 39_000, 39_020),
    ],
    [
      "keys that come twice, far apart",
      (lines: string[]) => lines.with(39_999, lines[3] ?? "").with(20_000, lines[7] ?? ""),
    ],
    ["more than there is room for", (lines: string[]) => [...lines, ...rows(100_001).slice(40_000)]],
    ["cells in quotes with line breaks", (lines: string[]) => lines.with(10, '"1\n2",3,4')],
    ["an empty line and one without its end", (lines: string[]) => [...lines, "", "5"]],
  ])("says the same of %s", async (_what, spoil) => {
    const text = fileOf(spoil(rows(40_000)));
    const alone = await wordsOf(() => readEntriesText("many.csv", text, described(), null));
    expect(alone).toContain("nothing was written");
    expect(await wordsOf(onThreads(text, 3))).toBe(alone);
  });

  it("of which the header does not fit is refused for that alone", async () => {
    const text = Buffer.from(`key,nexthop,flag\n${rows(40_000).join("\n")}\n`);
    expect(await wordsOf(onThreads(text, 2))).toContain('no column "flag": do you mean flags?');
  });
});

describe("rows cut in parts", () => {
  it("begin at the beginning of a row, and none is lost", () => {
    const line = fc.stringMatching(/^[a-z0-9,]{0,12}$/);
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (lines, parts, ends) => {
          const head = "key,value\n";
          const text = Buffer.from(`${head}${lines.join("\n")}${ends ? "\n" : ""}`);
          const cuts = cutRows(text, head.length, parts);
          expect(cuts[0]).toBe(head.length);
          expect(cuts.at(-1)).toBe(text.length);
          expect(cuts.length).toBeLessThanOrEqual(parts + 1);
          for (const cut of cuts.slice(1, -1)) expect(text[cut - 1]).toBe(10);
          expect(cuts).toEqual(cuts.toSorted((one, other) => one - other));
        },
      ),
    );
  });

  it("are one where a quote may hide a line break", () => {
    const text = Buffer.from('key\n"a\nb"\nc\nd\n');
    expect(cutRows(text, 4, 4)).toEqual([4, text.length]);
  });
});
