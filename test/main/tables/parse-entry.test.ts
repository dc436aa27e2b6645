import { describe, expect, it } from "vitest";
import { formatEntryCells, formatEntryJson } from "../../../main/tables/format-entry.ts";
import { parseEntryCells, parseKeyText, parseValueText } from "../../../main/tables/parse-entry.ts";
import type { Parsed } from "../../../main/tables/parse-value.ts";
import { diffRows } from "../../../main/tables/row-diff.ts";
import { bytes, describeMapsOf, pick } from "./map-of.ts";

const definitions = `
struct stats { __u64 rx_packets; __u64 rx_bytes; };
struct { __uint(type, 2); __uint(max_entries, 5); __type(key, __u32); __type(value, struct stats); } stats SEC(".maps");
struct mixed { __u32 count; unsigned char mac[6]; };
struct { __uint(type, 5); __uint(max_entries, 5); __type(key, __u16); __type(value, struct mixed); } each SEC(".maps");
struct v4 { __u32 prefixlen; __be32 addr; };
struct { __uint(type, 11); __uint(max_entries, 9); __uint(map_flags, 1); __type(key, struct v4); __type(value, __s8); } blocked SEC(".maps");
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, __u8[6]); __type(value, char[8]); } macs SEC(".maps");
enum verdict { DENY = 0, ALLOW = 7 };
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, enum verdict); __type(value, __u64[2]); } verdicts SEC(".maps");
struct either { union { __u32 word; __u8 octets[4]; }; __u32 rest; };
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, float); __type(value, struct either); } others SEC(".maps");
struct bpf_spin_lock { __u32 val; };
struct flow { __be32 src; __be16 port; __u8 pad[2]; };
enum way { IN, OUT };
struct seen { struct bpf_spin_lock lock; enum way way; __u64 packets; __u64 last_seen; };
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, struct flow); __type(value, struct seen); } flows SEC(".maps");
struct { __uint(type, 14); __uint(max_entries, 9); __uint(key_size, 4); __uint(value_size, 8); } tx_ports SEC(".maps");
`;

const maps = describeMapsOf(definitions, { possibleCpus: 3 });
const hex = (parsed: Parsed) => (parsed.ok ? Buffer.from(parsed.bytes).toString("hex") : parsed.failure.message);

describe("parseKeyText", () => {
  it.each([
    ["stats", "42", "2a000000"],
    ["stats", " 0x2a ", "2a000000"],
    ["blocked", "192.0.2.0/24", "18000000c0000200"],
    ["blocked", "192.0.2.1", "20000000c0000201"],
    ["blocked", '"192.0.2.0/24"', "18000000c0000200"],
    ["blocked", '{"prefixlen": 24, "addr": "192.0.2.0"}', "18000000c0000200"],
    ["blocked", "192.0.2.0 255.255.255.0", "18000000c0000200"],
    ["blocked", "192.0.2.0/255.255.255.0", "18000000c0000200"],
    ["blocked", "0.0.0.0 0.0.0.0", "0000000000000000"],
    ["macs", "02:fc:00:00:00:09", "02fc00000009"],
    ["macs", "02-FC-00-00-00-09", "02fc00000009"],
    ["macs", "02fc.0000.0009", "02fc00000009"],
    ["macs", "02fc00000009", "02fc00000009"],
    ["macs", "[2,252,0,0,0,9]", "02fc00000009"],
    ["macs", "0x02fc00000009", "02fc00000009"],
    ["verdicts", "ALLOW", "07000000"],
    ["verdicts", "7", "07000000"],
    ["others", "-0.5", "000000bf"],
  ])("%s: %s", (map, text, expected) => {
    expect(hex(parseKeyText(pick(maps, map), text))).toBe(expected);
  });

  it.each([
    [
      "stats",
      "4294967296",
      'field key: "4294967296" does not fit: give whole number from 0 to 4294967295 (decimal or 0x hex)',
    ],
    ["stats", "-1", "from 0 to 4294967295"],
    ["stats", "1.5", "whole number"],
    ["stats", "", 'field key: "" does not fit'],
    ["blocked", "192.0.2.0/33", "length 0 to 32"],
    ["blocked", "192.0.2.0 255.0.255.0", "length 0 to 32"],
    ["blocked", "192.0.2.256/24", "IPv4 prefix such as 192.0.2.0/24"],
    ["blocked", "192.0.02.1", "IPv4 prefix"],
    ["blocked", '{"prefixlen": 40, "addr": "192.0.2.0"}', "from 0 to 32"],
    ["blocked", '{"prefixlen": 24}', "field addr is missing: give IPv4 address"],
    ["blocked", '{"prefixlen": 24, "address": "192.0.2.0"}', "field addr is missing"],
    ["macs", "02:fc:00:00:00", "MAC address such as"],
    ["macs", "[1,2,3]", "MAC address such as"],
    ["verdicts", "MAYBE", "one of DENY, ALLOW, or a number"],
    ["others", "1e39", "32-bit floating point"],
    ["others", "abc", "32-bit floating point"],
  ])("refuses %s: %s", (map, text, message) => {
    const parsed = parseKeyText(pick(maps, map), text);
    expect(parsed.ok).toBe(false);
    expect(hex(parsed)).toContain(message);
  });
});

