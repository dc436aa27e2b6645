/** What becomes of maps that are no plain tables: kept where they fit, else empty with a reason. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { attachInput } from "../../../main/attach/attach-input.ts";
import { planReload } from "../../../main/attach/plan-reload.ts";
import { execute, skipReason } from "../helper/harness.ts";
import { headers, license, mapOf, openStage, planOf, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (skipReason === "") stage = await openStage();
});
afterAll(async () => {
  await stage?.end();
});
beforeEach((context) => context.skip(skipReason !== "", skipReason));

const map = (type: string, members: string, entries = 8): string =>
  `struct { __uint(type, BPF_MAP_TYPE_${type}); __uint(max_entries, ${entries}); ${members} } m SEC(".maps");`;
const program = (maps: string, body: string): string => `${headers}${maps}
SEC("xdp") int obey(struct xdp_md *ctx) { __u32 key = 0; (void)key; ${body} return XDP_PASS; }
${license}`;

const pair = "__type(key, __u32); __type(value, __u32);";
const inner = (
  value: string,
) => `struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, ${value}); };
struct inner held SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS); __uint(max_entries, 4); __type(key, __u32); __array(values, struct inner); } m SEC(".maps");`;
const lookUp = "bpf_map_lookup_elem(&m, &key);";

const kept: readonly (readonly [string, string, string])[] = [
  ["a devmap, to which the kernel adds a flag", map("DEVMAP", pair), "return bpf_redirect_map(&m, 0, XDP_PASS);"],
  ["a cpumap", map("CPUMAP", pair), "return bpf_redirect_map(&m, 0, XDP_PASS);"],
  ["an xskmap", map("XSKMAP", pair), "return bpf_redirect_map(&m, 0, XDP_PASS);"],
  ["a program array", map("PROG_ARRAY", pair), "bpf_tail_call(ctx, &m, 0);"],
  ["a ring buffer, of whole pages", map("RINGBUF", "", 4096), "bpf_ringbuf_output(&m, &key, 4, 0);"],
  [
    "a perf event array, of all CPUs",
    `struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); ${pair} } m SEC(".maps");`,
    "bpf_perf_event_output(ctx, &m, 0, &key, 4);",
  ],
  ["a queue", map("QUEUE", "__type(value, __u32);"), "bpf_map_push_elem(&m, &key, 0);"],
];

describe("kept as they are", () => {
  it.each(kept)("%s", async (_what, maps, body) => {
    const text = program(maps, body);
    const before = await stage.attach(text);
    const plan = planOf(await stage.plan(text), "m");
    expect([plan.choices, plan.why]).toEqual([["keep", "empty"], "same type and sizes"]);
    const after = await stage.attach(text, { maps: [{ name: "m", fate: "keep" }] });
    expect(mapOf(after, "m")).toBe(mapOf(before, "m"));
    const larger = text.replace(/max_entries, (8|4096)/, "max_entries, 16384");
    if (larger === text) return;
    expect(planOf(await stage.plan(larger), "m")).toMatchObject({
      choices: ["empty"],
      why: expect.stringMatching(/max_entries was \d+ and is 16384; what a \w+ holds cannot be copied/),
    });
  });

  it("a map of maps, if the maps in it are of the newer type", async () => {
    const both = `${lookUp} bpf_map_lookup_elem(&held, &key);`;
    const text = program(inner("__u64"), both);
    const before = await stage.attach(text);
    expect(planOf(await stage.plan(text), "m")).toMatchObject({ choices: ["empty"], why: "nothing is in it" });
    const words = ["map", "update", "id", `${mapOf(before, "m")}`, "key", "hex", "01", "00", "00", "00"];
    await execute("bpftool", [...words, "value", "id", `${mapOf(before, "held")}`]);
    expect(planOf(await stage.plan(text), "m")).toMatchObject({ choices: ["keep", "empty"], running: { entries: 1 } });
    expect(planOf(await stage.plan(program(inner("__s64"), both)), "m")).toMatchObject({
      choices: ["empty"],
      why: "of the maps in it: its key or value type changed",
    });
  });
});

describe("filled by the object", () => {
  it("is not taken from what runs", async () => {
    const text = program(
      `int other(struct xdp_md *ctx);
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __uint(key_size, 4); __array(values, int (void *)); } m SEC(".maps") = { .values = { [1] = (void *)&other } };
SEC("xdp") int other(struct xdp_md *ctx) { return XDP_DROP; }`,
      "bpf_tail_call(ctx, &m, 1);",
    ).replace("int obey", "int xobey");
    const input = { path: "/tmp/program.bpf.c", text };
    const common = { input, program: "xobey", place: stage.place };
    await attachInput(stage.helpers, stage.attachments, { ...common, mode: "native", replace: null });
    const plan = await planReload(stage.helpers, stage.attachments, common);
    expect(planOf(plan, "m")).toMatchObject({ choices: ["empty"], why: "the object fills it in itself" });
  });
});

describe("tables", () => {
  const key = "struct key { __u32 prefixlen; __u32 addr; };";
  const trie = (value: string) =>
    `${key} struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, 8); __uint(map_flags, 1); __type(key, struct key); __type(value, ${value}); } m SEC(".maps");`;
  const look = "struct key k = { 32, 1 }; bpf_map_lookup_elem(&m, &k);";

  it("a prefix table is carried with its prefixes", async () => {
    const before = await stage.attach(program(trie("__u32"), look));
    const id = `${mapOf(before, "m")}`;
    const words = ["map", "update", "id", id, "key", "hex", ..."18 00 00 00 c0 00 02 00".split(" ")];
    await execute("bpftool", [...words, "value", "hex", ..."05 00 00 00".split(" ")]);
    const newer = program(trie("__u64"), look);
    expect(planOf(await stage.plan(newer), "m")).toMatchObject({
      choices: ["carry", "empty"],
      examples: [{ key: "192.0.2.0/24", was: "5", becomes: "5" }],
    });
    const after = await stage.attach(newer, { maps: [{ name: "m", fate: "carry" }] });
    expect((await stage.table(mapOf(after, "m"))).rows.map(({ cells }) => cells)).toEqual([["192.0.2.0/24", "5"]]);
  });

  it("a hash becomes an LRU hash with its entries; a key of the same fields is carried, another is not", async () => {
    const table = (type: string, keyType: string) =>
      program(
        `struct flow { ${keyType} }; ${map(type, "__type(key, struct flow); __type(value, __u64);")}`,
        "struct flow f = {}; __u64 one = 1; f.port = 7; bpf_map_update_elem(&m, &f, &one, 0);",
      );
    await stage.attach(table("HASH", "__u16 port; __u16 id;"));
    await stage.send(1);
    const after = await stage.attach(table("LRU_HASH", "__u32 id; __u32 port;"), {
      maps: [{ name: "m", fate: "carry" }],
    });
    expect(after.kept).toEqual([{ name: "m", fate: "carry", entries: 1, lost: 0 }]);
    expect((await stage.table(mapOf(after, "m"))).rows.map(({ cells }) => cells)).toEqual([["0", "7", "1"]]);
    const other = planOf(await stage.plan(table("LRU_HASH", "__u32 port; __u32 zone;")), "m");
    expect(other).toMatchObject({ choices: ["empty"], why: expect.stringContaining("which keys they would be now") });
  });

  it("names longer than the kernel keeps are told apart", async () => {
    const two = (value: string) =>
      program(
        ["one", "two"]
          .map((end) =>
            map("ARRAY", `__type(key, __u32); __type(value, ${value});`).replace(
              " m SEC",
              ` a_rather_long_name_${end} SEC`,
            ),
          )
          .join("\n"),
        "bpf_map_lookup_elem(&a_rather_long_name_one, &key);",
      );
    const before = await stage.attach(two("__u64"));
    const plan = await stage.plan(two("__u64"));
    expect(planOf(plan, "a_rather_long_name_two").running).toBeNull();
    expect(planOf(plan, "a_rather_long_name_one").running).toBeNull();
    expect(plan.gone.map(({ id }) => id)).toEqual([mapOf(before, "a_rather_long_name_one")]);
    const single = program(
      map("ARRAY", pair).replace(" m SEC", " quite_a_long_map_name SEC"),
      "bpf_map_lookup_elem(&quite_a_long_map_name, &key);",
    );
    await stage.attach(single);
    expect(planOf(await stage.plan(single), "quite_a_long_map_name").choices[0]).toBe("keep");
  });
});

describe("what is foreign", () => {
  it("is told, and its maps are kept where the user names it", async () => {
    const text = program(map("ARRAY", "__type(key, __u32); __type(value, __u64);"), lookUp);
    const before = await stage.attach(text);
    stage.attachments.forget(before.program);
    expect(await stage.plan(text)).toMatchObject({ foreign: true, replaces: { id: before.program.id } });
    const load = { maps: [{ name: "m", fate: "keep" as const }] };
    await expect(stage.attach(text, load)).rejects.toMatchObject({ failure: { kind: "foreign-program" } });
    const after = await stage.attach(text, load, { replace: before.program.id });
    expect(mapOf(after, "m")).toBe(mapOf(before, "m"));
  });
});
