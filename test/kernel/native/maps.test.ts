import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedObject } from "../../../helper/native/face.ts";
import type { MapHandle } from "../../../helper/native/map-face.ts";
import { compile, failureOf, loading, makePair, native, rejectionOf, u32, unavailable } from "./support.ts";

const object = () =>
  compile(`
#define MAP(NAME, TYPE, KEY, VALUE, SIZE, FLAGS) \\
  struct { __uint(type, TYPE); __uint(key_size, KEY); __uint(value_size, VALUE); __uint(max_entries, SIZE); __uint(map_flags, FLAGS); } NAME SEC(".maps");
MAP(hash, BPF_MAP_TYPE_HASH, 4, 8, 5000, 0)
MAP(tiny, BPF_MAP_TYPE_HASH, 2, 4, 10, 0)
MAP(array, BPF_MAP_TYPE_ARRAY, 4, 8, 100, 0)
MAP(percpu, BPF_MAP_TYPE_PERCPU_ARRAY, 4, 12, 4, 0)
MAP(percpuhash, BPF_MAP_TYPE_PERCPU_HASH, 4, 4, 8, 0)
MAP(trie, BPF_MAP_TYPE_LPM_TRIE, 8, 4, 100, BPF_F_NO_PREALLOC)
MAP(devs, BPF_MAP_TYPE_DEVMAP, 4, 8, 8, 0)
MAP(xsks, BPF_MAP_TYPE_XSKMAP, 4, 4, 4, 0)
MAP(queue, BPF_MAP_TYPE_QUEUE, 0, 4, 4, 0)
SEC("xdp") int holder(struct xdp_md *ctx) { return XDP_PASS; }
`);

/** All entries by pages of `count`. */
async function readAll(map: MapHandle, count: number): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  let cursor: Buffer | null = null;
  do {
    const page = await map.readBatch(cursor, count);
    const { keySize } = map.info;
    expect(page.keys.length).toBe(page.count * keySize);
    expect(page.values.length).toBe(page.count * map.valueStride);
    for (let i = 0; i < page.count; i += 1) {
      const key = page.keys.subarray(i * keySize, (i + 1) * keySize).toString("hex");
      expect(rows.has(key)).toBe(false);
      rows.set(key, page.values.subarray(i * map.valueStride, (i + 1) * map.valueStride).toString("hex"));
    }
    cursor = page.cursor;
  } while (cursor);
  return rows;
}

