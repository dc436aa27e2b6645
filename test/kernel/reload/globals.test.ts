/** Global variables: set before the load, shown and edited while the program runs, kept and carried by a newer build. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { planReload } from "../../../main/attach/plan-reload.ts";
import { setEntry } from "../../../main/maps/set-entry.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { Place } from "../../../protocol/interfaces.ts";
import { eventually, failureOf, skipReason, startElevated, uniqueName } from "../helper/harness.ts";
import { compile, native } from "../native/support.ts";
import { headers, license, mapOf, openStage, planOf, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  if (skipReason === "") stage = await openStage();
});
afterAll(async () => {
  await stage?.end();
});
beforeEach((context) => context.skip(skipReason !== "", skipReason));

const program = (variables: string, more = ""): string => `${headers}${variables}
SEC("xdp") int count(struct xdp_md *ctx) {
  ${more}
  return XDP_PASS;
}
${license}`;

const variables = `enum color { RED, GREEN = 5 };
const volatile __u32 step = 1;
const volatile char label[8] = "eth";
const volatile enum color color = RED;
const __u32 fixed = 3;
static volatile const __s16 offset = -2;
struct limits { __u32 low; __u8 mac[6]; } limits = { 7, { 2 } };
__u64 total;
static __u32 hidden;
int extra SEC(".data.extra") = 9;`;
const body = `
  static volatile __u32 local = 4;
  if (color == GREEN && label[0] == 'w') __sync_fetch_and_add(&total, step + (__s64)offset);
  if (limits.low == 100) hidden += fixed;
  local++; extra++;`;
const source = program(variables, body);

describe("before the load", () => {
  it("all variables are told, with what they are declared as", async () => {
    const { globals } = await stage.plan(source);
    const lines = globals.map(({ section, name, type, value, readOnly }) => [section, name, type, value, readOnly]);
    expect(lines).toEqual([
      [".rodata", "step", "__u32", "1", null],
      [".rodata", "label", "char[8]", "eth", null],
      [".rodata", "color", "enum color", "RED", null],
      [".rodata", "fixed", "__u32", "3", expect.stringContaining("const without volatile")],
      [".rodata", "offset", "__s16", "-2", null],
      [".data", "limits", "struct limits", '{"low":7,"mac":"02:00:00:00:00:00"}', null],
      [".data", "count.local", "__u32", "4", null],
      [".data.extra", "extra", "int", "9", null],
      [".bss", "total", "__u64", "0", null],
      [".bss", "hidden", "__u32", "0", null],
    ]);
    expect(globals.find(({ name }) => name === "color")).toMatchObject({ choices: ["RED", "GREEN"], bytes: 4 });
  });

  it("needs no privilege where nothing runs, and asks for it where something does", async () => {
    const refuse = () => Promise.reject(new Failed({ kind: "no-privilege", need: "root", message: "not now" }));
    const helpers = { ...stage.helpers, elevated: refuse, elevatedIfFree: () => Promise.resolve(null) };
    const input = { path: "/tmp/program.bpf.c", text: source };
    const plan = (place: Place | null) => planReload(helpers, stage.attachments, { input, program: null, place });
    for (const place of [null, { netns: null, name: "lo", ifindex: 1 }]) {
      const { replaces, maps, globals } = await plan(place);
      expect([replaces, maps.map(({ name }) => name), globals.length]).toEqual([
        null,
        [".data", ".data.extra", ".bss"],
        10,
      ]);
      expect(globals.every(({ running }) => running === null)).toBe(true);
    }
    expect(await failureOf(plan(stage.place))).toMatchObject({ kind: "no-privilege" });
    const broken = { input: { ...input, text: "int x" }, program: null, place: null };
    expect(await failureOf(planReload(helpers, stage.attachments, broken))).toMatchObject({ kind: "build-failed" });
  });

  it("a program with very many variables is told and shown variable by variable", async () => {
    const names = Array.from({ length: 400 }, (_, index) => `v${index}`);
    const many = program(
      `${names.map((name, index) => `volatile __u32 ${name} = ${index + 1};`).join("\n")} volatile __u32 wide[100] = { 1 };`,
      `${names.map((name) => `${name}++;`).join(" ")} wide[3]++;`,
    );
    const after = await stage.attach(many, { globals: [{ name: "v399", value: "7" }] });
    await stage.send(1);
    const { columns } = await stage.table(mapOf(after, ".data"));
    expect(columns.map(({ path }) => path)).toEqual(["key", ...names, "wide"]);
    expect(await stage.row(mapOf(after, ".data"))).toMatchObject({ v0: "2", v399: "8" });
  });

  it("they are set, and the program acts upon them", async () => {
    const after = await stage.attach(source, {
      globals: [
        { name: "step", value: "0x10" },
        { name: "label", value: "wlan" },
        { name: "color", value: "GREEN" },
        { name: "total", value: "1000" },
        { name: "limits", value: '{"low":100}' },
        { name: "extra", value: "-5" },
      ],
    });
    await stage.send(3);
    expect(await stage.row(mapOf(after, ".bss"))).toMatchObject({ total: `${1000 + 3 * 14}`, hidden: "9" });
    expect(await stage.row(mapOf(after, ".data.extra"))).toMatchObject({ extra: "-2" });
    const { globals } = await stage.plan(source);
    const running = Object.fromEntries(globals.map(({ name, running: value }) => [name, value]));
    expect(running).toMatchObject({
      step: "16",
      label: "wlan",
      color: "GREEN",
      limits: '{"low":100,"mac":"02:00:00:00:00:00"}',
    });
  });

  it("a wrong value and a variable that cannot be set are named", async () => {
    const attempts = [
      ["step", "many", 'global step: "many" does not fit: give whole number from 0 to 4294967295'],
      ["label", "much too long", "text of at most 8 bytes"],
      ["color", "BLUE", "one of RED, GREEN"],
      ["offset", "40000", "whole number from -32768 to 32767"],
      ["limits", '{"high":1}', "there is none of that name"],
      ["nope", "1", "the object has none of that name; it has step, label"],
    ] as const;
    for (const [name, value, message] of attempts) {
      const failure = await failureOf(stage.attach(source, { globals: [{ name, value }] }));
      expect(failure).toMatchObject({ kind: "bad-value", field: name });
      expect(failure.message).toContain(message);
    }
    const folded = program("const __u32 kept[4] = { 1, 2, 3, 4 };", "return kept[ctx->rx_queue_index & 3];");
    const { globals } = await stage.plan(folded);
    expect(globals).toMatchObject([{ name: "kept", readOnly: expect.stringContaining("declare it const volatile") }]);
    const failure = await failureOf(stage.attach(folded, { globals: [{ name: "kept", value: "[1,2,3,4]" }] }));
    expect(failure.message).toContain("const without volatile");
  });
});

describe("while it runs", () => {
  const counting = program(
    "__u32 divisor = 1; __u64 seen; __u64 counted; struct { __u32 a; __u32 b; } pair;",
    "__sync_fetch_and_add(&seen, 1); if (divisor && seen % divisor == 0) counted++; pair.b++;",
  );

  it("a variable is written alone: the program counts on beside it, and acts upon it", async () => {
    const after = await stage.attach(counting);
    const { columns, map, readOnly } = await stage.table(mapOf(after, ".data"));
    expect([map.name, columns.map(({ path }) => path), readOnly]).toEqual([".data", ["key", "divisor"], null]);
    const set = (name: string, cells: (string | null)[]) =>
      setEntry(stage.helpers, stage.attachments, { id: mapOf(after, name), cells, when: "exist", netns: null });
    await stage.send(10);
    expect(await stage.row(mapOf(after, ".bss"))).toMatchObject({ seen: "10", counted: "10" });
    await set(".data", ["0", "5"]);
    await stage.send(10);
    expect(await stage.row(mapOf(after, ".bss"))).toMatchObject({ seen: "20", counted: "12" });

    const bss = await stage.table(mapOf(after, ".bss"));
    const cells = bss.columns.map(({ path }) => (path === "key" ? "0" : path === "counted" ? "0" : null));
    const sending = stage.send(20_000, 40_000);
    let writes = 0;
    let over = false;
    void sending.finally(() => {
      over = true;
    });
    while (!over) {
      await set(".bss", cells);
      writes += 1;
    }
    await sending;
    expect(writes).toBeGreaterThan(10);
    // none of the writes beside it took a packet away from the count
    expect(await stage.row(mapOf(after, ".bss"))).toMatchObject({ seen: "20020" });
  });

  it("constants are shown and cannot be written", async () => {
    const after = await stage.attach(source);
    const id = mapOf(after, ".rodata");
    const table = await stage.table(id);
    expect(table.readOnly).toContain("set them before a load");
    expect(table.map.name).toBe(".rodata");
    const cells = table.columns.map(() => "0");
    const failure = await failureOf(
      setEntry(stage.helpers, stage.attachments, { id, cells, when: "exist", netns: null }),
    );
    expect(failure.message).toContain("frozen");
    const peer = await stage.helpers.elevated("test");
    const patch = { id, patches: [{ offset: 0, bytes: Buffer.alloc(4).toString("base64") }] };
    expect(await failureOf(peer.request("maps.patch", patch))).toMatchObject({ kind: expect.any(String) });
    expect(await stage.row(id)).toMatchObject({ step: "1" });
  });
});

describe("a newer build", () => {
  const before = program("__u32 divisor = 1; __u64 seen; __u32 small;", "seen++; small++; divisor = 77;");

  it("begins as declared unless told; keeps the same variables; carries others by name", async () => {
    await stage.attach(before);
    await stage.send(4);
    const plan = await stage.plan(before);
    expect(planOf(plan, ".bss")).toMatchObject({ choices: ["empty", "keep", "carry"] });
    const kept = await stage.attach(before, { maps: [{ name: ".bss", fate: "keep" }] });
    expect(await stage.row(mapOf(kept, ".bss"))).toMatchObject({ seen: "4" });
    expect(await stage.row(mapOf(kept, ".data"))).toMatchObject({ divisor: "1" });
    await stage.send(1);

    const newer = program(
      "__u64 divisor = 1; __u32 other = 6; __u64 small; __u64 seen; __u64 fresh;",
      "seen++; small++; fresh++; divisor += other;",
    );
    const next = await stage.plan(newer);
    expect(planOf(next, ".data")).toMatchObject({ choices: ["empty", "carry"] });
    expect(planOf(next, ".data").fields).toEqual([
      { path: "divisor", what: "converted", was: "__u32", becomes: "__u64" },
      { path: "other", what: "new", was: "", becomes: "__u32" },
    ]);
    const fates = [".data", ".bss"].map((name) => ({ name, fate: "carry" as const }));
    const after = await stage.attach(newer, { maps: fates, globals: [{ name: "fresh", value: "50" }] });
    expect(after.kept).toEqual([
      { name: ".data", fate: "carry", entries: 1, lost: 0 },
      { name: ".bss", fate: "carry", entries: 1, lost: 0 },
    ]);
    expect(await stage.row(mapOf(after, ".data"))).toMatchObject({ divisor: "77", other: "6" });
    expect(await stage.row(mapOf(after, ".bss"))).toMatchObject({ seen: "5", small: "5", fresh: "50" });
    await stage.send(2);
    expect(await stage.row(mapOf(after, ".bss"))).toMatchObject({ seen: "7", small: "7", fresh: "52" });
  });

  it("a variable whose value does not fit begins as declared, and the others go on", async () => {
    await stage.attach(program("__u32 large = 300; __u32 small = 5;", "large++; small++;"));
    await stage.send(1);
    const newer = program("__u8 large = 9; __u8 small = 8;", "large++; small++;");
    const after = await stage.attach(newer, { maps: [{ name: ".data", fate: "carry" }] });
    expect(after.kept).toEqual([{ name: ".data", fate: "carry", entries: 1, lost: 1 }]);
    expect(await stage.row(mapOf(after, ".data"))).toMatchObject({ large: "9", small: "6" });
  });

  it("a variable of a section that is kept is not set before the load", async () => {
    await stage.attach(before);
    const load = { maps: [{ name: ".bss", fate: "keep" as const }], globals: [{ name: "seen", value: "1" }] };
    expect(await failureOf(stage.attach(before, load))).toMatchObject({
      kind: "bad-value",
      field: "seen",
      message: expect.stringContaining("carry .bss over instead"),
    });
  });
});

describe("the elevated helper", () => {
  it("closes what was prepared when told, and with its connection; commits once", async () => {
    const name = uniqueName();
    const object = compile(`SEC("xdp") int ${name}(struct xdp_md *ctx) { return XDP_PASS; }`).toString("base64");
    const count = (): number => native.programIds().filter((id) => programName(id) === name).length;
    const { place } = stage;
    const wanted = {
      object,
      name: "test",
      program: name,
      asXdp: false,
      targets: [{ place, mode: "native" as const, expected: null }],
    };
    await stage.detach();
    const helper = await startElevated();
    try {
      const { prepared } = await helper.peer.request("attach.prepare", wanted);
      expect(count()).toBe(1);
      await helper.peer.request("attach.discard", { prepared });
      expect(await eventually(count, (found) => found === 0)).toBe(0);
      expect(await failureOf(helper.peer.request("attach.commit", { prepared }))).toMatchObject({ kind: "not-found" });
      // what came there since is not overwritten, and what was prepared is closed
      const late = await helper.peer.request("attach.prepare", wanted);
      await stage.attach(program("", ""));
      expect(await failureOf(helper.peer.request("attach.commit", { prepared: late.prepared }))).toMatchObject({
        kind: "foreign-program",
      });
      expect(await eventually(count, (found) => found === 0)).toBe(0);
      await stage.detach();
      await helper.peer.request("attach.prepare", wanted);
      expect(count()).toBe(1);
    } finally {
      await helper.stop();
    }
    expect(await eventually(count, (found) => found === 0)).toBe(0);
  });
});

/** null where it went away meanwhile: others load and unload too */
function programName(id: number): string | null {
  try {
    return native.programInfo(id).name;
  } catch {
    return null;
  }
}
