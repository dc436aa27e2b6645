/** What main says of each type of map when it is opened: listed or not and why, editable or not and why; maps in maps. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NewMap } from "../../../protocol/manage-maps.ts";
import { openAttachments } from "../../../main/attach/attachments.ts";
import type { ElevatedPeer } from "../../../main/helpers/helper-pool.ts";
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
    managing = manageMaps({ helpers: rooms.helpers, shapes: openMapShapes(() => state), did: ignore, poke: ignore });
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
      [{ type: "prog_array" }, "read only: holds programs"],
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

  it("of maps propose what fits, as an entry or the object tells, and take it staged", async () => {
    const object = compile(`
struct inner { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 7); __type(key, __u32); __type(value, __u64); };
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner); } t_tables SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u32); } t_typed SEC(".maps");
SEC("xdp") int deep(struct xdp_md *ctx)
{
	__u32 key = 0;
	void *inner = bpf_map_lookup_elem(&t_tables, &key);
	return (inner && bpf_map_lookup_elem(inner, &key)) || bpf_map_lookup_elem(&t_typed, &key) ? XDP_DROP : XDP_PASS;
}`);
    const loaded = await native.loadObject(loading(object, "deep"));
    try {
      const outer = loaded.maps.find(({ name }) => name === "t_tables")?.id ?? 0;
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
