import { expect, test } from "vitest";
import { smallMaps } from "../../../main/verify/small-maps.ts";

type SizedMap = Parameters<typeof smallMaps>[0][number];
const map = (name: string, typeNumber: number, maxEntries: number, inner: SizedMap | null = null): SizedMap =>
  ({ name, typeNumber, maxEntries, inner }) as SizedMap;
const sizes = (...given: Parameters<typeof smallMaps>) => {
  const { settings, arrays } = smallMaps(...given);
  return { ...Object.fromEntries(settings?.maxEntries.map(({ name, entries }) => [name, entries]) ?? []), arrays };
};

test("large hashes, queues, rings and arrays are made small; small ones and others stay as they are", () => {
  const maps = [
    ...[map("hash", 1, 10_000_000), map("few", 1, 64), map("lru", 9, 1_000_000), map("queue", 22, 100_000)],
    ...[map("array", 2, 10_000_000), map("one", 2, 1), map("per_cpu", 6, 1_000_000), map("ring", 27, 1 << 28)],
    ...[map("jumps", 3, 100_000), map("ports", 14, 100_000), map("prefixes", 11, 1_000_000)],
  ];
  expect(sizes(maps, undefined)).toEqual({
    ...{ hash: 64, lru: 64, queue: 64, array: 512, per_cpu: 512, ring: 4096 },
    arrays: true,
  });
  expect(sizes(maps, undefined, "arrays")).toEqual({ hash: 64, lru: 64, queue: 64, ring: 4096, arrays: false });
  expect(smallMaps([map("few", 1, 64)], undefined)).toEqual({ settings: undefined, arrays: false });
});

test("what the kernel refuses for its number alone is left to it", () => {
  expect(sizes([map("none", 1, 0), map("most", 1, 2 ** 32 - 1)], undefined)).toEqual({ arrays: false });
});

test("arrays stay as they are where one may have to be like its template", () => {
  const outer = map("outer", 12, 8, map("", 2, 1_000));
  expect(sizes([outer, map("first", 2, 1_000), map("hash", 1, 1_000)], undefined)).toEqual({ hash: 64, arrays: false });
});

test("what the user set counts, and a map that is reused has its own size", () => {
  const settings = {
    reuse: [{ name: "kept", id: 7 }],
    sections: [{ name: ".data", bytes: "AAAA" }],
    maxEntries: [
      { name: "few", entries: 1_000 },
      { name: "many", entries: 16 },
    ],
  };
  const maps = [map("kept", 1, 1_000), map("few", 1, 8), map("many", 1, 1_000_000)];
  expect(smallMaps(maps, settings).settings).toEqual({
    ...settings,
    maxEntries: [
      { name: "few", entries: 64 },
      { name: "many", entries: 16 },
    ],
  });
});
