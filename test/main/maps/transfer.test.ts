/** Files of entries: what is read, and what is said of those that are wrong. */
import fc from "fast-check";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DescribedMap } from "../../../main/maps/describe-entries.ts";
import { readBytes } from "../../../main/maps/transfer/read-bytes.ts";
import { detectFormat, readEntriesText } from "../../../main/maps/transfer/read-file.ts";
import { sortTrie } from "../../../main/maps/transfer/sort-trie.ts";
import { createOrderWatch } from "../../../main/maps/transfer/watch-order.ts";
import { writeInt64, writeUint64 } from "../../../main/tables/printing/digits.ts";
import { readUnsigned } from "../../../main/tables/reading/read-number.ts";
import { parseText } from "../../../main/tables/parse-value.ts";
import { describeMapsOf, pick } from "../tables/map-of.ts";

const layouts = describeMapsOf(`
struct prefix { __u32 prefixlen; __u8 addr[4]; };
struct hop { __u32 nexthop; __u16 flags; __u8 mac[6]; char name[8]; };
struct { __uint(type, 11); __uint(map_flags, 1); __uint(max_entries, 3); __type(key, struct prefix); __type(value, struct hop); } routes SEC(".maps");
struct { __uint(type, 2); __uint(max_entries, 4); __type(key, __u32); __type(value, __s16); } numbers SEC(".maps");
`);

function described(name: string): DescribedMap {
  const layout = pick(layouts, name);
  const { type, maxEntries, key, value, copies, stride } = layout;
  const map = { id: 7, name, type, keySize: key.size, valueSize: value.size, maxEntries, flags: 0 };
  const btf = { btfId: 0, btfKeyTypeId: 0, btfValueTypeId: 0 };
  const description = {
    map: { ...map, ...btf },
    valueStride: copies * stride,
    possibleCpus: 1,
    btf: null,
    frozen: false,
  };
  return { description, layout, section: null, btf: null };
}

const read = (text: string | Uint8Array, map = "routes") =>
  readEntriesText("rows.csv", Buffer.from(text as string), described(map), null).entries;
