import { describe, expect, it } from "vitest";
import { cpuCell } from "../../renderer/maps/staged-layer.ts";
import type { Column } from "../../protocol/maps.ts";
import { readPaste } from "../../renderer/staged/read-paste.ts";
import {
  afterApply,
  countsOf,
  countWords,
  layerOf,
  nothingStaged,
  settle,
  type StagedChange,
  stepBack,
  withChanges,
  withoutKeys,
} from "../../renderer/staged/staged-map.ts";

const changed = (key: string, was: string | null, value: string | null): StagedChange => ({
  change: { key, was, value },
  before: was === null ? null : [key, was],
  after: value === null ? null : [key, value],
});
const report = {
  journal: "0".repeat(16),
  done: 0,
  already: 0,
  conflicts: [],
  conflictCount: 0,
  untouched: 0,
  ended: null,
};

describe("edits of a map", () => {
  it("of one entry are one change, from what the map has to what was typed last", () => {
    let staged = withChanges(nothingStaged, [changed("a", "1", "2"), changed("b", null, "5")]);
    staged = withChanges(staged, [changed("a", "1", "3")]);
    expect([...staged.changes.values()].map(({ change }) => change)).toEqual([
      { key: "a", was: "1", value: "3" },
      { key: "b", was: null, value: "5" },
    ]);
    expect(countWords(countsOf(staged))).toBe("1 added, 1 changed");
    expect(layerOf(staged).rowOf("a")).toEqual({ is: "changed", cells: new Map([[1, "3"]]), cpus: new Map() });
    expect(layerOf(staged).rowOf("c")).toBeNull();
  });

  it("of single CPUs are shown at theirs, the latest edit's", () => {
    const cpu = (number: number, after: string) => ({ cpu: number, cell: 1, before: "1", after });
    let staged = withChanges(nothingStaged, [{ ...changed("a", "1", "2"), cpus: [cpu(0, "7")] }]);
    staged = withChanges(staged, [{ ...changed("a", "1", "3"), cpus: [cpu(0, "7"), cpu(3, "8")] }]);
    const cpus = layerOf(staged).rowOf("a")?.cpus;
    expect([cpuCell(0, 1), cpuCell(3, 1), cpuCell(1, 1)].map((at) => cpus?.get(at))).toEqual(["7", "8", undefined]);
  });

  it("that go back to what the map has are none, and each is a step to take back", () => {
    let staged = withChanges(nothingStaged, [changed("a", "1", "2")]);
    staged = withChanges(staged, [changed("a", "1", "1")]);
    expect(staged.changes.size).toBe(0);
    staged = stepBack(staged);
    expect(staged.changes.get("a")?.change.value).toBe("2");
    staged = withoutKeys(staged, ["a"]);
    expect(staged.changes.size).toBe(0);
    staged = stepBack(stepBack(stepBack(staged)));
    expect(staged.changes.size).toBe(0);
    expect(stepBack(staged)).toBe(staged);
  });

  it("after an apply leave what was not reached, and conflicts to settle", () => {
    const keys = ["a", "b", "c", "d"];
    let staged = withChanges(
      nothingStaged,
      keys.map((key) => changed(key, "1", "2")),
    );
    const conflict = {
      ...changed("b", "1", "2"),
      ...{ what: "other" as const, now: ["b", "9"], found: "9" },
      ...{ before: ["b", "1"], after: ["b", "2"] },
    };
    staged = afterApply(
      staged,
      keys,
      { ...report, done: 1, conflicts: [conflict], conflictCount: 1, untouched: 2 },
      "told",
    );
    expect([...staged.changes.keys()]).toEqual(["c", "d"]);
    expect(staged.told).toBe("told");
    const mine = settle(staged, "b", true);
    expect(mine.conflicts).toEqual([]);
    expect(mine.changes.get("b")?.change).toEqual({ key: "b", was: "9", value: "2" });
    const theirs = settle(staged, "b", false);
    expect([theirs.conflicts.length, theirs.changes.has("b")]).toEqual([0, false]);
  });
});

const column = (path: string, from: "key" | "value"): Column => ({
  ...{ path, from, type: "__u32", align: "number", hint: "", choices: null },
});
const columns = [
  column("prefix", "key"),
  column("nexthop", "value"),
  column("port", "value"),
  column("metric", "value"),
];

describe("what is pasted", () => {
  it.each([
    [
      "a block of a spreadsheet",
      "10.0.0.0/8\t192.0.2.1\r\n10.1.0.0/16\t192.0.2.2\r\n",
      0,
      [
        ["10.0.0.0/8", "192.0.2.1", null, null],
        ["10.1.0.0/16", "192.0.2.2", null, null],
      ],
    ],
    [
      "from the column on where the focus is",
      "7\n8",
      3,
      [
        [null, null, null, "7"],
        [null, null, null, "8"],
      ],
    ],
    ["commas and quotes", '10.0.0.0/8, "192.0.2.1", "a ""b"", c",', 0, [["10.0.0.0/8", "192.0.2.1", 'a "b", c', ""]]],
    [
      "routes",
      "default via 192.0.2.254 dev eth0 proto dhcp metric 100\n10.0.0.0/8 dev eth1 proto kernel scope link src 10.0.0.1",
      0,
      [
        ["0.0.0.0/0", "192.0.2.254", "eth0", "100"],
        ["10.0.0.0/8", null, "eth1", null],
      ],
    ],
    [
      "routes of IPv6",
      "2001:db8::/32 via fe80::1 dev eth0 metric 1024 pref medium\ndefault via fe80::2 dev eth1",
      2,
      [
        ["2001:db8::/32", "fe80::1", "eth0", "1024"],
        ["::/0", "fe80::2", "eth1", null],
      ],
    ],
  ] as const)("%s", (_, text, from, rows) => {
    const lines = rows.map((cells, index) => ({ line: index + 1, cells }));
    expect(readPaste(text, columns, from)).toEqual({ rows: lines, wrong: [] });
  });

  it("of a route goes to columns of its kind: no gateway into an interface, no source address into a MAC", () => {
    const route = [
      column("prefix", "key"),
      column("nexthop_if", "value"),
      { ...column("via", "value"), hint: "IPv4 address such as 192.0.2.1" },
      { ...column("src", "value"), hint: "MAC address such as 02:00:00:00:00:01" },
    ];
    const text = "10.0.0.0/8 via 192.0.2.1 dev eth1 nhid 7\n10.1.0.0/16 dev eth2 proto kernel scope link src 10.1.0.1";
    expect(readPaste(text, route, 0).rows.map(({ cells }) => cells)).toEqual([
      ["10.0.0.0/8", "eth1", "192.0.2.1", null],
      ["10.1.0.0/16", "eth2", "0.0.0.0", null],
    ]);
  });

  it("of a bridge goes to addresses and ports", () => {
    const bridge = [column("mac", "key"), column("vlan", "key"), column("ifindex", "value")];
    const text = "02:fc:00:00:00:09 dev port0 vlan 10 master br0\n02:fc:00:00:00:0a dev port1 self permanent";
    expect(readPaste(text, bridge, 0).rows.map(({ cells }) => cells)).toEqual([
      ["02:fc:00:00:00:09", "10", "port0"],
      ["02:fc:00:00:00:0a", null, "port1"],
    ]);
  });

  it("with too many columns names the line", () => {
    const { rows, wrong } = readPaste("1\t2\n1", columns, 3);
    expect(rows).toEqual([{ line: 2, cells: [null, null, null, "1"] }]);
    expect(wrong).toEqual([{ line: 1, message: "2 columns, and there is 1 from metric on" }]);
  });
});