describe("parseValueText", () => {
  const existing = bytes("0100000000000000 0200000000000000");

  it("takes whole and partial JSON", () => {
    const stats = pick(maps, "stats");
    expect(hex(parseValueText(stats, '{"rx_packets":"5","rx_bytes":0}', null))).toBe(`05${"0".repeat(30)}`);
    expect(hex(parseValueText(stats, '{"rx_packets":"5"}', existing))).toBe("05000000000000000200000000000000");
    expect(hex(parseValueText(stats, "0x05000000000000000200000000000000", null))).toBe(
      "05000000000000000200000000000000",
    );
    expect(hex(parseValueText(stats, '{"rx_packets":"18446744073709551615","rx_bytes":0}', null))).toBe(
      `${"f".repeat(16)}${"0".repeat(16)}`,
    );
    expect(hex(parseValueText(pick(maps, "verdicts"), "[1,2]", null))).toBe("01000000000000000200000000000000");
    expect(hex(parseValueText(pick(maps, "macs"), "eth0", null))).toBe("6574683000000000");
    expect(hex(parseValueText(pick(maps, "macs"), '"{x"', null))).toBe("7b78000000000000");
    expect(hex(parseValueText(pick(maps, "others"), '{"octets":"0x01020304","rest":1}', null))).toBe(
      "0102030401000000",
    );
  });

  it.each([
    ["stats", '{"rx_packets":"5"}', "field rx_bytes is missing"],
    ["stats", '{"rx_packets":9007199254740993,"rx_bytes":0}', "as a string where it exceeds 2^53"],
    [
      "stats",
      '{"rx_packets":"5","rx_bytes":0,"drops":1}',
      "field drops: there is none of that name: give rx_packets, rx_bytes",
    ],
    ["stats", "5", "JSON object with rx_packets, rx_bytes"],
    ["stats", "{rx_packets:5}", "JSON that parses"],
    ["stats", "[1,2]", "an array of 2"],
    ["stats", "null", "JSON object with rx_packets"],
    ["verdicts", "[1]", "JSON array of 2"],
    ["macs", "much too long", "text of at most 8 bytes"],
  ])("refuses %s: %s", (map, text, message) => {
    expect(hex(parseValueText(pick(maps, map), text, null))).toContain(message);
  });

  it("begins counters, padding and the kernel's own fields of a new entry at zero", () => {
    const flows = pick(maps, "flows");
    for (const text of ["src=10.0.0.1,port=80", '{"src":"10.0.0.1","port":80}', "10.0.0.1,80", "10.0.0.1,80,0x0000"]) {
      expect(hex(parseKeyText(flows, text)), text).toBe("0a00000100500000");
    }
    for (const text of ["way=OUT", "way=out", '{"way":"OUT"}']) {
      expect(hex(parseValueText(flows, text, null)), text).toBe(`0000000001${"0".repeat(38)}`);
    }
    expect(hex(parseValueText(flows, "packets=1", null))).toContain("field way is missing");
    const cells = parseEntryCells(flows, ["10.0.0.1", "80", "", "", "IN", "", "7"], null);
    expect(cells.ok && Buffer.from(cells.value).readBigUInt64LE(16)).toBe(7n);
    // of an entry that is there they stay
    const before = Uint8Array.from({ length: 24 }, () => 9);
    expect(hex(parseValueText(flows, "way=IN", before))).toBe(`09090909${"0".repeat(8)}${"09".repeat(16)}`);
    // a value that is counts alone says nothing without them
    expect(flows.columns.map(({ leftOut }) => leftOut === true)).toEqual([
      ...[false, false, true, true],
      ...[false, true, true],
    ]);
    expect(pick(maps, "stats").columns.some(({ leftOut }) => leftOut)).toBe(false);
  });

  it("does not take a polluted prototype for a field", () => {
    const parsed = parseValueText(pick(maps, "stats"), '{"__proto__":{"rx_packets":1,"rx_bytes":2}}', null);
    expect(hex(parsed)).toContain("field rx_packets is missing");
  });
});

