/** Maps are listed with who holds them; made, pinned, unpinned, frozen, emptied: on the real kernel, seen by bpftool. */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync, symlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { NewMap } from "../../../protocol/manage-maps.ts";
import { eventually, failureOf, skipReason, startElevated } from "../helper/harness.ts";
import { compile, loading, native } from "../native/support.ts";

const folder = `/sys/fs/bpf/xdpwt${process.pid}`;
const hash: NewMap = { type: "hash", name: "t_hash", keySize: 4, valueSize: 8, maxEntries: 100, flags: 0, inner: null };

interface Shown {
  readonly id: number;
  readonly bytes_memlock: number;
  readonly frozen: number;
  readonly pinned?: readonly string[];
}
const bpftool = (...words: string[]): string => execFileSync("bpftool", ["-j", ...words], { encoding: "utf8" });
const shown = (id: number): Shown => JSON.parse(bpftool("-f", "map", "show", "id", `${id}`)) as Shown;
const u32 = (...numbers: number[]): Buffer => Buffer.from(Uint32Array.from(numbers).buffer);
const base64 = (bytes: Buffer): string => bytes.toString("base64");

describe.skipIf(skipReason !== "")("maps themselves", () => {
  let helper: Awaited<ReturnType<typeof startElevated>>;
  const peer = () => helper.peer;
  const create = async (more: Partial<NewMap>, pin: string | null = null): Promise<number> =>
    (await peer().request("maps.create", { ...hash, ...more, pin })).id;
  const use = async (id: number) =>
    (await peer().request("maps.uses", {})).uses.find((one) => one.id === id) ?? Promise.reject(new Error(`no ${id}`));
  const put = (id: number, key: Buffer, value: Buffer) =>
    peer().request("maps.update", { id, key: base64(key), value: base64(value), when: "any", netns: null });
  const isThere = (id: number): boolean => native.mapIds().includes(id);

  beforeAll(async () => {
    helper = await startElevated();
  });
  afterAll(async () => {
    await helper?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("that are made live by their pin, or while the helper holds them", async () => {
    const held = await create({ name: "t_held" });
    expect(await use(held)).toMatchObject({ held: true, pins: [], frozen: false, processes: [], outers: [] });
    expect((await use(held)).memory).toBe(`${shown(held).bytes_memlock}`);
    await peer().request("maps.release", { id: held });
    expect(
      await eventually(
        () => isThere(held),
        (there) => !there,
      ),
    ).toBe(false);

    const path = `${folder}/deep/t_pinned`;
    const pinned = await create({ name: "t_pinned" }, path);
    expect(await use(pinned)).toMatchObject({ held: false, pins: [path] });
    expect(shown(pinned).pinned).toEqual([path]);
    const handle = native.openMap(pinned);
    expect((await use(pinned)).processes).toEqual([{ pid: process.pid, name: expect.stringMatching(/./) }]);
    handle.close();
    await peer().request("maps.pin", { id: pinned, path: `${folder}/second` });
    await peer().request("maps.unpin", { id: pinned, path });
    expect((await use(pinned)).pins).toEqual([`${folder}/second`]);
    await peer().request("maps.unpin", { id: pinned, path: `${folder}/second` });
    expect(
      await eventually(
        () => isThere(pinned),
        (there) => !there,
      ),
    ).toBe(false);
  });

  it("are pinned in the BPF file system only, and nothing is unpinned that is something else", async () => {
    const id = await create({ name: "t_paths" });
    const other = await create({ name: "t_other" }, `${folder}/other`);
    symlinkSync("/tmp", `${folder}/out`);
    for (const [path, words] of [
      ["/tmp/t_paths", "under /sys/fs/bpf"],
      ["/sys/fs/bpf/../../../tmp/t_paths", "under /sys/fs/bpf"],
      [`${folder}/`, "under /sys/fs/bpf"],
      [`${folder}/with.dot`, 'no "." in names of pins'],
      [`${folder}/out/t_paths`, "is a link"],
      [`${folder}/other/below`, "is no folder"],
      [`${folder}/${"x".repeat(256)}`, "255 bytes"],
    ] as const) {
      expect(await failureOf(peer().request("maps.pin", { id, path })), path).toMatchObject({
        kind: "bad-value",
        message: expect.stringContaining(words),
      });
    }
    expect(existsSync("/tmp/t_paths")).toBe(false);
    expect(await failureOf(peer().request("maps.pin", { id, path: `${folder}/other` }))).toMatchObject({
      kind: "name-taken",
    });
    expect(await failureOf(peer().request("maps.unpin", { id, path: `${folder}/other` }))).toMatchObject({
      message: expect.stringContaining(`holds map id ${other}`),
    });
    expect(await failureOf(peer().request("maps.unpin", { id, path: `${folder}/nothing` }))).toMatchObject({
      kind: "not-found",
    });
    expect((await use(other)).pins).toEqual([`${folder}/other`]);
    expect(await failureOf(create({ maxEntries: 0 }))).toMatchObject({ kind: "kernel", code: "EINVAL" });
    for (const made of [id, other]) await peer().request("maps.release", { id: made });
    await peer().request("maps.unpin", { id: other, path: `${folder}/other` });
  });

  it("are frozen for good, and say so", async () => {
    const id = await create({ name: "t_frozen" });
    await put(id, u32(1), u32(1, 0));
    await peer().request("maps.freeze", { id });
    expect(shown(id).frozen).toBe(1);
    expect(await use(id)).toMatchObject({ frozen: true });
    expect(await peer().request("maps.describe", { id })).toMatchObject({ frozen: true });
    for (const refused of [peer().request("maps.clear", { id }), peer().request("maps.freeze", { id })]) {
      expect(await failureOf(refused)).toMatchObject({ message: expect.stringContaining("it is frozen") });
    }
    await peer().request("maps.release", { id });
  });

  it("are emptied as their type allows", async () => {
    const sixteen = Array.from({ length: 16 }, (_, at) => at);
    const left = async (id: number): Promise<string> =>
      (await peer().request("maps.page", { id, cursor: null, count: 64 })).keys;
    for (const [more, entry] of [
      [{}, (at: number) => [u32(at), u32(at, 1)]],
      [{ type: "lru_hash" }, (at: number) => [u32(at), u32(at, 1)]],
      [{ type: "lpm_trie", flags: 1, keySize: 8 }, (at: number) => [u32(32, at), u32(at, 1)]],
      [{ type: "cpumap", valueSize: 4, maxEntries: 1 }, () => [u32(0), u32(64)]],
    ] as const) {
      const id = await create(more);
      for (const at of more.type === "cpumap" ? [0] : sixteen) {
        const [key, value] = entry(at);
        await put(id, key as Buffer, value as Buffer);
      }
      expect((await peer().request("maps.clear", { id })).cleared, more.type).toBe(more.type === "cpumap" ? 1 : 16);
      expect(await left(id), more.type).toBe("");
      await peer().request("maps.release", { id });
    }
    const big = await create({ name: "t_big", maxEntries: 20_000 });
    const keys = Buffer.from(Uint32Array.from({ length: 20_000 }, (_, at) => at).buffer);
    await peer().request("maps.fill", {
      id: big,
      keys: base64(keys),
      values: base64(Buffer.alloc(160_000)),
      count: 20_000,
    });
    expect(await peer().request("maps.clear", { id: big })).toEqual({ cleared: 20_000 });
    expect(await left(big)).toBe("");

    const array = await create({ type: "array", maxEntries: 3 });
    await put(array, u32(2), u32(7, 7));
    await peer().request("maps.clear", { id: array });
    expect(await peer().request("maps.lookup", { id: array, key: base64(u32(2)) })).toEqual({
      value: base64(Buffer.alloc(8)),
    });
    const queue = await create({ type: "queue", keySize: 0, maxEntries: 8 });
    const none = Buffer.alloc(0);
    for (const at of [1, 2, 3]) await put(queue, none, u32(at, 0));
    expect(await peer().request("maps.lookup", { id: queue, key: "" })).toEqual({ value: base64(u32(1, 0)) });
    expect(await peer().request("maps.take", { id: queue })).toEqual({ value: base64(u32(1, 0)) });
    expect(await peer().request("maps.clear", { id: queue })).toEqual({ cleared: 2 });
    expect(await peer().request("maps.take", { id: queue })).toEqual({ value: null });
    const bloom = await create({ type: "bloom_filter", keySize: 0 });
    await put(bloom, none, u32(5, 0));
    const asks = async (value: Buffer) => peer().request("maps.contains", { id: bloom, value: base64(value) });
    expect([await asks(u32(5, 0)), await asks(u32(6, 0))]).toEqual([{ there: true }, { there: false }]);
    const ring = await create({ type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: 4096 });
    for (const [id, words] of [
      [bloom, "make a new one"],
      [ring, "no entries"],
    ] as const) {
      expect(await failureOf(peer().request("maps.clear", { id }))).toMatchObject({
        message: expect.stringContaining(words),
      });
    }
    expect(await failureOf(peer().request("maps.take", { id: array }))).toMatchObject({ kind: "bad-value" });
    expect(await failureOf(peer().request("maps.contains", { id: queue, value: base64(u32(0, 0)) }))).toMatchObject({
      kind: "bad-value",
    });
    for (const id of [big, array, queue, bloom, ring]) await peer().request("maps.release", { id });
  });

  it("of maps take maps by id, hold them, and say whose they are", async () => {
    const inner = await create({ name: "t_inner" });
    const outer = await create({ type: "hash_of_maps", name: "t_outer", valueSize: 4, maxEntries: 4, inner });
    await put(outer, u32(9), u32(inner));
    expect(await peer().request("maps.lookup", { id: outer, key: base64(u32(9)) })).toEqual({
      value: base64(u32(inner)),
    });
    expect(await use(inner)).toMatchObject({ outers: [outer], held: true });
    await peer().request("maps.release", { id: inner });
    expect(await use(inner)).toMatchObject({ outers: [outer], held: false });
    const other = await create({ name: "t_unlike", valueSize: 16 });
    expect(await failureOf(put(outer, u32(1), u32(other)))).toMatchObject({
      code: "EINVAL",
      message: expect.stringContaining("an inner map must be of the same"),
    });
    expect(await failureOf(put(outer, u32(1), u32(4_000_000)))).toMatchObject({ kind: "not-found", what: "map" });
    expect(await peer().request("maps.clear", { id: outer })).toEqual({ cleared: 1 });
    expect(
      await eventually(
        () => isThere(inner),
        (there) => !there,
      ),
    ).toBe(false);
    for (const id of [outer, other]) await peer().request("maps.release", { id });
  });

  it("that a program uses are listed with it, and a program array is opened no second time", async () => {
    const object = compile(`
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __uint(key_size, 4); __uint(value_size, 4); } t_jumps SEC(".maps");
SEC("xdp") int leap(struct xdp_md *ctx) { bpf_tail_call(ctx, &t_jumps, 0); return XDP_PASS; }`);
    const loaded = await native.loadObject(loading(object, "leap"));
    const id = loaded.maps.find(({ name }) => name === "t_jumps")?.id ?? 0;
    expect(await use(id)).toMatchObject({ memory: expect.stringMatching(/^\d+$/), ownerType: "xdp" });
    const { maps } = await peer().request("maps.list", {});
    expect(maps.find((map) => map.id === id)?.programs).toMatchObject([{ name: "leap", type: "xdp" }]);
    loaded.close();
    for (let round = 0; round < 20; round++) await peer().request("maps.uses", {});
    expect(
      await eventually(
        () => isThere(id),
        (there) => !there,
      ),
    ).toBe(false);
  });
});