const wrong = (text: string | Uint8Array, map = "routes"): string => {
  try {
    read(text, map);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "it was taken";
};
const header = "prefix,nexthop,flags,mac,name\n";
const row = "10.0.0.0/8,1,2,02:00:00:00:00:01,a\n";

describe("CSV files", () => {
  it("take columns in any order, quotes, semicolons, blank lines, a byte order mark and other spellings", () => {
    const entries = read(
      `\u{feff}name;prefix;mac;flags;nexthop\r\n"a;""b";10.0.0.0/8;02-00-00-00-00-01;0x2;1\r\n\r\n;0.0.0.0/0;ff:00:00:00:00:01;65535;4294967295`,
    );
    expect(entries.count).toBe(2);
    expect([...entries.lines.subarray(0, 2)]).toEqual([2, 4]);
    expect(Buffer.from(entries.keys.subarray(0, 16)).toString("hex")).toBe("080000000a0000000000000000000000");
    const value = Buffer.from(entries.values.subarray(0, 20)).toString("hex");
    expect(value).toBe(`010000000200020000000001${Buffer.from('a;"b').toString("hex")}00000000`);
  });

  it("take whole keys and values as bytes", () => {
    const entries = read(`key,value\n0x080000000a000000,0x${"11".repeat(20)}\n`);
    expect([...entries.values.subarray(0, 20)]).toEqual(Array.from({ length: 20 }, () => 0x11));
  });

  it.each([
    [
      "an address of 300",
      `${header}10.0.0.0/8,1,2,02:00:00:00:00:01,a\n300.1.1.1/8,1,2,02:00:00:00:00:01,\n`,
      'rows.csv:3:1: prefix: "300.1.1.1/8" does not fit',
    ],
    ["a length of 33", `${header}10.0.0.0/33,1,2,02:00:00:00:00:01,\n`, "rows.csv:2:1: prefix:"],
    ["an odd MAC address", `${header}10.0.0.0/8,1,2,02:00:00:00:01,\n`, "rows.csv:2:16: mac:"],
    ["a number out of range", `${header}10.0.0.0/8,1,65536,02:00:00:00:00:01,\n`, "rows.csv:2:14: flags:"],
    ["a number that is none", `${header}10.0.0.0/8,1x,2,02:00:00:00:00:01,\n`, "rows.csv:2:12: nexthop:"],
    ["too long a text", `${header}10.0.0.0/8,1,2,02:00:00:00:00:01,123456789\n`, "rows.csv:2:34: name:"],
    [
      "too many columns",
      `${header}10.0.0.0/8,1,2,02:00:00:00:00:01,a,b\n`,
      "rows.csv:2:36: too many columns: 6 cells, and the header has 5 columns",
    ],
    ["too few columns", `${header}10.0.0.0/8,1\n`, "too few columns: 2 cells"],
    ["a quote that is not closed", `${header}"10.0.0.0/8,1\n`, "rows.csv:2:1: a quote is not closed"],
    [
      "an unknown column",
      `prefix,nexthops,flags,mac,name\n${row}`,
      'rows.csv:1:8: the header does not fit: no column "nexthops": do you mean nexthop?',
    ],
    [
      "a missing column",
      `prefix,flags,mac,name\n10.0.0.0/8,2,02:00:00:00:00:01,a\n`,
      "column nexthop missing; the map has prefix, nexthop, flags, mac, name",
    ],
    ["a column that is there twice", `prefix,prefix,flags,mac,name\n`, 'column "prefix" is there twice'],
    ["the same key twice", `${header}${row}${row}`, "rows.csv:3: the same key as in line 2"],
    [
      "the same prefix twice, by the bits that count",
      `${header}${row}10.9.9.9/8,1,2,02:00:00:00:00:01,\n`,
      "rows.csv:3: the same key as in line 2",
    ],
    [
      "more than there is room for",
      `${header}${[1, 2, 3, 4].map((net) => `${net}.0.0.0/8,1,2,02:00:00:00:00:01,\n`).join("")}`,
      "4 entries, and the map has room for 3",
    ],
  ])("refuse %s, and say where", (_, text, message) => {
    expect(wrong(text)).toContain(message);
    expect(wrong(text)).toContain("nothing was written");
  });

  it("refuse UTF-16, what is no UTF-8, and no text", () => {
    expect(wrong(Buffer.from(`\u{feff}${header}`, "utf16le"))).toContain("it is UTF-16");
    expect(wrong(Buffer.from(header, "utf16le"))).toContain("it is UTF-16");
    expect(
      wrong(Buffer.concat([Buffer.from(`${header}10.0.0.0/8,1,2,02:00:00:00:00:01,`), Buffer.from([0xc3, 0x28])])),
    ).toContain("rows.csv:2:34: not UTF-8");
    expect(wrong(Buffer.from("prefix\0,x\n"))).toContain("it is no text");
  });

  it("refuse an index beyond the end of an array, and a number below the least", () => {
    expect(wrong("key,value\n4,1\n", "numbers")).toContain("key 4: the map's keys go from 0 to 3");
    expect(wrong("key,value\n3,-32769\n", "numbers")).toContain("rows.csv:2:3: value:");
    expect([...read("key,value\n3,-32768\n", "numbers").values.subarray(0, 2)]).toEqual([0, 0x80]);
  });

  it("are told apart from the others by what stands in them", () => {
    const kinds = ["a,b\n1,2", ' [{"key"', '{"snapshot":1}', "# x\n\nmap update id 1 key 0", "bpftool map update id 1"];
    expect(kinds.map((text) => detectFormat(Buffer.from(text)))).toEqual(["csv", "json", "json", "batch", "batch"]);
  });

  it("that are not there are said so", async () => {
    await expect(readBytes("/nowhere/rows.csv")).rejects.toThrow("import /nowhere/rows.csv: there is no such file");
    await expect(readBytes("/proc")).rejects.toThrow("import /proc: it is a folder");
  });

  it("of 2 GB are refused unread, and so is what has no end, once it is over the limit", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xdpwt-large-"));
    try {
      const path = join(folder, "large.csv");
      writeFileSync(path, "");
      truncateSync(path, 2 * 1024 ** 3);
      const before = process.memoryUsage().arrayBuffers;
      await expect(readBytes(path)).rejects.toThrow("2.0 GiB is too much for one file: at most 512 MiB are read");
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 ** 2);
      await expect(readBytes("/dev/zero", 8 * 1024 ** 2)).rejects.toThrow("at most 8 MiB are read: split it");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("batch files", () => {
  const line = "map update id 9 key hex 08 00 00 00 0a 00 00 00 value hex";
  const value = (byte: string): string => ` ${Array.from({ length: 20 }, () => byte).join(" ")}`;

  it("take decimal and hex; of a key that is written twice, the last value counts", () => {
    const entries = read(
      `# a comment\n${line}${value("01")}\n\nmap update pinned /sys/x key 8 0 0 0 0x0a 0 0 0 value${value("2")} any\n`,
    );
    expect(entries.count).toBe(1);
    expect(entries.values[19]).toBe(2);
  });

  it.each([
    ["bytes that are missing", `${line} 01\n`, "value: 20 bytes are needed; byte 2 is the end of the line"],
    ["bytes that are too much", `${line}${value("01")} 07\n`, 'a value has 20 bytes; "07" is too much'],
    ["other commands", "map delete id 9 key hex 00\n", "only lines of `map update"],
    ["conditions", `${line}${value("01")} noexist\n`, "cannot be promised for a whole file"],
  ])("refuse %s", (_, text, message) => {
    expect(wrong(text)).toContain(message);
  });
});

describe("JSON files", () => {
  const entry = (last: string, more = ""): string => {
    const key = ["08", "00", "00", "00", "0a", "00", "00", "00"].map((byte) => `"0x${byte}"`);
    const value = [...Array.from({ length: 19 }, () => "00"), last].map((byte) => `"0x${byte}"`);
    return `{"key":[${key.join(",")}],"value":[${value.join(", ")}]${more}}`;
  };

  it("take what bpftool prints, close or spread over lines", () => {
    expect(read(`[${entry("01")}]`).values[19]).toBe(1);
    expect(read(JSON.stringify(JSON.parse(`[${entry("01")}]`), null, 2)).count).toBe(1);
    expect(read("[]").count).toBe(0);
  });

  it.each([
    ["text that ends early", `[${entry("01")},\n`, "the text ends"],
    ["bytes that are missing", `[{"key":["0x01"],"value":[]}]`, "key: the map's has 8 bytes, not 1"],
    [
      "entries without a value",
      `[{"key":["0x01"],"value":{"error":"Operation not supported"}}]`,
      "Operation not supported",
    ],
    ["no list", `{"map":1}`, "no JSON object with a list of entries"],
  ])("refuse %s", (_, text, message) => {
    expect(wrong(text)).toContain(message);
  });
});

describe("a walk through an LPM trie", () => {
  const key = (length: number, ...address: number[]): number[] => [length, 0, 0, 0, ...address];
  it("goes on to the right and to shorter prefixes, and is noticed when it starts over", () => {
    const walk = [
      key(24, 10, 0, 1, 9),
      key(32, 10, 0, 2, 1),
      key(16, 10, 0, 0, 0),
      key(8, 10, 0, 0, 0),
      key(8, 11, 0, 0, 0),
    ];
    const watch = createOrderWatch({ type: "lpm_trie", keySize: 8 });
    expect(watch.goesOn(Uint8Array.from(walk.flat()), walk.length)).toBe(true);
    expect(watch.goesOn(Uint8Array.from(key(32, 10, 0, 2, 1)), 1)).toBe(false);
  });

  it("is written in the order of addresses", () => {
    const addresses = fc.array(fc.uint8Array({ minLength: 6, maxLength: 6 }), { maxLength: 50 });
    fc.assert(
      fc.property(addresses, (list) => {
        const keys = Uint8Array.from(list.flatMap((address) => key(48, ...address)));
        const table = {
          keySize: 10,
          valueStride: 0,
          count: list.length,
          keys,
          values: keys,
          lines: new Uint32Array(0),
        };
        const sorted = Array.from(sortTrie(table), (entry) => Buffer.from(list[entry] ?? []).toString("hex"));
        expect(sorted).toEqual(list.map((address) => Buffer.from(address).toString("hex")).sort());
      }),
    );
  });
});

describe("numbers", () => {
  const halves = (value: bigint): [number, number] => [
    Number((value >> 32n) & 0xffff_ffffn),
    Number(value & 0xffff_ffffn),
  ];
  it("of 64 bits are written and read as they are", () => {
    const bytes = Buffer.alloc(24);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(64), (whole, shift) => {
        const value = whole >> BigInt(shift);
        expect(bytes.toString("latin1", 0, writeUint64(bytes, 0, ...halves(value)))).toBe(`${value}`);
        const signed = BigInt.asIntN(64, value);
        expect(bytes.toString("latin1", 0, writeInt64(bytes, 0, ...halves(value)))).toBe(`${signed}`);
        const read = Buffer.alloc(8);
        const text = Buffer.from(`${value},`);
        expect(readUnsigned(text, 0, read, 0, 8, true, false)).toBe(text.length - 1);
        expect(read.readBigUInt64LE()).toBe(value);
        const negative = Buffer.from(`${value}`);
        const fits = value <= 2n ** 63n;
        expect(readUnsigned(negative, 0, read, 0, 8, false, true)).toBe(fits ? negative.length : -1);
        if (fits) expect(read.readBigInt64BE()).toBe(-value);
      }),
    );
    expect(readUnsigned(Buffer.from("18446744073709551616"), 0, Buffer.alloc(8), 0, 8, true, false)).toBe(-1);
    expect(readUnsigned(Buffer.from("256"), 0, bytes, 0, 1, true, false)).toBe(-1);
  });
});

describe("columns by name", () => {
  const { value } = pick(layouts, "routes");
  it("change some of a value, or make a whole one", () => {
    const before = new Uint8Array(20).fill(0xff);
    const some = parseText(value, "flags=2, mac=02:00:00:00:00:01", before);
    expect(some.ok && Buffer.from(some.bytes).toString("hex")).toBe(`ffffffff0200020000000001${"ff".repeat(8)}`);
    const all = parseText(value, "nexthop=1,flags=2,mac=02:00:00:00:00:01,name=a", null);
    expect(all.ok && Buffer.from(all.bytes).toString("hex")).toBe("01000000020002000000000161" + "00".repeat(7));
  });

  it.each([
    ["flags=2", "field nexthop is missing"],
    ["nexthop=1,flag=2", "field flag: there is none of that name"],
    ["nexthop=1,nexthop=2", "it is given twice"],
    ["nexthop=-1", "field nexthop:"],
  ])("refuse %s", (text, message) => {
    const parsed = parseText(value, text, null);
    expect(parsed.ok ? "" : parsed.failure.message).toContain(message);
  });
});
