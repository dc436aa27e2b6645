/** What main says of each type of map when it is opened: listed or not and why, editable or not and why; maps in maps. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "../../../protocol/changes.ts";
import type { NewMap } from "../../../protocol/manage-maps.ts";
import { openAttachments } from "../../../main/attach/attachments.ts";
import type { ElevatedPeer } from "../../../main/helpers/helper-pool.ts";
import { clearEntries } from "../../../main/maps/clear-entries.ts";
import { innerMaps } from "../../../main/maps/inner-maps.ts";
import { manageMaps } from "../../../main/maps/manage-maps.ts";
import { openMapShapes } from "../../../main/rows/map-shapes.ts";
import { shapeMap } from "../../../main/rows/shaped-map.ts";
import { buildHelper, failureOf, skipReason } from "../helper/harness.ts";
import { compile, loading, native } from "../native/support.ts";
import { never, openRooms } from "./changing.ts";

const call = { token: never };
const plain = { name: "t_kind", keySize: 4, valueSize: 4, maxEntries: 4, flags: 0, inner: null } as const;
const events = { keySize: 0, valueSize: 0, maxEntries: 4096 } as const;

describe.skipIf(skipReason !== "")("maps of every type", () => {
  let state: string;
  let rooms: ReturnType<typeof openRooms>;
  let managing: ReturnType<typeof manageMaps>;
  let peer: ElevatedPeer;
  const made: number[] = [];
  const make = async (map: Partial<NewMap> & Pick<NewMap, "type">): Promise<number> => {
    const { id } = await managing["maps.create"]({ ...plain, ...map, pin: null }, call);
    made.push(id);
    return id;
  };
  const faceOf = async (id: number) =>
    (
      await shapeMap(
        peer,
        openAttachments(state),
        id,
        openMapShapes(() => state),
      )
    ).face;

  beforeAll(async () => {
    await buildHelper();
    state = mkdtempSync(join(tmpdir(), "xdpwt-kinds-"));
    rooms = openRooms(state);
    const ignore = (): void => undefined;
    const clear = (...[to, id, token]: Parameters<Parameters<typeof manageMaps>[0]["clear"]>) =>
      clearEntries(rooms.changing, to, id, token);
    managing = manageMaps({
      helpers: rooms.helpers,
      shapes: openMapShapes(() => state),
      did: ignore,
      poke: ignore,
      clear,
    });
    peer = await rooms.helpers.elevated("test");
  });
  afterAll(async () => {
    for (const id of made) await managing["maps.release"]({ id }, call);
    await rooms?.helpers.close();
    if (state !== undefined) rmSync(state, { recursive: true });
  });

  it("say why they are not listed, or not edited", async () => {
    const said = async (map: Partial<NewMap> & Pick<NewMap, "type">): Promise<string> => {
      const { unlisted, readOnly } = await faceOf(await make(map));
      return unlisted ?? (readOnly === null ? "editable" : `read only: ${readOnly}`);
    };
    for (const [map, words] of [
      [{ type: "hash" }, "editable"],
      [{ type: "devmap" }, "editable"],
      [{ type: "ringbuf", ...events }, "it carries events to the one program that reads them"],
      [{ type: "perf_event_array" }, "it carries events to whoever opened them"],
      [{ type: "queue", keySize: 0 }, "only the one that comes next can be looked at"],
      [{ type: "bloom_filter", keySize: 0 }, "it only knows whether something may have been put into it"],
      [{ type: "prog_array" }, "editable"],
      [{ type: "xskmap" }, "which AF_XDP sockets are in its slots"],
      [{ type: "sockmap", valueSize: 4 }, "the kernel shows sockets by cookies of 8 bytes"],
      [{ type: "sockmap", valueSize: 8 }, "read only: holds sockets"],
    ] as const) {
      expect(await said(map), map.type).toContain(words);
    }
    const frozen = await make({ type: "array", name: "t_frozen" });
    await managing["maps.freeze"]({ id: frozen }, call);
    expect((await faceOf(frozen)).readOnly).toContain("is frozen: only programs write to it");
  });

  it("of elements without keys show the next, and give it only when asked", async () => {
    const id = await make({ type: "stack", keySize: 0, name: "t_stack" });
    const push = (value: number) =>
      peer.request("maps.update", {
        id,
        key: "",
        value: Buffer.from([value, 0, 0, 0]).toString("base64"),
        when: "any",
        netns: null,
      });
    await push(1);
    await push(2);
    const next = (take: boolean) => managing["maps.next"]({ id, take }, call);
    expect([await next(false), await next(false)]).toEqual([{ cells: ["0x02000000"] }, { cells: ["0x02000000"] }]);
    expect([await next(true), await next(true), await next(true)]).toEqual([
      { cells: ["0x02000000"] },
      { cells: ["0x01000000"] },
      { cells: null },
    ]);
    const bloom = await make({ type: "bloom_filter", keySize: 0, name: "t_bloom" });
    const value = Buffer.from([5, 0, 0, 0]).toString("base64");
    await peer.request("maps.update", { id: bloom, key: "", value, when: "any", netns: null });
    const has = (cell: string) => managing["maps.contains"]({ id: bloom, cells: [cell] }, call);
    expect([await has("0x05000000"), await has("0x06000000")]).toEqual([{ there: true }, { there: false }]);
    expect(await failureOf(has("five"))).toMatchObject({ kind: "bad-value" });
  });

  it("of prefixes look an entry up, not what covers it", async () => {
    const id = await make({ type: "lpm_trie", name: "t_prefixes", keySize: 8, flags: 1 });
    const prefix = (length: number, ...address: number[]): string =>
      Buffer.from([length, 0, 0, 0, ...address]).toString("base64");
    const value = Buffer.from([1, 0, 0, 0]).toString("base64");
    const [wide, narrow] = [prefix(8, 10, 0, 0, 0), prefix(16, 10, 1, 0, 0)];
    for (const key of [wide, prefix(8, 192, 0, 0, 0)])
      await peer.request("maps.update", { id, key, value, when: "any", netns: null });
    const found = async (key: string) => (await peer.request("maps.lookup", { id, key })).value;
    expect([await found(wide), await found(narrow), await found(prefix(8, 192, 0, 0, 0))]).toEqual([
      value,
      null,
      value,
    ]);
    // cleared, they come back with undo
    const { cleared, journal } = await managing["maps.clear"]({ id }, call);
    expect([cleared, await found(wide)]).toEqual([2, null]);
    expect(await rooms.handlers["maps.undo"]({ journal: journal ?? "" }, call)).toMatchObject({
      done: 2,
      conflicts: [],
    });
    expect(await found(wide)).toBe(value);
  });

  it("of programs take one that is chosen, staged; what was taken out comes back with undo", async () => {
    const object = compile(`
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } t_jumps SEC(".maps");
SEC("xdp") int t_first(struct xdp_md *ctx) { bpf_tail_call(ctx, &t_jumps, 1); return XDP_PASS; }
SEC("xdp") int t_tail(struct xdp_md *ctx) { return XDP_DROP; }
SEC("xdp.frags") int t_frags(struct xdp_md *ctx) { return XDP_DROP; }
SEC("tc") int t_other(struct __sk_buff *skb) { return 0; }`);
    const loaded = await native.loadObject(loading(object, "t_first"));
    const tail = await native.loadObject(loading(object, "t_tail"));
    const others = [
      await native.loadObject({ ...loading(object, "t_frags"), asXdp: false }),
      await native.loadObject({ ...loading(object, "t_other"), asXdp: false }),
    ] as const;
    try {
      const id = loaded.maps.find(({ name }) => name === "t_jumps")?.id ?? 0;
      const { face, programColumn } = await shapeMap(
        peer,
        openAttachments(state),
        id,
        openMapShapes(() => state),
      );
      expect([face.readOnly, programColumn, face.columns[1]?.type]).toEqual([null, 1, "program"]);
      const stage = (...edits: Edit[]) => rooms.handlers["maps.stage"]({ id, netns: null, edits }, call);
      const apply = async (...edits: Edit[]) => {
        const { rows } = await stage(...edits);
        const changes = rows.flatMap((row) => (row.is === "change" ? [row.change] : []));
        return rooms.handlers["maps.apply"]({ id, netns: null, title: "jumps", changes }, call);
      };
      const slot = async (): Promise<number | null> => {
        const { value } = await peer.request("maps.lookup", { id, key: one });
        return value === null ? null : Buffer.from(value, "base64").readUInt32LE(0);
      };
      const one = Buffer.from([1, 0, 0, 0]).toString("base64");
      const put = (program: string): Edit => ({ do: "put", cells: ["1", program] });
      const { rows } = await stage(put("t_tail"), put(`id=`), put("none"), { do: "put", cells: ["4", "t_tail"] });
      expect(rows).toMatchObject([
        { is: "change", before: null, after: ["1", `t_tail (id ${tail.programId})`] },
        { is: "wrong", field: "id", message: expect.stringContaining("there is no id=") },
        { is: "wrong", message: expect.stringContaining("delete the entry") },
        { is: "wrong", field: "key", message: expect.stringContaining("from 0 to 3") },
      ]);
      const [frags, other] = others;
      expect((await stage(put(`${other.programId}`))).rows).toMatchObject([
        { is: "wrong", message: expect.stringMatching(/is of type sched_cls: t_jumps takes programs of type xdp/) },
      ]);
      // that one has fragments and the other not is only the kernel's to know
      expect(await apply(put(`${frags.programId}`))).toMatchObject({
        done: 0,
        ended: expect.stringContaining("programs of one type only"),
      });
      expect(await apply(put(`id:${tail.programId}`))).toMatchObject({ done: 1, ended: null });
      expect(await slot()).toBe(tail.programId);
      const [snapshot, csv] = [join(state, "jumps.json"), join(state, "jumps.csv")];
      await rooms.handlers["maps.export"]({ id, path: snapshot, format: "snapshot" }, call);
      await rooms.handlers["maps.export"]({ id, path: csv, format: "csv" }, call);
      const removed = await apply({ do: "remove", key: one });
      // ids of a snapshot of this map mean the same programs; those of another file, nobody knows which
      const plan = (after: string) =>
        rooms.handlers["maps.plan"]({ id, netns: null, before: null, after, removes: true }, call);
      expect(await plan(snapshot)).toMatchObject({ added: 1, unfit: null });
      expect(await failureOf(plan(csv))).toMatchObject({
        message: expect.stringContaining("from a snapshot of this map only"),
      });
      expect([removed.done, await slot()]).toEqual([1, null]);
      // nobody else holds it any more
      tail.close();
      expect(await rooms.handlers["maps.undo"]({ journal: removed.journal }, call)).toMatchObject({ done: 1 });
      expect(await slot()).toBe(tail.programId);
    } finally {
      for (const one of [loaded, tail, ...others]) one.close();
    }
  });

  it("of maps propose what fits, as an entry or the object tells, and take it staged", async () => {
    const object = compile(`
struct inner { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 7); __type(key, __u32); __type(value, __u64); };
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner); } t_tables SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u32); } t_typed SEC(".maps");
struct job { __be32 from; __u16 work; };
struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 2); __type(value, struct job); } t_jobs SEC(".maps");
SEC("xdp") int deep(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct job job = { 1, 7 };
	bpf_map_push_elem(&t_jobs, &job, 0);
	void *inner = bpf_map_lookup_elem(&t_tables, &key);
	return (inner && bpf_map_lookup_elem(inner, &key)) || bpf_map_lookup_elem(&t_typed, &key) ? XDP_DROP : XDP_PASS;
}`);
    const loaded = await native.loadObject(loading(object, "deep"));
    try {
      const outer = loaded.maps.find(({ name }) => name === "t_tables")?.id ?? 0;
      // the kernel keeps no BTF of a queue: what the object declares of it is shown all the same
      const jobs = loaded.maps.find(({ name }) => name === "t_jobs")?.id ?? 0;
      expect((await faceOf(jobs)).columns.map(({ path, type }) => [path, type])).toEqual([
        ["from", "__be32"],
        ["work", "__u16"],
      ]);
      const like = { type: "hash", keySize: 4, valueSize: 8, maxEntries: 7, flags: 0 };
      expect((await innerMaps(peer, outer)).like).toEqual(like);
      const fits = await make({ type: "hash", name: "t_fits", valueSize: 8, maxEntries: 99 });
      const unlike = await make({ type: "hash", name: "t_unlike", valueSize: 16 });
      const face = await faceOf(outer);
      expect(face).toMatchObject({ holdsMaps: true, readOnly: null, unlisted: null });
      expect(face.columns[1]?.choices).toContain(`t_fits (id ${fits})`);
      expect(face.columns[1]?.choices).not.toContain(`t_unlike (id ${unlike})`);

      const stage = (cells: string[]) =>
        rooms.handlers["maps.stage"]({ id: outer, netns: null, edits: [{ do: "put", cells }] }, call);
      const { rows } = await stage(["1", `t_fits (id ${fits})`]);
      const changes = rows.flatMap((row) => (row.is === "change" ? [row.change] : []));
      expect(await rooms.handlers["maps.apply"]({ id: outer, netns: null, title: "in", changes }, call)).toMatchObject({
        done: 1,
        conflicts: [],
      });
      const read = await peer.request("maps.page", { id: outer, cursor: null, count: 8 });
      expect(Buffer.from(read.values, "base64").readUInt32LE(0)).toBe(fits);
      // now an entry tells
      expect((await innerMaps(peer, outer)).like).toEqual({ ...like, maxEntries: 99 });
      const { maps } = await managing["maps.overview"]({}, call);
      expect(maps.find(({ id }) => id === fits)?.outers).toEqual([outer]);

      const wrong = await stage(["0", `${unlike}`]);
      const refused = wrong.rows.flatMap((row) => (row.is === "change" ? [row.change] : []));
      const answer = await rooms.handlers["maps.apply"](
        { id: outer, netns: null, title: "no", changes: refused },
        call,
      );
      expect(answer).toMatchObject({ done: 0, ended: expect.anything() });
    } finally {
      loaded.close();
    }
  });
});
