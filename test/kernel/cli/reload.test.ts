/** xdpw attach --maps, --set, --max-entries and --plan; variables by name. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { isRoot, needsRoot, openScene, type Scene } from "./run-xdpw.ts";

let scene: Scene;
let port0: readonly string[];
beforeAll(async () => {
  if (!isRoot) return;
  scene = openScene();
  port0 = ["--netns", `${scene.lab}-box`, "--dev", "port0"];
  writeFileSync(join(scene.folder, "first.bpf.c"), source("__u32 packets;"));
  writeFileSync(join(scene.folder, "second.bpf.c"), source("__u64 bytes; __u64 packets;"));
  expect(await scene.run("lab", "up", "--name", scene.lab)).toMatchObject({ status: 0 });
});
afterAll(async () => {
  if (isRoot) await scene.end();
});
beforeEach((context) => context.skip(!isRoot, needsRoot));

const source = (value: string): string => `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
const volatile __u32 limit = 7;
struct counts { ${value} };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, __u32); __type(value, struct counts); } flows SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } total SEC(".maps");
__u64 seen;
__u32 pace = 1;
SEC("xdp") int count(struct xdp_md *ctx) {
  __u32 key = 0;
  struct counts *counts = bpf_map_lookup_elem(&flows, &key);
  __u64 *sum = bpf_map_lookup_elem(&total, &key);
  seen += pace;
  if (counts && counts->packets < limit) counts->packets++;
  if (sum) *sum += 1;
  return XDP_PASS;
}
char _license[] SEC("license") = "GPL";
`;

const traffic = async (count: number): Promise<void> => {
  const words = ["--from", "host0", "--to", "port0", "--proto", "udp", "--count", `${count}`];
  expect(await scene.run("lab", "traffic", "--name", scene.lab, ...words)).toMatchObject({ status: 0 });
};
const valueOf = async (map: string, key: string): Promise<unknown> =>
  ((await scene.run("map", "get", map, key, ...port0, "--json")).json as { value: unknown }).value;

it("sets before the load, plans, and carries what the newer build can take", async () => {
  const first = await scene.run(
    "attach",
    "first.bpf.c",
    ...port0,
    "--set",
    "limit=3",
    "--max-entries",
    "flows=32",
    "--json",
  );
  expect(first).toMatchObject({ status: 0, json: { kept: [], replaced: null } });
  expect((await scene.run("map", "set", "flows", "0", '{"packets":0}', ...port0)).status).toBe(0);
  await traffic(5);
  expect(await valueOf("flows", "0")).toEqual({ packets: 3 });

  const plan = await scene.run("attach", "second.bpf.c", ...port0, "--maps", "carry", "--plan", "--json");
  expect(plan).toMatchObject({
    status: 0,
    json: {
      replaces: { name: "count" },
      maps: [
        { name: "flows", fate: "carry", choices: ["carry", "empty"], running: { entries: 1, max_entries: 32 } },
        { name: "total", fate: "keep" },
        { name: ".data", fate: "empty" },
        { name: ".bss", fate: "empty" },
      ],
      globals: [{ name: "limit", value: "7", running: "3" }, { name: "pace" }, { name: "seen" }],
    },
  });
  const text = await scene.run("attach", "second.bpf.c", ...port0, "--maps", "keep", "--plan");
  expect(text.out).toMatch(/flows .*: empty of carry, empty; its value had 4 bytes and has 16/);
  expect(text.out).toContain(
    "    + __u64 bytes: zero\n    ~ packets: __u32 -> __u64\n    0: 3 -> bytes 0, packets 3\n",
  );

  const words = ["--maps", "carry", "--maps", ".bss=keep", "--max-entries", "flows=32", "--set", "limit=100"];
  const second = await scene.run("attach", "second.bpf.c", ...port0, ...words, "--verbose");
  expect(second.out).toContain("map flows carried over, 1 entries");
  expect(second.out).toContain("map total kept as it is, 1 entries");
  expect(second.err).toMatch(
    /bpftool prog load \S+ \/sys\/fs\/bpf\/count type xdp map name total id \d+ map name second.bss id \d+/,
  );
  await traffic(5);
  expect(await valueOf("flows", "0")).toEqual({ bytes: "0", packets: "8" });
  expect(await valueOf("total", "0")).toBe("10");
  expect(await valueOf(".bss", "seen")).toBe("10");
}, 120_000);

it("a variable by its name is read and written while the program runs", async () => {
  expect((await scene.run("map", "set", ".data", "pace", "100", ...port0)).out).toBe("pace 100\n");
  const before = Number(await valueOf(".bss", "seen"));
  await traffic(2);
  expect(Number(await valueOf(".bss", "seen")) - before).toBe(200);
  expect((await scene.run("map", "set", ".data", "0", '{"pace":1}', ...port0)).status).toBe(0);
  expect(await valueOf(".data", "pace")).toBe(1);
  const wrong = await scene.run("map", "set", ".data", "pace", "fast", ...port0);
  expect([wrong.status, wrong.err]).toEqual([1, expect.stringContaining('field pace: "fast" does not fit')]);
  const none = await scene.run("map", "get", ".data", "nope", ...port0);
  expect([none.status, none.err]).toEqual([1, expect.stringContaining("no variable nope; there is pace")]);
  const frozen = await scene.run("map", "set", ".rodata", "limit", "5", ...port0);
  expect([frozen.status, frozen.err]).toEqual([1, expect.stringContaining("set them before a load")]);
}, 120_000);

it("says what it does not take over", async () => {
  const plain = await scene.run("attach", "second.bpf.c", ...port0);
  expect(plain.err).toMatch(/note: maps of count \(id \d+\) are not taken over: --maps keep or carry does/);
});

const wrong: readonly (readonly [readonly string[], number, string])[] = [
  [["--maps", "bogus"], 2, "--maps bogus: give keep, carry or empty"],
  [["--maps", "keep", "--maps", "carry"], 2, "--maps keep is given already"],
  [["--maps", "nope=keep"], 1, "map nope: the object has none of that name"],
  [["--maps", "flows=keep", "--max-entries", "flows=5"], 1, "map flows cannot be kept: max_entries was 16 and is 5"],
  [["--max-entries", "flows=0"], 2, "--max-entries flows 0: give a whole number from 1"],
  [["--max-entries", "nope=1"], 1, "the object has none of that name; it has flows, total"],
  [["--set", "limit"], 2, "--set limit: give NAME=VALUE"],
  [["--set", "limit=-1"], 1, 'global limit: "-1" does not fit'],
  [["--set", "limit=1", "--set", "limit=2"], 1, "global limit: it is given twice"],
];
it.each(wrong)("refuses %j with status %d", async (flags, status, message) => {
  const answer = await scene.run("attach", "second.bpf.c", ...port0, ...flags);
  expect([answer.status, answer.err]).toEqual([status, expect.stringContaining(message)]);
});

it("verify takes them too: a constant decides what the verifier walks", async () => {
  const file = join(scene.folder, "second.bpf.c");
  const reckless = readFileSync(file, "utf8").replace(
    "return XDP_PASS;",
    "if (limit > 50) return *(int *)(long)ctx->data;\n  return XDP_PASS;",
  );
  writeFileSync(join(scene.folder, "reckless.bpf.c"), reckless);
  expect((await scene.run("verify", "reckless.bpf.c")).status).toBe(0);
  expect((await scene.run("verify", "reckless.bpf.c", "--set", "limit=51")).status).toBe(1);
  const attached = await scene.run("attach", "reckless.bpf.c", ...port0, "--set", "limit=51", "--json");
  expect(attached).toMatchObject({ status: 1, json: { failure: { kind: "rejected", diagnostics: [{ line: 16 }] } } });
});