describe("per-CPU maps", () => {
  const each = pick(maps, "each");
  // 12 bytes of value, 16 of stride.
  const laidOut = new Uint8Array(48);
  for (let cpu = 0; cpu < 3; cpu++) laidOut.set([cpu + 1, 0, 0, 0, 2, 0, 0, 0, 0, cpu === 2 ? 11 : 10], cpu * 16);

  it("sums integers and says where the rest differs", () => {
    const row = formatEntryCells(each, bytes("0500"), laidOut);
    expect(row.cells).toEqual(["5", "6", "differs by CPU"]);
    expect(row.cpus).toEqual([
      ["1", "02:00:00:00:00:0a"],
      ["2", "02:00:00:00:00:0a"],
      ["3", "02:00:00:00:00:0b"],
    ]);
    expect(formatEntryJson(each, bytes("0500"), laidOut).value).toEqual([
      { count: 1, mac: "02:00:00:00:00:0a" },
      { count: 2, mac: "02:00:00:00:00:0a" },
      { count: 3, mac: "02:00:00:00:00:0b" },
    ]);
  });

  it("writes cells so that the row then shows what was typed", () => {
    const entry = parseEntryCells(each, [null, "100", "02:00:00:00:00:0c"], { key: bytes("0500"), value: laidOut });
    if (!entry.ok) throw new Error(entry.failure.message);
    expect(formatEntryCells(each, entry.key, entry.value).cells).toEqual(["5", "100", "02:00:00:00:00:0c"]);
    const kept = parseEntryCells(each, [null, null, null], { key: bytes("0500"), value: laidOut });
    expect(kept.ok && Buffer.from(kept.value).toString("hex")).toBe(Buffer.from(laidOut).toString("hex"));
  });

  it("takes an array of one value a CPU, or one for all", () => {
    const json = JSON.stringify(formatEntryJson(each, bytes("0500"), laidOut).value);
    expect(hex(parseValueText(each, json, null))).toBe(Buffer.from(laidOut).toString("hex"));
    expect(hex(parseValueText(each, "[]", null))).toContain("one value for each of the 3 possible CPUs");
    const all = parseValueText(each, '{"count":4,"mac":"02:00:00:00:00:01"}', null);
    expect(all.ok && formatEntryCells(each, bytes("0500"), all.bytes).cells).toEqual(["5", "12", "02:00:00:00:00:01"]);
  });
});

