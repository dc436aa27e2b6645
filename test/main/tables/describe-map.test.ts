import { describe, expect, it } from "vitest";
import type { MapLayout } from "../../../main/tables/describe-map.ts";
import { describeMap } from "../../../main/tables/describe-map.ts";
import { formatEntryCells, formatEntryJson } from "../../../main/tables/format-entry.ts";
import { keyLabel } from "../../../main/tables/key-label.ts";
import { bytes, describeMapsOf, pick } from "./map-of.ts";

const definitions = `
struct stats { __u64 rx_packets; __u64 rx_bytes; };
struct { __uint(type, 2); __uint(max_entries, 5); __type(key, __u32); __type(value, struct stats); } xdp_stats_map SEC(".maps");
struct v4 { __u32 prefixlen; __be32 addr; };
struct { __uint(type, 11); __uint(max_entries, 9); __uint(map_flags, 1); __type(key, struct v4); __type(value, __u32); } blocked SEC(".maps");
struct v6 { __u32 prefixlen; __u8 net[16]; };
struct { __uint(type, 11); __uint(max_entries, 9); __uint(map_flags, 1); __type(key, struct v6); __type(value, _Bool); } blocked6 SEC(".maps");
struct hop { __u32 ifindex; unsigned char h_dest[6]; __u16 mtu; };
struct in6_addr { union { __u8 b[16]; __be32 w[4]; } u; };
enum verdict { DENY = 0, ALLOW = 7 };
struct flow { __be32 saddr; __be32 daddr; __be16 sport; __be16 dport; __u8 proto; __u8 flags : 3; __u8 level : 5; };
struct wide {
  struct { __u32 seen; union { __u64 as_number; struct { __u32 low, high; }; }; };
  struct hop next; struct in6_addr gateway; enum verdict verdict; char comm[16]; __s32 grid[2][2]; __u16 many[40];
  const char *pointer; double load; _Bool on; __u8 cookie[5]; struct hop hops[2];
};
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, struct flow); __type(value, struct wide); } flows SEC(".maps");
struct { __uint(type, 1); __uint(max_entries, 9); __uint(key_size, 6); __uint(value_size, 4); } untyped SEC(".maps");
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, enum verdict); __type(value, __be32); } by_verdict SEC(".maps");
struct { __uint(type, 14); __uint(max_entries, 9); __uint(key_size, 4); __uint(value_size, 8); } tx_ports SEC(".maps");
struct { __uint(type, 3); __uint(max_entries, 9); __uint(key_size, 4); __uint(value_size, 4); } jumps SEC(".maps");
`;

const little = describeMapsOf(definitions);
const paths = (map: MapLayout) => map.columns.map((column) => `${column.from}:${column.path}`);

