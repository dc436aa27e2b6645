/** The tree of prefixes, what it finds, its lines and its picture, each against a plain model that goes by whole numbers. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { viewsOf } from "../../../../main/rows/row-bytes.ts";
import {
  buildTree,
  marks,
  noParent,
  nodeOf,
  prefixOf,
  type PrefixTree,
} from "../../../../main/rows/tree/build-tree.ts";
import { blockOf, blocks, coverPicture } from "../../../../main/rows/tree/cover-picture.ts";
import { findSpare, usuallyIgnored } from "../../../../main/rows/tree/find-spare.ts";
import { prefixShape } from "../../../../main/rows/tree/prefix-shape.ts";
import type { Prefix } from "../../../../main/rows/tree/prefix-words.ts";
import { lineOfNode, told, treeLines } from "../../../../main/rows/tree/tree-lines.ts";
import type { MapLayout } from "../../../../main/tables/describe-map.ts";
import { field, integer, layoutOf, mapOf, rowsOf } from "../rows-of.ts";

type Bits = 32 | 128;
interface Entry {
  /** as the key has it, with bits beyond the length */
  readonly address: bigint;
  readonly length: number;
  readonly value: number;
}

const value = layoutOf([
  ["port", integer(2)],
  ["packets", integer(2)],
]);

function trieMap(bits: Bits): MapLayout {
  const form = { as: bits === 32 ? ("ipv4" as const) : ("ipv6" as const) };
  const address = field(bits / 8, form);
  const prefix = {
    ...{ kind: "struct" as const, type: "struct p", size: 4 + bits / 8, prefix: true },
    members: [
      { name: "length", offset: 0, node: integer(4) },
      { name: "address", offset: 4, node: address },
    ],
  };
  const key = {
    size: prefix.size,
    littleEndian: true,
    root: prefix,
    columns: [{ path: "prefix", offset: 0, node: prefix }],
  };
  return { ...mapOf(key, value), type: "lpm_trie" };
}

function hashMap(bits: Bits): MapLayout {
  const form = { as: bits === 32 ? ("ipv4" as const) : ("ipv6" as const) };
  return mapOf(
    layoutOf([
      ["addr", field(bits / 8, form)],
      ["prefix_len", integer(1)],
    ]),
    value,
  );
}

function bytesOf(address: bigint, bits: Bits): Uint8Array {
  return Uint8Array.from({ length: bits / 8 }, (_, at) => Number((address >> BigInt(bits - 8 - at * 8)) & 255n));
}

function treeOf(map: MapLayout, bits: Bits, entries: readonly Entry[], ignored: readonly string[] = ["packets"]) {
  const rows = rowsOf(
    map,
    entries.map(({ address, length, value: port }, at) => {
      const key =
        map.type === "lpm_trie"
          ? Buffer.concat([Buffer.from(new Uint32Array([length]).buffer), bytesOf(address, bits)])
          : Buffer.concat([bytesOf(address, bits), Buffer.of(length)]);
      return { key, value: Buffer.from(new Uint16Array([port, at]).buffer) };
    }),
  );
  const shape = prefixShape(map);
  if (shape === null) throw new Error("no prefixes");
  const tree = buildTree(rows, shape);
  return { tree, rows, found: findSpare(tree, rows, map, ignored) };
}

const size = (length: number, bits: Bits): bigint => 1n << BigInt(bits - length);
const start = ({ address, length }: { address: bigint; length: number }, bits: Bits): bigint =>
  address - (address % size(length, bits));
const covers = (one: Entry, other: Entry, bits: Bits): boolean =>
  one.length <= other.length && start(one, bits) === start({ ...one, address: other.address }, bits);

/** Near together and short enough that they cover one another, and cover wholly; or anywhere. */
function entriesOf(bits: Bits) {
  const near = fc.record({ length: fc.integer({ min: 0, max: 6 }), place: fc.nat(63) }).map(({ length, place }) => ({
    length: bits - 6 + length,
    address: (0x0a00n << BigInt(bits - 16)) + BigInt(place),
  }));
  // across the border between two words of an IPv6 address
  const middle = fc.record({ length: fc.integer({ min: 0, max: 6 }), place: fc.nat(63) }).map(({ length, place }) => ({
    length: bits === 32 ? 13 + length : 94 + length,
    address: (0x0a00n << BigInt(bits - 16)) + (BigInt(place) << BigInt(bits === 32 ? 13 : 28)),
  }));
  const high = fc.record({ length: fc.integer({ min: 0, max: 4 }), place: fc.nat(15) }).map(({ length, place }) => ({
    length,
    address: BigInt(place) << BigInt(bits - 4),
  }));
  const any = fc.record({
    length: fc.integer({ min: 0, max: bits }),
    address: fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }),
  });
  return fc
    .array(fc.tuple(fc.oneof(near, middle, high, any), fc.nat(2)), { maxLength: 40 })
    .map((list) => list.map(([entry, port]) => ({ ...entry, value: port })))
    .map((list) => {
      // a trie has one entry a prefix
      const of = new Map(list.map((entry) => [`${start(entry, bits)}/${entry.length}`, entry]));
      return [...of.values()];
    });
}

