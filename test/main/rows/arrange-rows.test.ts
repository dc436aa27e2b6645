/** Filters and sort orders on bytes, against the same said of the texts and numbers that are shown. */
import { describe, expect, it } from "vitest";
import { arrangeInParts, type Arranging } from "../../../main/rows/arrange-in-parts.ts";
import { findText } from "../../../main/rows/arrange-rows.ts";
import { type Condition, parseFilter } from "../../../main/rows/parse-filter.ts";
import { keyOf, valueOf, viewsOf } from "../../../main/rows/row-bytes.ts";
import { runRowsTask } from "../../../main/rows/rows-tasks.ts";
import { alwaysWanted, createTurns, GivenUp, isOver, wantedWhile } from "../../../main/rows/turns.ts";
import { formatEntryCells } from "../../../main/tables/format-entry.ts";
import type { MapLayout } from "../../../main/tables/describe-map.ts";
import { field, integer, layoutOf, mapOf, randomBytes, rowsOf } from "./rows-of.ts";

const prefix = {
  kind: "struct" as const,
  type: "struct p",
  size: 8,
  prefix: true,
  members: [
    { name: "length", offset: 0, node: integer(4) },
    { name: "address", offset: 4, node: field(4, { as: "ipv4" }) },
  ],
};
const names = [
  { name: "eth0", value: 1n },
  { name: "eth1", value: 2n },
];
const value = layoutOf([
  ["next_hop", field(4, { as: "ipv4" })],
  ["ifindex", field(4, { as: "enum", signed: false, values: names })],
  ["packets", integer(8)],
  ["delta", integer(4, true)],
  ["mark", field(1, { as: "integer", signed: false, network: false, hex: false }, { bitOffset: 2, bitSize: 3 })],
  ["load", field(8, { as: "float" })],
]);
const map = mapOf(layoutOf([["prefix", prefix]]), value);
const random = randomBytes(42);
const entries = Array.from({ length: 6000 }, (_, index) => {
  const [key, bytes] = [random(8), random(value.size)];
  new DataView(key.buffer).setUint32(0, index % 33, true);
  new DataView(bytes.buffer).setUint32(4, index % 4, true);
  if (index % 3 === 0) key.set([10, index % 8], 4);
  if (index % 5 === 0) bytes.fill(0, 8, 16);
  new DataView(bytes.buffer).setFloat64(21, (index % 7) - 3.5, true);
  return { key, value: bytes };
});
const rows = rowsOf(map, entries);
const views = viewsOf(rows);
const labels = { usedByXdp: false, names: null };
const cellsOf = (row: number): readonly string[] => formatEntryCells(map, keyOf(views, row), valueOf(views, row)).cells;
const all = entries.map((_, row) => ({ row, cells: cellsOf(row) }));

/** As threads do it, one after the other. */
async function arranged(
  of: Pick<Arranging, "rows" | "map"> & Partial<Arranging>,
  parts = 1,
): Promise<readonly number[]> {
  const run = async (task: Parameters<typeof runRowsTask>[0]): Promise<SharedArrayBuffer> =>
    runRowsTask(task, alwaysWanted) as SharedArrayBuffer;
  const order = await arrangeInParts({ labels, sort: null, condition: null, ...of }, parts, run);
  return order === null ? Array.from({ length: of.rows.count }, (_, row) => row) : [...new Uint32Array(order)];
}

function conditionOf(table: MapLayout, filter: string): Condition | null {
  const parsed = parseFilter(table, filter);
  if (!parsed.ok) throw new Error(parsed.wrong.message);
  return parsed.condition;
}

const through = (filter: string, parts = 1): Promise<readonly number[]> =>
  arranged({ rows, map, condition: conditionOf(map, filter) }, parts);
const expected = (test: (cells: readonly string[]) => boolean): readonly number[] =>
  all.filter(({ cells }) => test(cells)).map(({ row }) => row);
const within = (prefixText: string, first: number, second: number | null): boolean => {
  const [address = "", length = "0"] = prefixText.split("/");
  const parts = address.split(".").map(Number);
  return Number(length) >= (second === null ? 8 : 16) && parts[0] === first && (second === null || parts[1] === second);
};

