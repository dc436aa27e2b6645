/** What is typed of keys and values on the command line: layouts of maps without BTF, values of single CPUs, and what is wrong. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../native/support.ts";
import { isRoot, needsRoot, openScene, type Scene } from "./run-xdpw.ts";

const own = `xdpwt${process.pid % 100_000}`;
const pin = `/sys/fs/bpf/${own}`;
const source = `
struct hop { __u32 nexthop; __u8 mac[6]; __u16 port; };
struct prefix { __u32 prefixlen; __be32 addr; };
struct stats { __u64 packets; __u64 bytes; };
#define MAP(name, kind, entries, ...) struct { __uint(type, BPF_MAP_TYPE_##kind); __uint(max_entries, entries); __VA_ARGS__ } name SEC(".maps");
MAP(${own}_r, LPM_TRIE, 2, __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, struct prefix); __type(value, struct hop);)
MAP(${own}_s, PERCPU_ARRAY, 2, __type(key, __u32); __type(value, struct stats);)
MAP(${own}_z, HASH, 2, __type(key, __u32); __type(value, __u32);)
MAP(${own}_m, HASH, 1, __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, __u8[6]); __type(value, __u16);)
MAP(${own}_without_btf, HASH, 4, __uint(key_size, 6); __uint(value_size, 16);)
SEC("xdp") int xdpwt_values(struct xdp_md *ctx)
{
	__u64 key[2] = {};
	int found = 0;
	if (bpf_map_lookup_elem(&${own}_r, key)) found++;
	if (bpf_map_lookup_elem(&${own}_s, key)) found++;
	if (bpf_map_lookup_elem(&${own}_z, key)) found++;
	if (bpf_map_lookup_elem(&${own}_m, key)) found++;
	if (bpf_map_lookup_elem(&${own}_without_btf, key)) found++;
	return found ? XDP_DROP : XDP_PASS;
}
`;

describe.skipIf(!isRoot)(`values of maps${isRoot ? "" : ` (${needsRoot})`}`, () => {
  let scene: Scene;
  const id = (name: string): string => {
    const maps = JSON.parse(execFileSync("bpftool", ["-j", "map", "list"], { encoding: "utf8" })) as {
      id: number;
      name?: string;
    }[];
    return `${maps.find((map) => map.name === `${own}_${name}`.slice(0, 15))?.id}`;
  };
  /** the last line of what it said, with the map's id as ID: before it may be notes */
  const lastLine = (err: string): string => {
    const line = err.trim().split("\n").at(-1) ?? "";
    return line
      .replace(/^xdpw: /, "")
      .replaceAll(own, "x")
      .replace(/\(id \d+\)/, "(id ID)");
  };
  const said = async (...words: readonly string[]): Promise<string> => {
    const { status, out, err } = await scene.run("map", ...words);
    expect([words, status, out]).toEqual([words, 1, ""]);
    return lastLine(err);
  };
  beforeAll(() => {
    scene = openScene();
    const object = join(scene.folder, "values.o");
    writeFileSync(object, compile(source));
    execFileSync("bpftool", ["prog", "load", object, pin]);
    execFileSync("bpftool", ["map", "update", "id", id("z"), ..."key 1 0 0 0 value 1 0 0 0".split(" ")]);
    execFileSync("bpftool", ["map", "freeze", "id", id("z")]);
  });
  afterAll(async () => {
    execFileSync("rm", ["-f", pin]);
    await scene.end();
  });

  it("of a wrong shape are refused by field, with what was given and what fits", async () => {
    const hop = "nexthop=1,mac=02:00:00:00:00:01,port=1";
    const routes = `${own}_r`;
    const wrong: readonly (readonly [string, string, string])[] = [
      ["300.1.1.1", hop, 'field prefix: "300.1.1.1" does not fit: give IPv4 prefix such as 192.0.2.0/24'],
      [
        "10.0.0.0/33",
        hop,
        'field prefix: "10.0.0.0/33" does not fit: give IPv4 prefix such as 192.0.2.0/24, length 0 to 32',
      ],
      [
        "10.0.0.0/8",
        "nexthop=1,mac=02:00:00:00:01,port=1",
        'field mac: "02:00:00:00:01" does not fit: give MAC address such as 02:00:00:00:00:01',
      ],
      [
        "10.0.0.0/8",
        "nexthop=1,mac=02:00:00:00:00:01,port=65536",
        'field port: "65536" does not fit: give whole number from 0 to 65535 (decimal or 0x hex)',
      ],
      ["10.0.0.0/8", `${hop},vlan=3`, "field vlan: there is none of that name: give nexthop, mac, port"],
      ["10.0.0.0/8", "nexthop=1", "field mac is missing: give MAC address such as 02:00:00:00:00:01"],
    ];
    const gone = ["get", "delete"].map(async (verb) =>
      expect(await said(verb, routes, "10.0.0.0/8")).toBe("map x_r (id ID): no entry with key 10.0.0.0/8"),
    );
    const shapes = wrong.map(async ([key, value, words]) =>
      expect(await said("set", routes, key, value)).toBe(`map x_r (id ID): ${words}`),
    );
    await Promise.all([...gone, ...shapes]);
  });

  it("that find no room are refused with the map's size; a frozen map says so; so does one that is gone", async () => {
    expect((await scene.run("map", "set", `${own}_m`, "0200.0000.0001", "1")).status).toBe(0);
    expect(await said("set", `${own}_m`, "02-00-00-00-00-02", "1")).toBe(
      "update map x_m (id ID): Argument list too long (E2BIG); the map is full, with max_entries 1: delete entries, or load the program with more",
    );
    expect(await said("set", `${own}_s`, "2", "0x00000000000000000000000000000000")).toBe(
      "update map x_s (id ID): Argument list too long (E2BIG); the index is beyond the map's end: give one from 0 to 1",
    );
    for (const words of [
      ["set", `${own}_z`, "1", "2"],
      ["delete", `${own}_z`, "1"],
    ]) {
      expect(await said(...words)).toBe(
        "map x_z (id ID) is frozen: only programs write to it, for as long as it lives",
      );
    }
    expect(await said("set", "id:4294967290", "1", "2")).toBe(
      "read map id 4294967290: there is no map id 4294967290 (any more)",
    );
  });

  it("of single CPUs leave the others; the sum is shown, all of them in JSON", async () => {
    const map = `${own}_s`;
    expect((await scene.run("map", "set", map, "1", "all cpus: packets=1,bytes=2")).status).toBe(0);
    const { out } = await scene.run("map", "set", map, "1", "cpu 1: packets=7; cpu 0: bytes=0x10", "--dry-run");
    expect(out).toBe(
      "~ 1 cpu 0 bytes=2 → 16 cpu 1 packets=1 → 7\n0 added, 1 changed, 0 removed, 0 the same; nothing was written\n",
    );
    const { json } = await scene.run("map", "set", map, "1", "cpu 1: packets=7", "--json");
    const { value } = json as { value: { packets: string; bytes: string }[] };
    expect(value.map(({ packets, bytes }) => [packets, bytes])).toEqual(
      value.map((_, cpu) => [cpu === 1 ? "7" : "1", "2"]),
    );
    expect(await said("set", map, "1", `cpu ${value.length}: packets=1`)).toBe(
      `map x_s (id ID): field value: there is no CPU ${value.length}: give cpu 0 to cpu ${value.length - 1}, or all cpus`,
    );
  });

  it("of a map without BTF have the layout that was typed as C, by its whole name, until it is forgotten", async () => {
    const map = `${own}_without_btf`;
    const packed = "struct { __be32 addr; __be16 port; } __attribute__((packed))";
    const named = map.replaceAll(own, "x");
    const refused: readonly (readonly [string, string, string])[] = [
      [
        "key",
        "struct { __be32 addr; __u16 port; }",
        "it describes 8 bytes, 2 of them padding, and a key has 6 bytes: 2 too many; is the program's struct packed? then say __attribute__((packed))",
      ],
      ["value", "struct {\n__u64 a;\nu23 b; }", "line 3, column 1: unknown type name 'u23'"],
      ["value", "__u32[3]", "it describes 12 bytes, and a value has 16 bytes: 4 too few"],
    ];
    await Promise.all(
      refused.map(async ([of, text, why]) =>
        expect(await said("layout", map, `--${of}`, text)).toBe(`layout of the ${of} of ${named}: ${why}`),
      ),
    );
    const both = await scene.run(
      "map",
      "layout",
      map,
      "--key",
      packed,
      "--value",
      "struct { u64 packets, last_seen; };",
    );
    expect(both).toMatchObject({ status: 0, out: expect.stringMatching(/key +addr +__be32 +0 +4 +typed by you/) });
    await scene.run("map", "set", map, "addr=192.0.2.1,port=443", "packets=5,last_seen=0");
    expect((await scene.run("map", "get", map, "addr=192.0.2.1,port=443", "--json")).json).toMatchObject({
      key: { addr: "192.0.2.1", port: 443 },
      value: { packets: "5", last_seen: "0" },
    });
    const dumped = JSON.parse(
      execFileSync("bpftool", ["-j", "map", "dump", "name", map.slice(0, 15)], { encoding: "utf8" }),
    );
    expect(dumped).toMatchObject([{ key: ["0xc0", "0x00", "0x02", "0x01", "0x01", "0xbb"] }]);
    // a file says the same with and without it
    expect((await scene.run("map", "export", map)).json).toEqual(dumped);
    await scene.run("map", "layout", map, "--key", "none");
    expect((await scene.run("map", "get", map, "0xc000020101bb")).out).toMatch(
      /^key +packets +last_seen\n0xc000020101bb +5/,
    );
    const { json } = await scene.run("map", "layout", `${own}_s`, "--json");
    expect(json).toMatchObject({ key: { typed: null, fields: [{ path: "key", type: "__u32" }] } });
  });

  it("that the kernel has no memory for are refused, and nothing is written", async (context) => {
    const room = memoryRoom();
    if (room === null) return context.skip("no control group of memory can be made here");
    try {
      // whoever makes a map pays for its entries
      const create = `echo $$ > ${room.folder}/cgroup.procs && exec bpftool map create ${pin}p type hash key 4 value 4096 entries 4096 name ${own}_p flags 1`;
      execFileSync("sh", ["-c", create]);
      const value = `0x${"00".repeat(4096)}`;
      const rows = Array.from({ length: 600 }, (_, key) => `0x${key.toString(16).padStart(8, "0")},${value}`);
      writeFileSync(join(scene.folder, "rows.csv"), ["key,value", ...rows].join("\n"));
      room.limit();
      const { status, json } = await scene.run("map", "import", `pinned:${pin}p`, "rows.csv", "--json");
      expect({ status, json }).toMatchObject({ status: 1 });
      expect(JSON.stringify(json)).toContain("the kernel has no memory for another entry");
      // what is left of the kernel's last pages takes a few more
      let refused: string | null = null;
      for (let spare = 0; spare < 40 && refused === null; spare++) {
        const words = ["map", "set", `pinned:${pin}p`, `0xffff${(spare + 16).toString(16)}7f`, value];
        const { status: came, err } = await scene.run(...words);
        if (came !== 0) refused = lastLine(err);
      }
      expect(refused).toBe(
        "update map x_p (id ID): Cannot allocate memory (ENOMEM); the kernel has no memory for another entry: free some; nothing was written",
      );
    } finally {
      execFileSync("rm", ["-f", `${pin}p`]);
      room.end();
    }
  });
});

/** A control group whose memory can be limited, of either version; null where none can be made. */
function memoryRoom(): { readonly folder: string; readonly limit: () => void; readonly end: () => void } | null {
  for (const [base, file] of [
    ["/sys/fs/cgroup/memory", "memory.limit_in_bytes"],
    ["/sys/fs/cgroup", "memory.max"],
  ] as const) {
    const folder = join(base, own);
    try {
      mkdirSync(folder);
      if (existsSync(join(folder, file)) && readFileSync(join(folder, file), "utf8") !== "") {
        return { folder, limit: () => writeFileSync(join(folder, file), `${1 << 20}`), end: () => rmdirSync(folder) };
      }
      rmdirSync(folder);
    } catch {
      // read-only, or none
    }
  }
  return null;
}
