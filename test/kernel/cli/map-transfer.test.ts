/** Whole maps on the command line: out, in, compared, restored; every command a process of its own. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, loading, native } from "../native/support.ts";
import { eventually } from "../helper/harness.ts";
import { isRoot, needsRoot, openScene, type Scene } from "./run-xdpw.ts";

const source = `
struct prefix { __u32 prefixlen; __u8 addr[4]; };
struct hop { __u32 nexthop; __u32 flags; };
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4);
	__type(key, struct prefix);
	__type(value, struct hop);
} xdpwt_routes SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 50000);
	__type(key, __u64);
	__type(value, struct hop);
} xdpwt_many SEC(".maps");
SEC("xdp") int xdpwt_cli(struct xdp_md *ctx)
{
	struct prefix key = {};
	__u64 many = 0;
	if (bpf_map_lookup_elem(&xdpwt_many, &many))
		return XDP_TX;
	return bpf_map_lookup_elem(&xdpwt_routes, &key) ? XDP_DROP : XDP_PASS;
}
`;

let scene: Scene;
let loaded: Awaited<ReturnType<typeof native.loadObject>>;
let map = "";
const file = (name: string): string => join(scene.folder, name);

beforeAll(async () => {
  if (!isRoot) return;
  scene = openScene();
  loaded = await native.loadObject(loading(compile(source), "xdpwt_cli"));
  map = `id:${loaded.maps.find(({ name }) => name === "xdpwt_routes")?.id ?? 0}`;
});
afterAll(async () => {
  loaded?.close();
  await scene?.end();
});

describe.skipIf(!isRoot)(`maps as files${isRoot ? "" : ` (${needsRoot})`}`, () => {
  it("imports after a dry run, and typed columns change one entry", async () => {
    writeFileSync(file("routes.csv"), "prefix,nexthop,flags\n10.0.0.0/8,1,0\n10.1.0.0/16,2,0\n");
    const dry = await scene.run("map", "import", map, file("routes.csv"), "--dry-run", "--json");
    expect(dry.json).toMatchObject({ dry_run: true, changed: [], removed: [], same: 0 });
    expect((dry.json as { added: unknown[] }).added).toHaveLength(2);
    expect((await scene.run("map", "export", map)).json).toEqual([]);

    const done = await scene.run("map", "import", map, file("routes.csv"), "--json");
    expect([done.status, done.json]).toMatchObject([0, { entries: 2, written: 2, removed: 0 }]);
    const words = ["map", "set", map, "10.1.0.0/16", "flags=7"];
    const before = await scene.run(...words, "--dry-run");
    expect(before.out).toContain(
      "~ 10.1.0.0/16 flags=0 → 7\n0 added, 1 changed, 0 removed, 0 the same; nothing was written",
    );
    expect((await scene.run(...words, "--json")).json).toMatchObject({ value: { nexthop: 2, flags: 7 } });
    const exported = await scene.run("map", "export", map, "--format", "csv");
    expect(exported.out).toBe("prefix,nexthop,flags\n10.1.0.0/16,2,7\n10.0.0.0/8,1,0\n");
  });

  it("tells which entry the kernel takes for an address", async () => {
    expect((await scene.run("map", "match", map, "10.1.2.3", "--json")).json).toMatchObject({
      key: { prefixlen: 16, addr: "10.1.0.0" },
      value: { nexthop: 2 },
    });
    expect((await scene.run("map", "match", map, "10.2.2.3")).out).toContain("10.0.0.0/8");
    expect((await scene.run("map", "match", map, "11.0.0.1")).status).toBe(1);
  });

  it("shows prefixes under those that cover them, and what is to be said of them", async () => {
    await scene.run("map", "set", map, "10.1.4.0/24", "nexthop=2,flags=7");
    const { json, out } = await scene.run("map", "tree", map, "--json");
    expect(out).not.toBe("");
    expect(json).toMatchObject({
      compared: ["nexthop", "flags"],
      found: { never: 0, same: 1, spare: 1, duplicate: 0 },
      entries: [
        { prefix: "10.0.0.0/8", depth: 0, below: 2, above: null, marks: [] },
        { prefix: "10.1.0.0/16", depth: 1, below: 1, above: "10.0.0.0/8", marks: [] },
        { prefix: "10.1.4.0/24", depth: 2, below: 0, above: "10.1.0.0/16", marks: ["same", "spare"] },
      ],
    });
    const marked = await scene.run("map", "tree", map, "--marked");
    expect(marked.out).toMatch(/^10\.1\.4\.0\/24 .*says the same as 10\.1\.0\.0\/16$/m);
    await scene.run("map", "delete", map, "10.1.4.0/24");
  });

  it("keeps a snapshot, shows what changed since, and goes back to it", async () => {
    expect((await scene.run("map", "snapshot", map, "-o", file("before.json"))).status).toBe(0);
    expect(readFileSync(file("before.json"), "utf8")).toContain('"name":"xdpwt_routes"');
    expect((await scene.run("map", "diff", file("before.json"), map)).status).toBe(0);
    await scene.run("map", "delete", map, "10.0.0.0/8");
    await scene.run("map", "set", map, "192.0.2.0/24", "nexthop=9,flags=9");
    await scene.run("map", "snapshot", map, "-o", file("after.json"));
    const now = await scene.run("map", "diff", file("before.json"), map);
    const lines = ["- 10.0.0.0/8 nexthop=1 flags=0", "+ 192.0.2.0/24 nexthop=9 flags=9"];
    expect([now.status, now.out]).toEqual([1, `${lines.join("\n")}\n1 added, 0 changed, 1 removed, 1 the same\n`]);
    expect((await scene.run("map", "diff", file("before.json"), file("after.json"))).out).toBe(now.out);

    expect((await scene.run("map", "restore", map, file("before.json"), "--json")).json).toMatchObject({
      written: 1,
      removed: 1,
    });
    expect((await scene.run("map", "diff", file("before.json"), map)).status).toBe(0);
  });

  it("says what is wrong with a file, and which rows are in where the map is full", async () => {
    writeFileSync(file("wrong.csv"), "prefix,nexthop,flags\n300.1.1.1/8,1,0\n10.0.0.0/33,1,0\n");
    const wrong = await scene.run("map", "import", map, file("wrong.csv"));
    expect(wrong.status).toBe(1);
    expect(wrong.err).toContain(`${file("wrong.csv")}:2:1: prefix: "300.1.1.1/8" does not fit`);
    expect(wrong.err).toContain(`${file("wrong.csv")}:3:1: prefix`);

    const nets = [20, 21, 22].map((net) => `${net}.0.0.0/8,1,0`);
    writeFileSync(file("more.csv"), `prefix,nexthop,flags\n${nets.join("\n")}\n`);
    const full = await scene.run("map", "import", map, file("more.csv"), "--json");
    expect([full.status, full.json]).toMatchObject([
      1,
      { entries: 3, written: 2, refused: { line: 4, code: "ENOSPC" }, lines_not_written: [[4, 4]] },
    ]);
    const { journal } = full.json as { journal: string };
    expect((await scene.run("map", "survey", journal, "--json")).json).toMatchObject({ after: 2, before: 1, other: 0 });
    expect((await scene.run("map", "undo", journal, "--json")).json).toMatchObject({ done: 2, ended: null });
    expect((await scene.run("map", "diff", file("before.json"), map)).status).toBe(0);
  });

  it("are read and written on threads where they are large, and what is wrong is told by its line", async () => {
    const many = `id:${loaded.maps.find(({ name }) => name === "xdpwt_many")?.id ?? 0}`;
    // over half a megabyte, and of several pages
    const lines = Array.from({ length: 50_000 }, (_, entry) => `${entry * 7_919},${entry},${entry % 9}`);
    const csv = `key,nexthop,flags\n${lines.join("\n")}\n`;
    writeFileSync(file("many.csv"), csv);
    writeFileSync(file("wrong.csv"), csv.replace("\n7919,", "\n0,").replace(/\n(\d+,49000),/, "\n$1,x"));
    const wrong = await scene.run("map", "import", many, file("wrong.csv"));
    expect(wrong.status).toBe(1);
    expect(wrong.err).toContain("wrong.csv:49002:");
    expect((await scene.run("map", "export", many)).json).toEqual([]);

    const twice = `${csv}7919,1,1\n`;
    writeFileSync(file("wrong.csv"), twice);
    expect((await scene.run("map", "import", many, file("wrong.csv"))).err).toContain("the same key as in line 3");

    const done = await scene.run("map", "import", many, file("many.csv"), "--json");
    expect([done.status, done.json]).toMatchObject([0, { entries: 50_000, written: 50_000 }]);
    for (const format of ["csv", "json", "batch"]) {
      const out = file(`many.${format}`);
      expect((await scene.run("map", "export", many, "--format", format, "-o", out)).status).toBe(0);
      expect((await scene.run("map", "diff", many, out, "--json")).json).toMatchObject({ same: 50_000 });
    }
    const rows = readFileSync(file("many.csv"), "utf8").trim().split("\n").slice(1);
    expect(new Set(rows)).toEqual(new Set(lines));
  });

  it("takes a change back unless it is confirmed in time", async () => {
    writeFileSync(file("guarded.csv"), "prefix,nexthop,flags\n10.0.0.0/8,77,0\n198.51.100.0/24,1,0\n");
    const done = await scene.run("map", "import", map, file("guarded.csv"), "--confirm", "600", "--json");
    expect([done.status, done.json]).toMatchObject([0, { written: 2, guard: { state: "waiting", map: { rows: 2 } } }]);
    const { guard, journal } = done.json as { guard: { guard: string }; journal: string };
    expect((await scene.run("map", "get", map, "198.51.100.0/24", "--json")).status).toBe(0);
    const listed = await scene.run("map", "journal", map, "--json");
    expect((listed.json as { journal: string; state: string }[])[0]).toMatchObject({ journal, state: "guarded" });
    const back = await scene.run("rollback", guard.guard, "--json");
    expect([back.status, back.json]).toMatchObject([0, { state: "rolled-back", targets: [] }]);
    expect((await scene.run("map", "diff", file("before.json"), map)).status).toBe(0);

    const set = await scene.run("map", "set", map, "10.0.0.0/8", "nexthop=78", "--confirm", "600");
    const [, id = ""] = /xdpw confirm ([0-9a-f]{16})/.exec(set.out) ?? [];
    expect((await scene.run("confirm", id)).out).toContain("confirmed the change of 1 row of map xdpwt_routes");
    expect((await scene.run("map", "get", map, "10.0.0.0/8", "--json")).json).toMatchObject({ value: { nexthop: 78 } });

    await scene.run("map", "delete", map, "10.0.0.0/8", "--confirm", "1");
    const there = async (): Promise<boolean> => (await scene.run("map", "get", map, "10.0.0.0/8")).status === 0;
    expect(await eventually(there, (is) => is, 15_000)).toBe(true);
  });
});