describe("a filter", () => {
  it.each<readonly [string, (cells: readonly string[]) => boolean]>([
    ["", () => true],
    ["prefix in 10.0.0.0/8", ([p = ""]) => within(p, 10, null)],
    ["prefix in 10.3.0.0/16 and not packets > 1000", ([p = "", , , n = ""]) => within(p, 10, 3) && BigInt(n) <= 1000n],
    ["ifindex == eth1", (cells) => cells[2] === "eth1"],
    ["ifindex = 3 or packets == 0", (cells) => cells[2] === "3" || cells[3] === "0"],
    ["packets >= 0x8000000000000000", (cells) => BigInt(cells[3] ?? 0) >= 1n << 63n],
    ["delta < -5", (cells) => Number(cells[4]) < -5],
    ["delta in -100000..100000", (cells) => Math.abs(Number(cells[4])) <= 100_000],
    ["mark in (1, 3)", (cells) => cells[5] === "1" || cells[5] === "3"],
    ["load > -1.5 and load != 0.5", (cells) => Number(cells[6]) > -1.5 && cells[6] !== "0.5"],
    ['"ETH0"', (cells) => cells.some((cell) => cell.includes("eth0"))],
    ["not (eth0 or eth1)", (cells) => !cells.some((cell) => /eth[01]/.test(cell))],
    ["next_hop ~ 12 ifindex != 0", (cells) => cells[1]?.includes("12") === true && cells[2] !== "0"],
  ])("%s", async (filter, test) => {
    const found = await through(filter);
    expect(found).toEqual(expected(test));
    if (filter !== "") expect(found.length).toBeGreaterThan(0);
  });

  it.each<readonly [string, RegExp, number, number]>([
    ["colour == red", /no column colour; there are prefix, next_hop/, 0, 6],
    ["packets > many", /packets: many does not fit: give whole number/, 10, 14],
    ["prefix in 300.1.1.1/8", /no IPv4 prefix/, 10, 21],
    ["prefix in 10.0.0.0/33", /no IPv4 prefix/, 10, 21],
    ["packets in 10.0.0.0/8", /packets is no address: give a range/, 11, 21],
    ["packets >", /value is missing after >/, 8, 9],
    ["(packets > 1", /\( is not closed/, 0, 1],
    ["packets > 1)", /no \( for this/, 11, 12],
    ['"open', /is not closed/, 0, 5],
    ["and", /condition is missing/, 0, 3],
    [`${"(".repeat(500)}`, /nested too deep/, 100, 101],
  ])("%s is refused at its place", (filter, words, start, end) => {
    const parsed = parseFilter(map, filter);
    expect(parsed).toMatchObject({ ok: false, wrong: { message: expect.stringMatching(words), start, end } });
  });
});

describe("a comparison", () => {
  const operators = {
    "==": (one: bigint, other: bigint) => one === other,
    "!=": (one: bigint, other: bigint) => one !== other,
    "<": (one: bigint, other: bigint) => one < other,
    "<=": (one: bigint, other: bigint) => one <= other,
    ">": (one: bigint, other: bigint) => one > other,
    ">=": (one: bigint, other: bigint) => one >= other,
  };
  const edges = [0n, 1n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 63n - 1n];
  // each at the edge where one word of a number ends and the next begins
  it.each([
    ["__u64", integer(8), [...edges, 2n ** 63n, 2n ** 64n - 1n]],
    ["__s64", integer(8, true), [...edges, -1n, -(2n ** 31n), -(2n ** 32n), -(2n ** 32n) - 1n, -(2n ** 63n)]],
    ["__be64", integer(8, false, true), edges],
    ["__u32", integer(4), edges.filter((edge) => edge < 2n ** 32n)],
    ["__s32", integer(4, true), [0n, 1n, -1n, 2n ** 31n - 1n, -(2n ** 31n)]],
    ["__be32", integer(4, false, true), edges.filter((edge) => edge < 2n ** 32n)],
    ["__u16", integer(2), [0n, 1n, 255n, 256n, 65535n]],
  ] as const)("of a %s is that of the numbers", async (_, node, numbers) => {
    const table = mapOf(layoutOf([["n", node]]), layoutOf([["v", integer(4)]]));
    const network = node.form.as === "integer" && node.form.network;
    const bytesOf = (number: bigint): Buffer => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt.asIntN(64, number));
      const own = bytes.subarray(0, node.size);
      return network ? own.reverse() : own;
    };
    const some = rowsOf(
      table,
      numbers.map((number) => ({ key: bytesOf(number), value: Buffer.alloc(4) })),
    );
    for (const [operator, holds] of Object.entries(operators)) {
      for (const wanted of numbers) {
        const shown = await arranged({
          rows: some,
          map: table,
          condition: conditionOf(table, `n ${operator} ${wanted}`),
        });
        const right = numbers.flatMap((number, row) => (holds(number, wanted) ? [row] : []));
        expect(shown, `n ${operator} ${wanted}`).toEqual(right);
      }
    }
  });
});