describe.skipIf(unavailable)("maps", () => {
  let loaded: LoadedObject;
  const maps = new Map<string, MapHandle>();
  const map = (name: string): MapHandle => {
    const found = maps.get(name);
    if (!found) throw new Error(`no map ${name}`);
    return found;
  };

  beforeAll(async () => {
    await native.warmPool();
    loaded = await native.loadObject(loading(object(), "holder"));
    for (const { name, id } of loaded.maps) maps.set(name, native.openMap(id));
  });

  afterAll(() => {
    for (const handle of maps.values()) handle.close();
    loaded.close();
  });

  it("looks up, updates and deletes in a hash", () => {
    const hash = map("hash");
    expect(hash.info).toMatchObject({ type: 1, name: "hash", keySize: 4, valueSize: 8, maxEntries: 5000 });
    expect(hash.lookup(u32(7))).toBeNull();
    expect(failureOf(() => hash.update(u32(7), Buffer.alloc(8), "exist")).code).toBe("ENOENT");
    hash.update(u32(7), Buffer.from("0102030405060708", "hex"), "noexist");
    expect(failureOf(() => hash.update(u32(7), Buffer.alloc(8), "noexist")).code).toBe("EEXIST");
    expect(hash.lookup(u32(7))?.toString("hex")).toBe("0102030405060708");
    expect(hash.nextKey(null)).toEqual(u32(7));
    expect(hash.nextKey(u32(7))).toBeNull();
    expect(hash.delete(u32(7))).toBe(true);
    expect(hash.delete(u32(7))).toBe(false);
  });

  it("refuses keys and values of the wrong size", () => {
    expect(() => map("hash").lookup(Buffer.alloc(3))).toThrow(/key of map id \d+ must be 4 bytes, not 3/);
    expect(() => map("hash").update(u32(1), Buffer.alloc(9), "any")).toThrow(
      /value of map id \d+ must be 8 bytes, not 9/,
    );
    expect(() => map("hash").updateBatch(Buffer.alloc(8), Buffer.alloc(8), 2)).toThrow(TypeError);
  });

  it("writes, reads and deletes a hash by batches, in pages smaller than a bucket too", async () => {
    const hash = map("hash");
    const keys = Buffer.concat(Array.from({ length: 4000 }, (_, i) => u32(i)));
    const values = Buffer.alloc(4000 * 8);
    for (let i = 0; i < 4000; i += 1) values.writeBigUInt64LE(BigInt(i) * 3n, i * 8);
    expect(hash.updateBatch(keys, values, 4000)).toBe(4000);
    for (const count of [1, 64, 1000, 10_000]) expect((await readAll(hash, count)).size).toBe(4000);
    expect((await readAll(hash, 1000)).get(u32(5).toString("hex"))).toBe("0f00000000000000");

    const mixed = Buffer.concat([u32(9999), u32(1), u32(9998), u32(2), u32(3), u32(9997)]);
    expect(hash.deleteBatch(mixed, 6)).toBe(3);
    expect(hash.deleteBatch(keys, 4000)).toBe(3997);
    expect((await readAll(hash, 10)).size).toBe(0);
  });

  it("says how far a batch came", () => {
    const hash = map("hash");
    const keys = Buffer.concat(Array.from({ length: 5001 }, (_, i) => u32(i)));
    const error = failureOf(() => hash.updateBatch(keys, Buffer.alloc(5001 * 8), 5001));
    expect(error).toMatchObject({ code: "E2BIG", operation: "BPF_MAP_UPDATE_BATCH", done: 5000 });
    expect(hash.deleteBatch(keys, 5001)).toBe(5000);
    expect(failureOf(() => map("array").deleteBatch(u32(0), 1))).toMatchObject({ code: "EINVAL", done: 0 });
  });

  it("reads hashes whose keys are shorter than a cursor", async () => {
    for (let i = 0; i < 10; i += 1) map("tiny").update(Buffer.from([i, 0]), u32(i), "any");
    expect((await readAll(map("tiny"), 4)).size).toBe(10);
  });

  it("reads an array by batches and per-CPU values whole", async () => {
    map("array").update(u32(99), Buffer.from("ff00000000000000", "hex"), "any");
    const rows = await readAll(map("array"), 30);
    expect(rows.size).toBe(100);
    expect(rows.get(u32(99).toString("hex"))).toBe("ff00000000000000");

    for (const [name, each] of [
      ["percpu", 16],
      ["percpuhash", 8],
    ] as const) {
      const percpu = map(name);
      expect(percpu.valueStride).toBe(each * native.possibleCpus());
      const value = Buffer.alloc(percpu.valueStride);
      for (let cpu = 0; cpu < native.possibleCpus(); cpu += 1) value.writeUInt32LE(cpu + 1, cpu * each);
      percpu.update(u32(2), value, "any");
      expect(percpu.lookup(u32(2))).toEqual(value);
      expect((await readAll(percpu, 3)).get(u32(2).toString("hex"))).toBe(value.toString("hex"));
    }
  });

  it("reads an LPM trie by batches", async () => {
    const trie = map("trie");
    for (let i = 0; i < 50; i += 1) trie.update(Buffer.concat([u32(32), Buffer.from([10, 0, 0, i])]), u32(i), "any");
    trie.update(Buffer.concat([u32(8), Buffer.from([10, 0, 0, 0])]), u32(77), "any");
    expect((await readAll(trie, 7)).size).toBe(51);
    expect(trie.lookup(Buffer.concat([u32(32), Buffer.from([10, 9, 9, 9])]))).toEqual(u32(77));
    expect(trie.deleteBatch(Buffer.concat([u32(32), Buffer.from([10, 0, 0, 1])]), 1)).toBe(1);
  });

  it("writes a devmap in the namespace of the device and reads it one by one", async () => {
    const pair = makePair();
    const entry = Buffer.concat([u32(pair.leftIfindex), u32(0)]);
    const lost = Buffer.concat([u32(999_999), u32(0)]);
    expect(failureOf(() => map("devs").update(u32(3), lost, "any")).operation).toBe("BPF_MAP_UPDATE_ELEM");
    native.inNetns(pair.path, () => map("devs").update(u32(3), entry, "any"));
    expect(await readAll(map("devs"), 2)).toEqual(new Map([["03000000", entry.toString("hex")]]));
    expect(map("devs").delete(u32(3))).toBe(true);
    pair.remove();
  });

  it("shows an xskmap with zeros and says that a queue has no keys", async () => {
    const rows = await readAll(map("xsks"), 3);
    expect([...rows.values()].every((value) => value === "00000000")).toBe(true);
    map("queue").update(Buffer.alloc(0), u32(5), "any");
    expect(map("queue").lookup(Buffer.alloc(0))).toEqual(u32(5));
    expect((await rejectionOf(map("queue").readBatch(null, 4))).operation).toBe("BPF_MAP_GET_NEXT_KEY");
  });

  it("finishes a read whose handle is closed meanwhile, and refuses any other use", async () => {
    const handle = native.openMap(map("array").info.id);
    const page = handle.readBatch(null, 100);
    handle.close();
    handle.close();
    expect((await page).count).toBe(100);
    expect(failureOf(() => handle.lookup(u32(0))).message).toMatch(/^use of map id \d+ failed: its handle is closed/);
    expect(failureOf(() => handle.readBatch(null, 1)).code).toBe("EBADF");
  });

  it("patches some bytes of a mapped value, and nothing beside them", async () => {
    const section = await native.loadObject(
      loading(
        compile(`
__u64 whole = 0x1111111111111111; __u8 odd[7] = { 1, 2, 3, 4, 5, 6, 7 };
SEC("xdp") int holder(struct xdp_md *ctx) { return whole + odd[ctx->rx_queue_index & 3]; }`),
        "holder",
      ),
    );
    const data = native.openMap(section.maps.find(({ name }) => name.endsWith(".data"))?.id ?? 0);
    const before = data.lookup(u32(0)) ?? Buffer.alloc(0);
    const at = before.indexOf(1);
    data.patch(before.indexOf(0x11), Buffer.from("2222222222222222", "hex"));
    data.patch(at + 2, Buffer.from([0xaa, 0xbb, 0xcc]));
    data.patch(0, Buffer.alloc(0));
    const after = data.lookup(u32(0)) ?? Buffer.alloc(0);
    expect(after.toString("hex").replaceAll("22", "11")).toBe(before.toString("hex").replace("030405", "aabbcc"));
    expect(() => data.patch(before.length - 1, Buffer.alloc(2))).toThrow(RangeError);
    expect(() => data.patch(2 ** 40, Buffer.alloc(1))).toThrow(RangeError);
    data.close();
    section.close();
    // not made to be mapped
    expect(failureOf(() => map("hash").patch(0, Buffer.alloc(4))).operation).toBe("mmap");
    expect(failureOf(() => map("array").patch(0, Buffer.alloc(4))).operation).toBe("mmap");
  });

  it("refuses foreign cursors and senseless counts", async () => {
    expect((await rejectionOf(map("hash").readBatch(Buffer.from("b"), 10))).message).toContain("the cursor is not one");
    expect(() => map("hash").readBatch(null, 0)).toThrow(RangeError);
    expect(() => map("hash").readBatch(null, 2 ** 31)).toThrow(RangeError);
  });
});
