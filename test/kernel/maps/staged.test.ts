/** Staged changes: a diff, applied row by row against what it showed; undone, done again. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedObject } from "../../../helper/native/face.ts";
import type { MapHandle } from "../../../helper/native/map-face.ts";
import type { Change, Edit } from "../../../protocol/changes.ts";
import { buildHelper, failureOf, skipReason } from "../helper/harness.ts";
import { compile, loading, native } from "../native/support.ts";
import { never, openRooms, u32of } from "./changing.ts";

const source = `
struct prefix { __u32 prefixlen; __u8 addr[4]; };
struct hop { __be32 gateway; __u32 metric; };
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(map_flags, BPF_F_NO_PREALLOC); __uint(max_entries, 8);
  __type(key, struct prefix); __type(value, struct hop); } routes SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } fixed SEC(".maps");
struct seen { __u64 packets; __u32 port; __u32 flags; };
struct { __uint(type, BPF_MAP_TYPE_PERCPU_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct seen); } cpus SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, __u32); __type(value, __u32); } icy SEC(".maps");
struct tally { struct bpf_spin_lock lock; __u32 count; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct tally); } tallies SEC(".maps");
SEC("xdp") int staged(struct xdp_md *ctx)
{
	struct prefix route = { 32 };
	__u32 key = 0;
	struct tally *tally = bpf_map_lookup_elem(&tallies, &key);
	if (bpf_map_lookup_elem(&cpus, &key) || bpf_map_lookup_elem(&icy, &key)) return XDP_DROP;
	return bpf_map_lookup_elem(&routes, &route) || bpf_map_lookup_elem(&fixed, &key) || tally
		? XDP_PASS : XDP_DROP;
}
`;

let loaded: LoadedObject;
let state: string;
let rooms: ReturnType<typeof openRooms>;
const maps = new Map<string, MapHandle>();
const map = (name: string): MapHandle => {
  const found = maps.get(name);
  if (found === undefined) throw new Error(`no map ${name}`);
  return found;
};
const call = { token: never };
const idOf = (name: string): number => map(name).info.id;
const stage = async (name: string, edits: readonly Edit[]) =>
  (await rooms.handlers["maps.stage"]({ id: idOf(name), netns: null, edits: [...edits] }, call)).rows;
const apply = (name: string, changes: readonly Change[], title = "edit") =>
  rooms.handlers["maps.apply"]({ id: idOf(name), netns: null, title, changes: [...changes] }, call);
const undo = (journal: string) => rooms.handlers["maps.undo"]({ journal }, call);
const redo = (journal: string) => rooms.handlers["maps.redo"]({ journal }, call);
const changesOf = (rows: Awaited<ReturnType<typeof stage>>): Change[] =>
  rows.flatMap((row) => (row.is === "change" ? [row.change] : []));

describe.skipIf(skipReason !== "")("staged changes", () => {
  beforeAll(async () => {
    await buildHelper();
    await native.warmPool();
    loaded = await native.loadObject(loading(compile(source), "staged"));
    for (const { name, id } of loaded.maps) maps.set(name, native.openMap(id));
    state = mkdtempSync(join(tmpdir(), "xdpwt-staged-"));
    rooms = openRooms(state);
  });
  afterAll(async () => {
    for (const handle of maps.values()) handle.close();
    loaded?.close();
    await rooms?.helpers.close();
    if (state !== undefined) rmSync(state, { recursive: true });
  });

  it("show a diff, and name what is wrong at its field", async () => {
    const rows = await stage("routes", [
      { do: "add", cells: ["10.0.0.0/8", "192.0.2.1", "10"] },
      { do: "add", cells: ["10.0.0.0/33", "192.0.2.1", "10"] },
      { do: "add", cells: ["10.0.0.0/8", "300.1.1.1", "10"] },
      { do: "add", cells: ["10.0.0.0/8", "192.0.2.1", "4294967296"] },
      { do: "add", cells: ["10.0.0.0/8", "192.0.2.1"] },
      { do: "replace", key: Buffer.from([8, 0, 0, 0, 10, 0, 0, 0]).toString("base64"), cells: [null, null, "5"] },
      { do: "remove", key: Buffer.from([8, 0, 0, 0, 10, 0, 0, 0]).toString("base64") },
    ]);
    expect(rows.map((row) => (row.is === "wrong" ? row.field : row.is))).toEqual([
      ...["change", "prefix", "gateway", "metric", "cells", "key", "same"],
    ]);
    expect(rows[0]).toMatchObject({ before: null, after: ["10.0.0.0/8", "192.0.2.1", "10"] });
    expect(rows[1]).toMatchObject({ message: expect.stringContaining("10.0.0.0/33") });
    const report = await apply("routes", changesOf(rows), "one route");
    expect(report).toMatchObject({ done: 1, already: 0, conflicts: [], untouched: 0, ended: null });

    const key = Buffer.from([8, 0, 0, 0, 10, 0, 0, 0]).toString("base64");
    const longer = Buffer.from([16, 0, 0, 0, 10, 1, 0, 0]).toString("base64");
    const again = await stage("routes", [
      { do: "replace", key, cells: [null, null, "20"] },
      { do: "replace", key, cells: [null, "192.0.2.1", "10"] },
      // the shorter prefix covers it, and is another entry
      { do: "replace", key: longer, cells: [null, null, "20"] },
      { do: "add", cells: ["10.1.0.0/16", "192.0.2.9", "1"] },
      { do: "add", cells: ["10.0.0.0/8", "192.0.2.9", "1"] },
    ]);
    expect(again.map(({ is }) => is)).toEqual(["change", "same", "wrong", "change", "wrong"]);
    expect(again[0]).toMatchObject({
      before: ["10.0.0.0/8", "192.0.2.1", "10"],
      after: ["10.0.0.0/8", "192.0.2.1", "20"],
    });
    expect(await stage("fixed", [{ do: "add", cells: ["1", "1"] }])).toMatchObject([{ is: "wrong", field: "key" }]);
    expect(
      await failureOf(
        rooms.handlers["maps.stage"]({ id: 4_000_000, netns: null, edits: [{ do: "remove", key }] }, call),
      ),
    ).toMatchObject({ kind: "not-found" });
  });

  it("tell what somebody else changed meanwhile, and leave it", async () => {
    const key = Buffer.from([8, 0, 0, 0, 10, 0, 0, 0]);
    const rows = await stage("routes", [
      { do: "replace", key: key.toString("base64"), cells: [null, null, "30"] },
      { do: "add", cells: ["172.16.0.0/12", "192.0.2.7", "1"] },
    ]);
    const theirs = Buffer.from([192, 0, 2, 99, 7, 0, 0, 0]);
    map("routes").update(key, theirs, "any");
    map("routes").update(Buffer.from([12, 0, 0, 0, 172, 16, 0, 0]), theirs, "any");
    const report = await apply("routes", changesOf(rows));
    expect(report).toMatchObject({ done: 0, conflictCount: 2 });
    expect(report.conflicts).toMatchObject([
      { what: "other", after: ["10.0.0.0/8", "192.0.2.1", "30"], now: ["10.0.0.0/8", "192.0.2.99", "7"] },
      { what: "exists", before: null, now: ["172.16.0.0/12", "192.0.2.99", "7"] },
    ]);
    expect(map("routes").lookup(key)).toEqual(theirs);
    // ours after all: with what was found as what is expected
    const settled = report.conflicts.map(({ change, found }) => ({ ...change, was: found }));
    expect(await apply("routes", settled)).toMatchObject({ done: 2, conflictCount: 0 });
    expect(map("routes").lookup(key)?.readUInt32LE(4)).toBe(30);
  });

  it("are undone and done again; what was changed since stays and is told", async () => {
    const before = (await rooms.handlers["maps.journals"]({ id: idOf("fixed") }, call)).journals.length;
    const values = (): number[] => [0, 1, 2, 3].map((at) => map("fixed").lookup(u32of(at))?.readUInt32LE(0) ?? -1);
    const rows = await stage(
      "fixed",
      [1, 2, 3].map((at) => ({ do: "replace", key: u32of(at).toString("base64"), cells: [null, `${at * 10}`] })),
    );
    const { journal } = await apply("fixed", changesOf(rows), "three cells");
    expect(values()).toEqual([0, 10, 20, 30]);
    expect(await undo(journal)).toMatchObject({ done: 3, conflictCount: 0 });
    expect(values()).toEqual([0, 0, 0, 0]);
    expect(await redo(journal)).toMatchObject({ done: 3 });
    expect(values()).toEqual([0, 10, 20, 30]);
    map("fixed").update(u32of(2), u32of(99), "any");
    expect(await undo(journal)).toMatchObject({ done: 2, conflicts: [{ what: "other", now: ["2", "99"] }] });
    expect(values()).toEqual([0, 0, 99, 0]);
    const { journals } = await rooms.handlers["maps.journals"]({ id: idOf("fixed") }, call);
    expect(journals.length).toBe(before + 1);
    expect(journals[0]).toMatchObject({ title: "three cells", replaced: 3, state: "undone", map: { name: "fixed" } });
    await rooms.handlers["maps.forget"]({ journal }, call);
    expect(await failureOf(undo(journal))).toMatchObject({ kind: "not-found", what: "journal" });
  });

  it("change values of single CPUs, on top of what is staged and of counts that go on", async () => {
    const values = (packets: readonly number[], port: readonly number[]): Buffer =>
      Buffer.concat(
        packets.map((count, cpu) => Buffer.concat([u32of(count), u32of(0), u32of(port[cpu] ?? 0), u32of(9)])),
      );
    const copies = map("cpus").valueStride / 16;
    const each = (first: number, others: number): number[] =>
      Array.from({ length: copies }, (_, cpu) => (cpu === 0 ? first : others));
    const key = u32of(1);
    map("cpus").update(key, values(each(5, 7), each(1, 1)), "any");
    const replace = { do: "replace" as const, key: key.toString("base64") };
    const [first] = await stage("cpus", [{ ...replace, cells: [null, null, "cpu 0: 80", null] }]);
    if (first?.is !== "change" || first.change.was === null || first.change.value === null)
      throw new Error("no change");
    expect(first).toMatchObject({ cpus: [{ cpu: 0, cell: 2, before: "1", after: "80" }] });
    map("cpus").update(key, values(each(50, 70), each(1, 1)), "any");
    const over = { was: first.change.was, value: first.change.value };
    const [second] = await stage("cpus", [{ ...replace, cells: [null, null, "cpu 1: 81", null], over }]);
    const changed =
      copies > 1
        ? [
            [0, "80"],
            [1, "81"],
          ]
        : [];
    if (copies > 1)
      expect(second).toMatchObject({ cpus: changed.map(([cpu, after]) => ({ cpu, before: "1", after })) });
    await apply("cpus", changesOf(second === undefined ? [] : [second]));
    const expected = each(80, 1).map((port, cpu) => (cpu === 1 ? 81 : port));
    if (copies > 1) expect(map("cpus").lookup(key)).toEqual(values(each(50, 70), expected));
    const wrong = await stage("cpus", [
      { ...replace, cells: [null, `cpu ${copies}: 1`, null, null] },
      { ...replace, cells: [null, "cpu 0: -1", null, null] },
      { do: "add", cells: ["2", "all cpus: 3", "cpu 0: 4", "5"] },
    ]);
    expect(wrong.map((row) => (row.is === "wrong" ? row.message : row.is))).toEqual([
      `field packets: there is no CPU ${copies}: give cpu 0 to cpu ${copies - 1}, or all cpus`,
      'field packets: "-1" does not fit: give whole number from 0 to 18446744073709551615 (decimal or 0x hex)',
      "change",
    ]);
    expect(wrong[2]).toMatchObject({ after: ["2", `${3 * copies}`, "4", "5"] });
  });

  it("end at a full map: which rows are in is said, and they are finished or taken back", async () => {
    const wanted = Array.from(
      { length: 10 },
      (_, at): Edit => ({ do: "add", cells: [`203.0.113.${at}/32`, "192.0.2.1", `${at}`] }),
    );
    const report = await apply("routes", changesOf(await stage("routes", wanted)), "paste");
    expect(report).toMatchObject({
      done: 6,
      untouched: 4,
      ended: expect.stringMatching(/\(ENOSPC|E2BIG\).*map routes is full/),
    });
    const { journal } = report;
    expect((await rooms.handlers["maps.journals"]({ id: idOf("routes") }, call)).journals[0]?.state).toBe(
      "interrupted",
    );
    const survey = await rooms.handlers["maps.survey"]({ journal }, call);
    expect(survey).toMatchObject({ after: 6, before: 4, other: 0 });
    expect(survey.keys.before).toEqual([6, 7, 8, 9].map((at) => `203.0.113.${at}/32`));
    expect(await redo(journal)).toMatchObject({ done: 6, untouched: 4 });
    expect(await undo(journal)).toMatchObject({ done: 6, conflictCount: 0, ended: null });
    expect(await rooms.handlers["maps.survey"]({ journal }, call)).toMatchObject({ after: 0, before: 10 });
  });

  it("of a map that is full, frozen or gone are refused with these words, and nothing is written", async () => {
    const two = await stage("icy", [
      { do: "add", cells: ["1", "1"] },
      { do: "add", cells: ["2", "2"] },
    ]);
    const { ended, done, untouched } = await apply("icy", changesOf(two));
    expect({ done, untouched, ended }).toEqual({
      ...{ done: 1, untouched: 1 },
      ended:
        "Argument list too long (E2BIG): map icy is full: remove entries, or load the program with a larger max_entries, then resume or undo",
    });
    const [change] = changesOf(
      await stage("icy", [{ do: "replace", key: u32of(1).toString("base64"), cells: [null, "7"] }]),
    );
    if (change === undefined) throw new Error("no change");
    execFileSync("bpftool", ["map", "freeze", "id", `${idOf("icy")}`]);
    const frozen = "map icy is frozen: only programs write to it, for as long as it lives";
    expect(await failureOf(apply("icy", [change]))).toMatchObject({ kind: "bad-value", message: frozen });
    expect(await failureOf(stage("icy", [{ do: "remove", key: change.key }]))).toMatchObject({ message: frozen });
    expect(map("icy").lookup(u32of(1))).toEqual(u32of(1));
    const gone = { id: 4_294_967_290, netns: null, edits: [{ do: "remove" as const, key: change.key }] };
    expect(await failureOf(rooms.handlers["maps.stage"](gone, call))).toMatchObject({
      kind: "not-found",
      message: "read map id 4294967290: there is no map id 4294967290 (any more)",
    });
  });

  it("are written under the lock of values that have one", async () => {
    const rows = await stage("tallies", [{ do: "add", cells: ["1", "0", "5"] }]);
    expect(await apply("tallies", changesOf(rows))).toMatchObject({ done: 1, ended: null });
    const key = u32of(1).toString("base64");
    const next = await stage("tallies", [{ do: "replace", key, cells: [null, null, "6"] }]);
    expect(next).toMatchObject([{ before: ["1", "0", "5"], after: ["1", "0", "6"] }]);
    expect(await apply("tallies", changesOf(next))).toMatchObject({ done: 1, conflictCount: 0 });
  });
});