describe("a sort order", () => {
  const comparers: readonly ((one: readonly string[], other: readonly string[]) => number)[] = [
    (one, other) => Buffer.compare(addressOf(one[0]), addressOf(other[0])),
    (one, other) => Buffer.compare(addressOf(one[1]), addressOf(other[1])),
    (one, other) => numberOf(one[2]) - numberOf(other[2]),
    (one, other) => Number(BigInt(one[3] ?? 0) - BigInt(other[3] ?? 0)),
    (one, other) => Number(one[4]) - Number(other[4]),
    (one, other) => Number(one[5]) - Number(other[5]),
    (one, other) => Number(one[6]) - Number(other[6]),
  ];
  const numberOf = (text = ""): number => Number(names.find(({ name }) => name === text)?.value ?? text);
  const addressOf = (text = ""): Buffer => Buffer.from(text.split(/[./]/).map(Number));

  it.each(comparers.flatMap((_, column) => [[column, false] as const, [column, true] as const]))(
    "by column %i, descending: %s, keeps rows that are alike as they were",
    async (column, descending) => {
      const order = await arranged({ rows, map, sort: { column, descending } });
      const compare = comparers[column];
      const sorted = all.toSorted((one, other) => (compare?.(one.cells, other.cells) ?? 0) * (descending ? -1 : 1));
      expect(order).toEqual(sorted.map(({ row }) => row));
    },
  );

  it("sums what the CPUs of a per-CPU map counted", async () => {
    const perCpu = mapOf(layoutOf([["key", integer(4)]]), layoutOf([["n", integer(8, true)]]), 3);
    const some = Array.from({ length: 5000 }, () => ({ key: random(4), value: random(24) }));
    const bytes = rowsOf(perCpu, some);
    const order = await arranged({ rows: bytes, map: perCpu, sort: { column: 1, descending: false } });
    const shown = viewsOf(bytes);
    const sums = order.map((row) =>
      BigInt(formatEntryCells(perCpu, keyOf(shown, row), valueOf(shown, row)).cells[1] ?? 0),
    );
    expect(sums).toEqual(sums.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0)));
    const kept = await arranged({ rows: bytes, map: perCpu, condition: conditionOf(perCpu, `n >= ${sums[2500]}`) });
    expect(kept.length).toBe(sums.filter((sum) => sum >= (sums[2500] ?? 0n)).length);
  });
});

describe("rows looked at in parts", () => {
  const filters = [
    "prefix in 10.3.0.0/16",
    "not 10. and packets > 1000",
    "eth1",
    "0",
    "10.3.",
    "00",
    "/1",
    "next_hop ~ 1 or mark in (1, 3)",
    "nowhere",
  ];

  it.each(filters)("%s: however many threads, the answer is one", async (filter) => {
    const whole = await through(filter);
    for (const parts of [2, 3, 100]) expect(await through(filter, parts)).toEqual(whole);
    const sort = { column: 3, descending: true };
    const condition = conditionOf(map, filter);
    expect(await arranged({ rows, map, condition, sort }, 5)).toEqual(await arranged({ rows, map, condition, sort }));
  });

  it("a text of any cell is found, whatever columns were passed over", async () => {
    const some = randomBytes(9);
    for (let round = 0; round < 300; round++) {
      const [pick = 0, column = 0, from = 0, length = 0] = some(4);
      const cell = cellsOf((pick * 256 + round) % rows.count)[column % map.columns.length] ?? "";
      const at = from % cell.length;
      const text = cell.slice(at, at + 1 + (length % 8));
      const quoted = await through(`"${text}"`, 2);
      expect(quoted, text).toEqual(
        expected((cells) => cells.some((one) => one.toLowerCase().includes(text.toLowerCase()))),
      );
    }
  });
});

describe("a turn", () => {
  it("ends with the next one, and whoever works for it gives up", async () => {
    const turns = createTurns();
    const [first, second] = [turns.next(), turns.next()];
    expect([isOver(first), isOver(second)]).toEqual([true, false]);
    const condition = conditionOf(map, "10.3.");
    let looks = 0;
    const work = (turn: typeof first, meanwhile = (): void => undefined): Promise<unknown> =>
      arrangeInParts({ rows, map, labels, sort: { column: 3, descending: false }, condition }, 2, async (task) => {
        const wanted = wantedWhile(turn);
        return runRowsTask(task, () => {
          looks += 1;
          wanted();
          meanwhile();
        }) as SharedArrayBuffer;
      });
    await expect(work(first)).rejects.toBeInstanceOf(GivenUp);
    await expect(work(second)).resolves.toBeInstanceOf(SharedArrayBuffer);
    const before = looks;
    // another is asked for while this one is at its first rows
    await expect(work(second, () => turns.next())).rejects.toBeInstanceOf(GivenUp);
    // each part looked at it twice at most
    expect(looks - before).toBeLessThanOrEqual(4);
  });
});

describe("the search for a text", () => {
  const order = new Uint32Array(new SharedArrayBuffer(4 * all.length)).map((_, index) => all.length - 1 - index);
  const shared = new SharedArrayBuffer(order.byteLength);
  new Uint32Array(shared).set(order);
  const places = [...order].flatMap((row, at) => (cellsOf(row).some((cell) => cell.includes("10.3.")) ? [at] : []));
  const find = (from: number, backwards: boolean): number | null =>
    findText({ do: "find", rows, map, labels, text: "10.3.", order: shared, from, backwards }).row;

  it("goes on from a row in the order shown, either way, and round", () => {
    const [first, second] = places;
    const last = places.at(-1);
    expect(find(0, false)).toBe(first);
    expect(find((first ?? 0) + 1, false)).toBe(second);
    expect(find(all.length, false)).toBe(first);
    expect(find((second ?? 0) - 1, true)).toBe(first);
    expect(find((first ?? 0) - 1, true)).toBe(last);
    expect(
      findText({ do: "find", rows, map, labels, text: "nowhere", order: null, from: 0, backwards: false }).row,
    ).toBeNull();
  });
});
