/** A newer build in the place of what runs: maps kept, carried over by field name, or empty; nothing lost unsaid. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { attachInput } from "../../../main/attach/attach-input.ts";
import { templatesRoot } from "../../../main/paths.ts";
import type { LoadOptions } from "../../../protocol/reload.ts";
import { eventually, failureOf, skipReason, uniqueName } from "../helper/harness.ts";
import { native } from "../native/support.ts";
import { counter, mapOf, openStage, planOf, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (skipReason === "") stage = await openStage();
});
afterAll(async () => {
  await stage?.end();
});
beforeEach((context) => context.skip(skipReason !== "", skipReason));

const first = counter("__u64 packets; __u64 bytes;");

describe("a map of the same name and types", () => {
  it("is kept as it is: the same map, and it goes on counting", async () => {
    const before = await stage.attach(first);
    await stage.send(5);
    const plan = await stage.plan(first);
    expect(plan).toMatchObject({ program: "count", replaces: { id: before.program.id }, foreign: false, gone: [] });
    expect(planOf(plan, "stats")).toMatchObject({
      choices: ["keep", "carry", "empty"],
      running: { id: mapOf(before, "stats"), entries: 1, maxEntries: 4 },
      fields: [],
    });
    const after = await stage.attach(first, { maps: [{ name: "stats", fate: "keep" }] });
    expect(mapOf(after, "stats")).toBe(mapOf(before, "stats"));
    expect(after).toMatchObject({
      replaced: { id: before.program.id },
      kept: [{ name: "stats", fate: "keep", entries: 1, lost: 0 }],
    });
    await stage.send(3);
    expect(await stage.row(mapOf(after, "stats"), "2")).toMatchObject({ packets: "8" });
  });

  it("is empty where nothing was said", async () => {
    await stage.attach(first);
    await stage.send(4);
    const after = await stage.attach(first);
    expect(after.kept).toEqual([]);
    expect(await stage.row(mapOf(after, "stats"), "2")).toMatchObject({ packets: "0" });
  });
});

describe("a map whose value type changed", () => {
  const wider = counter("__u32 flags; __u64 bytes; __u64 packets; __s16 drops[2];");

  it("is carried over by field name, after the change was shown", async () => {
    await stage.attach(
      counter("__u32 packets; __u64 bytes; __u8 old;", "", { more: "counts->bytes += 60; counts->old = 7;" }),
    );
    await stage.send(9);
    const plan = planOf(await stage.plan(wider), "stats");
    expect(plan).toMatchObject({ choices: ["carry", "empty"], running: { entries: 1 } });
    expect(plan.fields).toEqual([
      { path: "key", what: "same", was: "__u32", becomes: "__u32" },
      { path: "flags", what: "new", was: "", becomes: "__u32" },
      { path: "bytes", what: "same", was: "__u64", becomes: "__u64" },
      { path: "packets", what: "converted", was: "__u32", becomes: "__u64" },
      { path: "drops", what: "new", was: "", becomes: "__s16[2]" },
      { path: "old", what: "gone", was: "__u8", becomes: "" },
    ]);
    expect(plan.examples).toEqual([
      {
        key: "2",
        was: "packets 9, bytes 540, old 7",
        becomes: "flags 0, bytes 540, packets 9, drops[0] 0, drops[1] 0",
      },
    ]);
    const after = await stage.attach(wider, { maps: [{ name: "stats", fate: "carry" }] });
    expect(after.kept).toEqual([{ name: "stats", fate: "carry", entries: 1, lost: 0 }]);
    await stage.send(1);
    expect(await stage.row(mapOf(after, "stats"), "2")).toMatchObject({ packets: "10", bytes: "540", flags: "0" });
  });

  it("is carried over under a deadline: rolled back, the old table counts on; kept, the new one does", async () => {
    const before = await stage.attach(counter("__u32 packets;"));
    await stage.send(9);
    const attach = async () => {
      const load: LoadOptions = { maps: [{ name: "stats", fate: "carry" }] };
      const attachment = await stage.attach(wider, load, { confirmWithin: 600 });
      return { attachment, guard: attachment.guard?.guard ?? "" };
    };
    const peer = await stage.helpers.elevated("test");
    const first = await attach();
    await stage.send(1);
    expect(await stage.row(mapOf(first.attachment, "stats"), "2")).toMatchObject({ packets: "10" });
    expect(await peer.request("guards.rollBack", { guard: first.guard })).toMatchObject({ state: "rolled-back" });
    // what ran again had not seen the packet in between
    await stage.send(2);
    expect(await stage.row(mapOf(before, "stats"), "2")).toMatchObject({ packets: "11" });

    const second = await attach();
    expect(await peer.request("guards.confirm", { guard: second.guard })).toMatchObject({ state: "confirmed" });
    await stage.send(1);
    expect(await stage.row(mapOf(second.attachment, "stats"), "2")).toMatchObject({ packets: "12", flags: "0" });
    await stage.detach();
  });

  it("is carried under traffic without a packet that sees an empty table", async () => {
    // a packet that finds zeros although packets came before counts itself among the empty
    const watching = (value: string) =>
      counter(value, "volatile __u64 empty;", { more: "if (counts->packets == 1) __sync_fetch_and_add(&empty, 1);" });
    const before = await stage.attach(watching("__u64 packets;"));
    await stage.send(100);
    expect(await stage.row(mapOf(before, ".bss"))).toMatchObject({ empty: "1" });
    const sending = stage.send(20_000, 20_000);
    const after = await stage.attach(watching("__u64 packets; __u64 bytes;"), {
      maps: [{ name: "stats", fate: "carry" }],
    });
    await sending;
    expect(after.gapNanoseconds).toBeNull();
    expect(await stage.row(mapOf(after, ".bss"))).toMatchObject({ empty: "0" });
    const { packets } = await stage.row(mapOf(after, "stats"), "2");
    expect(Number(packets)).toBeGreaterThan(100);
    // what ticked while the map was copied is lost, never doubled
    expect(Number(packets)).toBeLessThanOrEqual(20_100);
  });

  it("of a template's counters keeps what was counted, whatever field came, went or grew", async () => {
    const text = readFileSync(join(templatesRoot(), "packet-counters", "program.bpf.c"), "utf8");
    const fields = "\t__u64 rx_packets;\n\t__u64 rx_bytes;\n";
    const steps = [
      ["the same", fields, "keep"],
      ["gained", `\t__u32 rx_errors;\n${fields}`, "carry"],
      ["lost", "\t__u64 rx_packets;\n", "carry"],
      ["grew back", `\t__u64 rx_packets;\n\t__u64 rx_bytes;\n\t__u8 more[4];\n`, "carry"],
    ] as const;
    await stage.attach(text);
    let sent = 0;
    for (const [, value, fate] of steps) {
      await stage.send(100);
      sent += 100;
      const source = text.replace(fields, value).replace(/.*rx_bytes, ctx.*\n/, value.includes("rx_bytes") ? "$&" : "");
      const after = await stage.attach(source, { maps: [{ name: "xdp_stats_map", fate }] });
      expect(after.kept).toMatchObject([{ fate, entries: 1, lost: 0 }]);
      expect(await stage.row(mapOf(after, "xdp_stats_map"), "2")).toMatchObject({ rx_packets: `${sent}` });
    }
  });

  it("of a hundred thousand entries goes over whole", async () => {
    const large = { type: "HASH", entries: 100_000 };
    const before = await stage.attach(counter("__u32 packets;", "", large));
    const map = native.openMap(mapOf(before, "stats"));
    const [keys, values] = [Buffer.alloc(400_000), Buffer.alloc(400_000)];
    for (let index = 0; index < 100_000; index++) {
      keys.writeUInt32LE(index, index * 4);
      values.writeUInt32LE(index * 3, index * 4);
    }
    map.updateBatch(keys, values, 100_000);
    map.close();
    const after = await stage.attach(counter("__u64 packets;", "", large), {
      maps: [{ name: "stats", fate: "carry" }],
    });
    expect(after.kept).toEqual([{ name: "stats", fate: "carry", entries: 100_000, lost: 0 }]);
    const carried = native.openMap(mapOf(after, "stats"));
    for (const index of [0, 1, 4_095, 4_096, 77_777, 99_999]) {
      const key = keys.subarray(index * 4, index * 4 + 4);
      expect(carried.lookup(key)?.readBigUInt64LE(0)).toBe(BigInt(index * 3));
    }
    carried.close();
  });

  it("keeps each CPU's value of a per-CPU map", async () => {
    const perCpu = { type: "PERCPU_HASH" };
    const before = await stage.attach(counter("__u32 packets;", "", perCpu));
    await stage.send(6);
    const { rows } = await stage.table(mapOf(before, "stats"));
    const after = await stage.attach(counter("__u64 packets; __u64 more;", "", perCpu), {
      maps: [{ name: "stats", fate: "carry" }],
    });
    const table = await stage.table(mapOf(after, "stats"));
    expect(table.rows[0]?.cells).toEqual(["2", "6", "0"]);
    expect(table.rows[0]?.cpus?.map(([packets]) => packets)).toEqual(rows[0]?.cpus?.map(([packets]) => packets));
  });

  it("tells what did not fit", async () => {
    const hash = { type: "HASH", entries: 16 };
    const before = await stage.attach(counter("__u64 packets;", "", hash));
    const map = native.openMap(mapOf(before, "stats"));
    try {
      for (const [key, value] of [
        [1, 5n],
        [3, 70_000n],
        [4, 65_535n],
      ] as const) {
        const [keyBytes, valueBytes] = [Buffer.alloc(4), Buffer.alloc(8)];
        keyBytes.writeUInt32LE(key);
        valueBytes.writeBigUInt64LE(value);
        map.update(keyBytes, valueBytes, "any");
      }
    } finally {
      map.close();
    }
    const narrow = counter("__u32 more; __u16 packets;", "", { ...hash, more: "" }).replace(
      "__sync_fetch_and_add(&counts->packets, 1)",
      "counts->packets++",
    );
    const carried = await stage.attach(narrow, { maps: [{ name: "stats", fate: "carry" }] });
    expect(carried.kept).toEqual([{ name: "stats", fate: "carry", entries: 2, lost: 1 }]);
    const { rows } = await stage.table(mapOf(carried, "stats"));
    expect(rows.map(({ cells }) => cells.join(" ")).sort()).toEqual(["1 0 5", "4 0 65535"]);
    const full = await stage.attach(narrow, {
      maps: [{ name: "stats", fate: "carry" }],
      maxEntries: [{ map: "stats", entries: 1 }],
    });
    expect(full.kept).toEqual([{ name: "stats", fate: "carry", entries: 1, lost: 1 }]);
  });
});

describe("sizes", () => {
  it("are set before the load; a map of another size is carried, not kept", async () => {
    const before = await stage.attach(first, { maxEntries: [{ map: "stats", entries: 100 }] });
    expect(native.mapInfo(mapOf(before, "stats")).maxEntries).toBe(100);
    expect(planOf(await stage.plan(first), "stats")).toMatchObject({ choices: ["carry", "empty"], maxEntries: 4 });
    const same = { maxEntries: [{ map: "stats", entries: 100 }] };
    expect(planOf(await stage.plan(first, same), "stats")).toMatchObject({ choices: ["keep", "carry", "empty"] });
    const other = { maxEntries: [{ map: "stats", entries: 200 }], maps: [{ name: "stats", fate: "keep" as const }] };
    const huge = await failureOf(stage.attach(first, { maxEntries: [{ map: "stats", entries: 0xffff_ffff }] }));
    expect(huge.message).toMatch(
      /^load count: map 'stats': failed to create: .+ \((ENOMEM|E2BIG)\); make its max_entries smaller$/,
    );
    const refused = await failureOf(stage.attach(first, other));
    expect(refused).toMatchObject({ kind: "bad-value", field: "stats" });
    expect(refused.message).toContain("max_entries was 100 and is 200; choose carry or empty");
  });
});

describe("what cannot be", () => {
  it("is said by name, and changes nothing", async () => {
    const before = await stage.attach(first);
    await stage.send(2);
    const cases: readonly (readonly [LoadOptions, string, string])[] = [
      [{ maps: [{ name: "nope", fate: "keep" }] }, "nope", "the object has none of that name; it has stats"],
      [
        {
          maps: [
            { name: "stats", fate: "keep" },
            { name: "stats", fate: "empty" },
          ],
        },
        "stats",
        "given twice",
      ],
      [{ maxEntries: [{ map: "nope", entries: 5 }] }, "nope", "it has stats"],
      [{ globals: [{ name: "nope", value: "5" }] }, "nope", "the object has none of that name"],
    ];
    for (const [load, field, message] of cases) {
      const failure = await failureOf(stage.attach(first, load));
      expect(failure).toMatchObject({ kind: "bad-value", field });
      expect(failure.message).toContain(message);
    }
    const other = counter("__u64 packets;").replaceAll("stats", "others");
    const lost = await stage.plan(other);
    expect(lost.gone).toEqual([{ name: "stats", id: mapOf(before, "stats"), entries: 1 }]);
    expect(planOf(lost, "others")).toMatchObject({ running: null, choices: ["empty"] });
    const unlike = counter("__u64 packets;").replace("__type(key, __u32)", "__type(key, __u64)");
    expect(planOf(await stage.plan(unlike.replace("TYPE_ARRAY", "TYPE_HASH")), "stats")).toMatchObject({
      choices: ["empty"],
      why: expect.stringContaining("its type was array and is hash"),
    });
    expect(await stage.row(mapOf(before, "stats"), "2")).toMatchObject({ packets: "2" });
    const { interfaces } = await (await stage.helpers.elevated("test")).request("interfaces.list", {});
    const here = interfaces.find(({ netns, name }) => netns === stage.place.netns && name === stage.place.name);
    expect(here?.attached).toMatchObject([{ id: before.program.id }]);
  });

  it("leaves no program and no map behind when the load is rejected or the carry fails", async () => {
    const name = uniqueName();
    const own = (text: string) => text.replace("int count(", `int ${name}(`).replaceAll("stats", `${name}m`);
    const before = await stage.attach(own(first));
    await stage.send(2);
    const held = () => [
      native.programIds().filter((id) => nameOf(() => native.programInfo(id)) === name),
      native.mapIds().filter((id) => nameOf(() => native.mapInfo(id)) === `${name}m`),
    ];
    const now = [[before.program.id], [mapOf(before, `${name}m`)]];
    expect(held()).toEqual(now);
    const load = { maps: [{ name: `${name}m`, fate: "carry" as const }] };
    const rejected = own(counter("__u64 packets; __u64 bytes;", "", { more: "return *(int *)(long)ctx->data;" }));
    expect(await failureOf(stage.attach(rejected, load))).toMatchObject({ kind: "rejected" });
    expect(await eventually(held, (found) => JSON.stringify(found) === JSON.stringify(now))).toEqual(now);

    const peer = await stage.helpers.elevated("test");
    const loaded: unknown[] = [];
    const request = (method: string, ...rest: unknown[]): unknown => {
      if (method !== "maps.fill") return (peer.request as (...all: unknown[]) => unknown)(method, ...rest);
      loaded.push(...held());
      return Promise.reject(new Error("stopped here"));
    };
    const stopping = { ...peer, request } as unknown as typeof peer;
    const helpers = { ...stage.helpers, elevated: () => Promise.resolve(stopping) };
    const input = { path: "/tmp/program.bpf.c", text: own(first) };
    const params = { input, program: null, place: stage.place, mode: "native" as const, replace: null, load };
    await expect(attachInput(helpers, stage.attachments, params)).rejects.toThrow("stopped here");
    expect(loaded).toEqual([expect.objectContaining({ length: 2 }), expect.objectContaining({ length: 2 })]);
    expect(await eventually(held, (found) => JSON.stringify(found) === JSON.stringify(now))).toEqual(now);
    expect(await stage.row(mapOf(before, `${name}m`), "2")).toMatchObject({ packets: "2" });
  });
});

/** null where it went away meanwhile: others load and unload too */
function nameOf(read: () => { readonly name: string }): string | null {
  try {
    return read().name;
  } catch {
    return null;
  }
}