const rowOf = (tree: PrefixTree, node: number): number => tree.row[node] ?? -1;
const marksOf = (tree: PrefixTree, count: number): readonly number[] => {
  const flags = Array.from({ length: count }, () => 0);
  for (let node = 0; node < tree.count; node++) flags[rowOf(tree, node)] = tree.flags[node] ?? 0;
  return flags;
};

describe.each([32, 128] as const)("a trie of %i bits", (bits) => {
  const map = trieMap(bits);
  const under = (entries: readonly Entry[], entry: Entry): Entry | undefined =>
    entries
      .filter((other) => other !== entry && covers(other, entry, bits))
      .toSorted((one, other) => other.length - one.length)[0];
  const answer = (entries: readonly Entry[], address: bigint): Entry | undefined =>
    under(entries, { address, length: bits, value: -1 });
  /** first addresses of everything, and those just beyond: between them every address is answered alike */
  const edges = (entries: readonly Entry[]): readonly bigint[] => {
    const ends = entries.flatMap((entry) => [start(entry, bits), start(entry, bits) + size(entry.length, bits)]);
    return [...new Set([0n, ...ends])].filter((address) => address < 1n << BigInt(bits));
  };

  it("has each entry under the longest that covers it, and all below it in one stretch", () => {
    fc.assert(
      fc.property(entriesOf(bits), (entries) => {
        const { tree } = treeOf(map, bits, entries);
        expect([...tree.row].toSorted((one, other) => one - other)).toEqual(entries.map((_, at) => at));
        for (let node = 0; node < tree.count; node++) {
          const own = entries[rowOf(tree, node)] as Entry;
          const parent = tree.parent[node] ?? 0;
          const above = parent === noParent ? undefined : entries[rowOf(tree, parent)];
          expect(above).toBe(under(entries, own));
          expect(tree.depth[node]).toBe(above === undefined ? 0 : (tree.depth[parent] ?? 0) + 1);
          const below = new Set(entries.filter((other) => covers(own, other, bits)));
          const stretch = [...tree.row.subarray(node, tree.end[node])].map((row) => entries[row]);
          expect(new Set(stretch)).toEqual(below);
          expect(nodeOf(tree, prefixOf(tree, node))).toBe(node);
        }
      }),
    );
  });

  it("finds what answers for nobody, what says the same, and what may go together", () => {
    fc.assert(
      fc.property(entriesOf(bits), (entries) => {
        const { tree, found } = treeOf(map, bits, entries);
        const flags = marksOf(tree, entries.length);
        const asked = edges(entries);
        const answering = new Set(asked.map((address) => answer(entries, address)));
        for (const [at, entry] of entries.entries()) {
          const flag = flags[at] ?? 0;
          expect((flag & marks.never) !== 0).toBe(!answering.has(entry));
          expect((flag & marks.same) !== 0).toBe(under(entries, entry)?.value === entry.value);
          expect((flag & marks.hostBits) !== 0).toBe(start(entry, bits) !== entry.address);
          expect(flag & (marks.duplicate | marks.tooLong)).toBe(0);
        }
        const left = entries.filter((_, at) => ((flags[at] ?? 0) & marks.spare) === 0);
        for (const address of asked) expect(answer(left, address)?.value).toBe(answer(entries, address)?.value);
        // nothing more can go for being covered: of what is left each answers for somebody
        const stillAnswering = new Set(asked.map((address) => answer(left, address)));
        expect(left.filter((entry) => !stillAnswering.has(entry))).toEqual([]);
        expect(found.spare).toBe(entries.length - left.length);
      }),
      { numRuns: 300 },
    );
  });

  it("shows the lines that are not folded away, and those of a filter with what is above them", () => {
    const cases = fc.tuple(
      entriesOf(bits),
      fc.boolean(),
      fc.boolean(),
      fc.array(fc.nat(60)),
      fc.option(fc.array(fc.nat(60))),
    );
    fc.assert(
      fc.property(cases, ([entries, folded, marked, places, chosen]) => {
        const { tree } = treeOf(map, bits, entries);
        const others = [...new Set(places.filter((node) => node < tree.count))];
        const rows = chosen?.filter((row) => row < tree.count) ?? null;
        const order = rows === null ? null : new Uint32Array(new SharedArrayBuffer(rows.length * 4));
        order?.set(rows ?? []);
        const { lines, passing } = treeLines(tree, { order: order?.buffer ?? null, marked, folded, others });
        const passes = (node: number): boolean =>
          (rows === null || rows.includes(rowOf(tree, node))) && (!marked || ((tree.flags[node] ?? 0) & told) !== 0);
        const nodes = Array.from({ length: tree.count }, (_, node) => node);
        const isShown = (node: number): boolean => nodes.slice(node, tree.end[node]).some((one) => passes(one));
        const isOpen = (node: number): boolean => {
          const above = tree.parent[node] ?? noParent;
          return above === noParent || (others.includes(above) === folded && isOpen(above));
        };
        expect([...lines]).toEqual(nodes.filter((node) => isShown(node) && isOpen(node)));
        expect(passing).toBe(nodes.filter((node) => passes(node)).length);
        for (const node of nodes) expect(lineOfNode(lines, node)).toBe(lines.indexOf(node));
      }),
    );
  });

  it("paints how much of each block has an entry of its own", () => {
    fc.assert(
      fc.property(entriesOf(bits), fc.nat(255), fc.nat(255), (entries, one, other) => {
        const { tree } = treeOf(map, bits, entries);
        const whole: Prefix = { words: Array.from({ length: bits / 32 }, () => 0), length: 0 };
        const lastScope = { words: [...prefixWords(0x0a00n << BigInt(bits - 16), bits)], length: bits - 8 };
        for (const scope of [null, whole, blockOf(whole, one), blockOf(blockOf(whole, one), other), lastScope]) {
          const { scope: painted, shares, behind } = coverPicture(tree, scope);
          if (scope !== null) expect(painted).toEqual(scope);
          const from = numberOf(painted.words);
          const self: Entry = { address: from, length: painted.length, value: -1 };
          const longest = under(
            entries.filter(({ length }) => length <= painted.length),
            { ...self, length: bits },
          );
          expect(behind < 0 ? undefined : entries[rowOf(tree, behind)]).toBe(longest);
          const each = size(painted.length + 8, bits);
          const inside = entries.filter((entry) => entry.length > painted.length && covers(self, entry, bits));
          for (let block = 0; block < blocks; block++) {
            const first = from + BigInt(block) * each;
            const within: Entry = { address: first, length: painted.length + 8, value: -1 };
            const share = inside.some((entry) => covers(entry, within, bits))
              ? each
              : inside
                  .filter((entry) => covers(within, entry, bits))
                  .filter((entry) => !inside.some((above) => above !== entry && covers(above, entry, bits)))
                  .reduce((sum, { length }) => sum + size(length, bits), 0n);
            expect(shares[block]).toBeCloseTo(Number(share) / Number(each), 12);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

function prefixWords(address: bigint, bits: Bits): readonly number[] {
  return Array.from({ length: bits / 32 }, (_, at) => Number((address >> BigInt(bits - 32 - at * 32)) & 0xffff_ffffn));
}
function numberOf(words: readonly number[]): bigint {
  return words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
}

describe("keys of a hash that are prefixes", () => {
  const ten = 0x0a00_0000n;

  it("are duplicates where they differ beyond the length alone, and hang under the first", () => {
    const entries = [
      { address: ten + 5n, length: 8, value: 1 },
      { address: ten + 256n, length: 24, value: 2 },
      { address: ten, length: 8, value: 3 },
      { address: ten, length: 40, value: 4 },
      { address: ten + 9n, length: 8, value: 5 },
    ];
    const { tree, found } = treeOf(hashMap(32), 32, entries);
    const flags = marksOf(tree, entries.length);
    expect(flags[2]).toBe(0);
    expect((flags[0] ?? 0) & marks.duplicate).not.toBe(0);
    expect((flags[4] ?? 0) & marks.hostBits).not.toBe(0);
    expect(flags[3]).toBe(marks.tooLong);
    expect(found).toMatchObject({ duplicate: 2, hostBits: 2, tooLong: 1, never: 0, same: 0, spare: 0 });
    expect([...tree.row]).toEqual([2, 0, 4, 3, 1]);
    expect([...tree.depth]).toEqual([0, 1, 1, 1, 1]);
  });

  it("are told from others by their fields", () => {
    expect(prefixShape(hashMap(128))).toMatchObject({ kind: "hash", addressSize: 16, lengthAt: 16, lengthSize: 1 });
    const other = layoutOf([
      ["addr", field(4, { as: "ipv4" })],
      ["port", integer(2)],
    ]);
    expect(prefixShape(mapOf(other, value))).toBeNull();
  });
});

describe("what is compared", () => {
  it("leaves out columns that count, by their names, and is the user's choice", () => {
    const map = trieMap(32);
    expect(usuallyIgnored(map)).toEqual(["packets"]);
    const entries = [
      { address: 0n, length: 0, value: 1 },
      { address: 0n, length: 8, value: 1 },
      { address: 1n << 31n, length: 1, value: 2 },
    ];
    expect(treeOf(map, 32, entries).found.same).toBe(1);
    expect(treeOf(map, 32, entries, []).found.same).toBe(0);
    expect(treeOf(map, 32, entries, ["port", "packets"]).found.same).toBe(2);
  });

  it("tells an entry that never answers from one that may go: below it all say the same as it does", () => {
    const entries = [
      { address: 0n, length: 8, value: 1 },
      { address: 0n, length: 9, value: 1 },
      { address: 1n << 23n, length: 9, value: 1 },
    ];
    const { tree, rows } = treeOf(trieMap(32), 32, entries);
    expect(viewsOf(rows).count).toBe(3);
    expect(marksOf(tree, 3)).toEqual([marks.never, marks.same | marks.spare, marks.same | marks.spare]);
  });
});