describe("parseEntryCells", () => {
  it("needs every cell of a new entry and names the one that lacks", () => {
    const stats = pick(maps, "stats");
    const entry = parseEntryCells(stats, ["1", "5", null], null);
    expect(entry.ok ? "" : entry.failure).toMatchObject({ kind: "bad-value", field: "rx_bytes" });
  });
});

describe("diffRows", () => {
  it("names rows that came and went, and the cells that changed", () => {
    const stats = pick(maps, "stats");
    const row = (packets: number, size: number) =>
      Buffer.from([packets, 0, 0, 0, 0, 0, 0, 0, size, 0, 0, 0, 0, 0, 0, 0]).toString("hex");
    const before = new Map([
      ["00000000", row(1, 1)],
      ["01000000", row(1, 1)],
      ["02000000", row(1, 1)],
    ]);
    const after = new Map([
      ["00000000", row(1, 1)],
      ["01000000", row(1, 2)],
      ["03000000", row(1, 1)],
    ]);
    expect(diffRows(stats, before, after)).toEqual({
      added: ["03000000"],
      removed: ["02000000"],
      changed: [{ key: "01000000", columns: [2] }],
    });
  });
});

describe("what is typed of single CPUs", () => {
  const map = pick(maps, "each");
  const numbers = (value: Uint8Array): readonly number[] =>
    [0, 1, 2].map((cpu) => Buffer.from(value).readUInt32LE(cpu * map.stride));
  const existing = { key: new Uint8Array(2), value: new Uint8Array(map.copies * map.stride) };
  for (const cpu of [0, 1, 2]) existing.value[cpu * map.stride] = 10 + cpu;

  it("goes to that CPU, to several, or to all, and the others keep what they have", () => {
    const cells = (text: string) => {
      const parsed = parseEntryCells(map, [null, text, null], existing);
      return parsed.ok ? numbers(parsed.value) : parsed.failure.message;
    };
    expect(cells("cpu 1: 7")).toEqual([10, 7, 12]);
    expect(cells(" CPU2 :0x7; cpu 0: 1")).toEqual([1, 11, 7]);
    expect(cells("all cpus: 5; cpu 1: 6")).toEqual([5, 6, 5]);
    expect(cells("cpu 3: 1")).toBe("field count: there is no CPU 3: give cpu 0 to cpu 2, or all cpus");
    expect(cells("cpu 1: 1; cpu 1: 2")).toBe("field count: cpu 1 is given twice");
    expect(cells("cpu 1: many")).toContain('field count: "many" does not fit: give whole number from 0 to 4294967295');
    const added = parseEntryCells(map, ["1", "cpu 2: 9", "all cpus: 02:00:00:00:00:01"], null);
    expect(added.ok && [numbers(added.value), [...added.value.subarray(4, 10)]]).toEqual([
      [0, 0, 9],
      [2, 0, 0, 0, 0, 1],
    ]);
  });

  it("is a whole value on the command line", () => {
    const typed = (text: string, before: Uint8Array | null = existing.value) => {
      const parsed = parseValueText(map, text, before);
      return parsed.ok ? numbers(parsed.bytes) : parsed.failure.message;
    };
    expect(typed("cpu 2: count=1")).toEqual([10, 11, 1]);
    expect(typed('cpu 0: {"count": 3}; all cpus: count=4')).toEqual([3, 4, 4]);
    expect(typed("cpu 2: count=1,mac=02:00:00:00:00:01", null)).toEqual([0, 0, 1]);
    expect(typed("cpu 2: count=1", null)).toContain("field mac is missing");
    expect(typed("cpu 9: count=1")).toBe("field value: there is no CPU 9: give cpu 0 to cpu 2, or all cpus");
    expect(typed("cpu 1: packets=1")).toBe("field packets: there is none of that name: give count, mac");
  });
});