describe("describeMap", () => {
  it("makes one column of a scalar and one a field of a struct", () => {
    const map = pick(little, "xdp_stats_map");
    expect(map.columns).toEqual([
      {
        path: "key",
        from: "key",
        type: "__u32",
        align: "number",
        hint: "index from 0 to 4",
        choices: null,
      },
      expect.objectContaining({ path: "rx_packets", from: "value", type: "__u64", align: "number" }),
      expect.objectContaining({ path: "rx_bytes", from: "value" }),
    ]);
    expect(map).toMatchObject({ readOnly: null, resizable: false, perCpu: false, copies: 1, stride: 16 });
  });

  it("makes one column of an LPM key", () => {
    const v4 = pick(little, "blocked");
    expect(paths(v4)).toEqual(["key:prefix", "value:value"]);
    const key = bytes("18000000 c0000200");
    expect(formatEntryCells(v4, key, bytes("05000000")).cells).toEqual(["192.0.2.0/24", "5"]);
    expect(formatEntryJson(v4, key, bytes("05000000"))).toEqual({
      key: { prefixlen: 24, addr: "192.0.2.0" },
      value: 5,
    });
    const v6 = pick(little, "blocked6");
    const key6 = bytes("20000000 20010db8000000000000000000000000");
    expect(formatEntryCells(v6, key6, bytes("01")).cells).toEqual(["2001:db8::/32", "true"]);
    expect(formatEntryJson(v6, key6, bytes("01"))).toEqual({ key: { prefixlen: 32, net: "2001:db8::" }, value: true });
    expect(v6.resizable).toBe(true);
  });

  it("names nested, anonymous, bit and array fields by their paths", () => {
    expect(paths(pick(little, "flows"))).toEqual([
      "key:saddr",
      "key:daddr",
      "key:sport",
      "key:dport",
      "key:proto",
      "key:flags",
      "key:level",
      "value:seen",
      "value:as_number",
      "value:next.ifindex",
      "value:next.h_dest",
      "value:next.mtu",
      "value:gateway",
      "value:verdict",
      "value:comm",
      "value:grid[0][0]",
      "value:grid[0][1]",
      "value:grid[1][0]",
      "value:grid[1][1]",
      "value:many",
      "value:pointer",
      "value:load",
      "value:on",
      "value:cookie",
      "value:hops[0].ifindex",
      "value:hops[0].h_dest",
      "value:hops[0].mtu",
      "value:hops[1].ifindex",
      "value:hops[1].h_dest",
      "value:hops[1].mtu",
    ]);
  });

  it("reads network order, bit fields and addresses in either byte order of the target", () => {
    const cells = (target: "bpfel" | "bpfeb", key: string) => {
      const map = pick(target === "bpfel" ? little : describeMapsOf(definitions, { target }), "flows");
      return formatEntryCells(map, bytes(key), new Uint8Array(map.value.size)).cells.slice(0, 7);
    };
    const common = "c0000201 c6336407 1f90 0035 11";
    // flags 5, level 18: clang fills a byte from its low end on little-endian targets, from its high end on others.
    expect(cells("bpfel", `${common}95 0000`)).toEqual(["192.0.2.1", "198.51.100.7", "8080", "53", "17", "5", "18"]);
    expect(cells("bpfeb", `${common}b2 0000`)).toEqual(["192.0.2.1", "198.51.100.7", "8080", "53", "17", "5", "18"]);
  });

  it("formats JSON with BTF names, 64-bit integers as strings", () => {
    const map = pick(little, "flows");
    const json = formatEntryJson(map, new Uint8Array(map.key.size), new Uint8Array(map.value.size).fill(0)).value;
    expect(json).toMatchObject({
      seen: 0,
      as_number: "0",
      low: 0,
      high: 0,
      next: { ifindex: 0, h_dest: "00:00:00:00:00:00", mtu: 0 },
      gateway: "::",
      verdict: "DENY",
      comm: "",
      grid: [
        [0, 0],
        [0, 0],
      ],
      pointer: "0x0",
      load: 0,
      on: false,
      cookie: "0x0000000000",
    });
    const stats = pick(little, "xdp_stats_map");
    expect(formatEntryJson(stats, bytes("02000000"), bytes("0100000000002000 ffffffffffffffff"))).toEqual({
      key: 2,
      value: { rx_packets: "9007199254740993", rx_bytes: "18446744073709551615" },
    });
  });

  it("offers an enum's names, and shows what has no BTF as bytes", () => {
    const named = pick(little, "by_verdict");
    expect(named.columns[0]).toMatchObject({ choices: ["DENY", "ALLOW"], align: "text" });
    expect(formatEntryCells(named, bytes("07000000"), bytes("0a000001")).cells).toEqual(["ALLOW", "10.0.0.1"]);
    const untyped = pick(little, "untyped");
    expect(formatEntryCells(untyped, bytes("0102030405ff"), bytes("00000007")).cells).toEqual([
      "0x0102030405ff",
      "0x00000007",
    ]);
    expect(untyped.columns[0]).toMatchObject({ type: "bytes" });
  });

  it("knows the kernel's own layouts of maps that carry no BTF", () => {
    const ports = pick(little, "tx_ports");
    expect(paths(ports)).toEqual(["key:key", "value:ifindex", "value:bpf_prog.id"]);
    expect(formatEntryJson(ports, bytes("01000000"), bytes("07000000 00000000"))).toEqual({
      key: 1,
      value: { ifindex: 7, bpf_prog: { id: 0 } },
    });
    expect(pick(little, "jumps")).toMatchObject({ readOnly: null, resizable: true, programColumn: 0 });
    const prefix = describeMap({
      type: "lpm_trie",
      keySize: 8,
      valueSize: 1,
      maxEntries: 1,
      btfKeyTypeId: 0,
      btfValueTypeId: 0,
      btf: null,
      possibleCpus: 1,
    });
    expect(formatEntryCells(prefix, bytes("20000000 c0000201"), bytes("00")).cells[0]).toBe("192.0.2.1/32");
    const plain = { keySize: 4, maxEntries: 4, btfKeyTypeId: 0, btfValueTypeId: 0, btf: null, possibleCpus: 1 };
    const stacks = describeMap({ ...plain, type: "stack_trace", valueSize: 24 });
    const frames = bytes("10203040 ffffffff 00000000 00000000 00000000 00000000");
    expect(formatEntryJson(stacks, bytes("01000000"), frames)).toEqual({
      ...{ key: 1, value: ["0xffffffff40302010", "0x0", "0x0"] },
    });
    expect(describeMap({ ...plain, type: "stack_trace", valueSize: 32, flags: 32 }).columns[1]?.type).toBe("bytes");
    expect(describeMap({ ...plain, type: "cgroup_storage", valueSize: 8 })).toMatchObject({
      ...{ readOnly: null, resizable: false },
    });
  });

  it("labels actions only where a five-entry array of an XDP program is indexed by a number", () => {
    const map = pick(little, "xdp_stats_map");
    expect(keyLabel(map, bytes("02000000"), true)).toBe("XDP_PASS");
    expect(keyLabel(map, bytes("05000000"), true)).toBeNull();
    expect(keyLabel(map, bytes("02000000"), false)).toBeNull();
    expect(keyLabel({ ...map, maxEntries: 6 }, bytes("02000000"), true)).toBeNull();
    expect(keyLabel(pick(little, "blocked"), bytes("02000000"), true)).toBeNull();
  });

  it("shows bytes of an unexpected length as they are", () => {
    const map = pick(little, "xdp_stats_map");
    expect(formatEntryCells(map, bytes("0200"), bytes("01")).cells).toEqual(["0x0200", "0x01", ""]);
  });
});
