import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedObject } from "../../../helper/native/face.ts";
import type { MapHandle } from "../../../helper/native/map-face.ts";
import { compile, failureOf, loading, native, u32, unavailable } from "./support.ts";

const object = () =>
  compile(`
#define MAP(NAME, TYPE, KEY, VALUE, SIZE, FLAGS) \\
  struct { __uint(type, TYPE); __uint(key_size, KEY); __uint(value_size, VALUE); __uint(max_entries, SIZE); __uint(map_flags, FLAGS); } NAME SEC(".maps");
MAP(hash, BPF_MAP_TYPE_HASH, 4, 4, 4, 0)
MAP(array, BPF_MAP_TYPE_ARRAY, 4, 4, 4, 0)
MAP(trie, BPF_MAP_TYPE_LPM_TRIE, 8, 4, 100, BPF_F_NO_PREALLOC)
MAP(xsks, BPF_MAP_TYPE_XSKMAP, 4, 4, 4, 0)
struct locked { struct bpf_spin_lock lock; __u32 count; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, struct locked); __uint(max_entries, 4); } locked SEC(".maps");
SEC("xdp") int holder(struct xdp_md *ctx) { return XDP_PASS; }
`);

const [add, replace, remove] = [0, 1, 2];
const [done, already, other, missing, refused, , untouched] = [0, 1, 2, 3, 4, 5, 6];

/** kind, key, what was there, what is to be there */
type Wish = readonly [kind: number, key: Buffer, old: number, next: number];

describe.skipIf(unavailable)("changes that compare", () => {
  let loaded: LoadedObject;
  const maps = new Map<string, MapHandle>();
  const change = (name: string, wishes: readonly Wish[], { locked = false, look = false } = {}) => {
    const map = maps.get(name);
    if (map === undefined) throw new Error(`no map ${name}`);
    const value = (number: number): Buffer =>
      map.valueStride === 4 ? u32(number) : Buffer.concat([u32(0), u32(number)]);
    const answer = map.change(
      wishes.length,
      Buffer.from(wishes.map(([kind]) => kind)),
      Buffer.concat(wishes.map(([, key]) => key)),
      Buffer.concat(wishes.map(([, , old]) => value(old))),
      Buffer.concat(wishes.map(([, , , next]) => value(next))),
      locked,
      look,
    );
    return {
      outcomes: [...answer.outcomes],
      found: Array.from({ length: answer.found.length / 4 }, (_, at) => answer.found.readUInt32LE(at * 4)),
      refusal: answer.refusal?.code ?? null,
    };
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

  it("adds, replaces and removes in a hash only what is as expected, and says what is there instead", () => {
    const hash = maps.get("hash");
    expect(change("hash", [[add, u32(1), 0, 10]]).outcomes).toEqual([done]);
    hash?.update(u32(2), u32(20), "any");
    const answer = change("hash", [
      [add, u32(1), 0, 11],
      [add, u32(2), 0, 20],
      [replace, u32(1), 10, 12],
      [replace, u32(2), 19, 21],
      [replace, u32(3), 30, 31],
      [remove, u32(2), 19, 0],
      [remove, u32(3), 30, 0],
    ]);
    expect(answer).toEqual({
      outcomes: [other, already, done, other, missing, other, already],
      found: [10, 20, 20],
      refusal: null,
    });
    expect(hash?.lookup(u32(1))).toEqual(u32(12));
    expect(hash?.lookup(u32(2))).toEqual(u32(20));
    expect(
      change("hash", [
        [remove, u32(2), 20, 0],
        [remove, u32(1), 12, 0],
      ]).outcomes,
    ).toEqual([done, done]);
    expect(hash?.nextKey(null)).toBeNull();
  });

  it("ends where the kernel refuses: what follows is untouched", () => {
    const wishes = Array.from({ length: 7 }, (_, at): Wish => [add, u32(at), 0, at]);
    const answer = change("hash", wishes);
    expect(answer.refusal).toBe("E2BIG");
    expect(answer.outcomes).toEqual([done, done, done, done, refused, untouched, untouched]);
    expect(change("hash", wishes, { look: true }).outcomes).toEqual([
      ...[already, already, already, already],
      ...[untouched, untouched, untouched],
    ]);
    change(
      "hash",
      wishes.map(([, key, , next]) => [remove, key, next, 0]),
    );
  });

  it("takes a prefix of a trie for itself, not for the longer or shorter one that covers it", () => {
    const prefix = (length: number, last: number): Buffer =>
      Buffer.concat([u32(length), Buffer.from([10, 0, 0, last])]);
    expect(change("trie", [[add, prefix(8, 0), 0, 1]]).outcomes).toEqual([done]);
    expect(
      change(
        "trie",
        [
          [replace, prefix(24, 0), 1, 2],
          [add, prefix(24, 0), 0, 1],
          [remove, prefix(24, 0), 1, 0],
          [replace, prefix(8, 0), 1, 5],
        ],
        { look: true },
      ).outcomes,
    ).toEqual([missing, untouched, already, untouched]);
    const answer = change("trie", [
      [replace, prefix(24, 0), 1, 2],
      [add, prefix(24, 0), 0, 7],
      [replace, prefix(24, 0), 1, 2],
      [replace, prefix(24, 0), 7, 8],
      [remove, prefix(8, 0), 2, 0],
      [remove, prefix(8, 0), 1, 0],
    ]);
    expect(answer).toEqual({ outcomes: [missing, done, other, done, other, done], found: [7, 1], refusal: null });
    const trie = maps.get("trie");
    expect(trie?.lookup(prefix(32, 9))).toEqual(u32(8));
    expect(trie?.lookup(Buffer.concat([u32(32), Buffer.from([10, 9, 0, 0])]))).toBeNull();
  });

  it("replaces in arrays, writes under a spin lock, and says where entries cannot be read", () => {
    expect(change("array", [[replace, u32(3), 0, 9]]).outcomes).toEqual([done]);
    expect(change("array", [[replace, u32(9), 0, 9]]).outcomes).toEqual([missing]);
    expect(change("locked", [[add, u32(1), 0, 5]], { locked: true }).outcomes).toEqual([done]);
    expect(change("locked", [[replace, u32(1), 5, 6]], { locked: true }).outcomes).toEqual([done]);
    expect(change("locked", [[replace, u32(1), 5, 7]], { locked: true }).outcomes).toEqual([other]);
    expect(failureOf(() => change("xsks", [[replace, u32(1), 5, 7]])).operation).toBe("BPF_MAP_LOOKUP_ELEM");
  });

  it("leaves counts as it finds them, and is not held up by them, unless the change is about them", () => {
    const map = maps.get("locked");
    if (map === undefined) throw new Error("no map");
    const counted = Buffer.concat([u32(0), Buffer.from([0xff, 0xff, 0, 0])]);
    const value = (high: number, count: number): Buffer => Buffer.concat([u32(0), u32(high * 65_536 + count)]);
    const run = (kind: number, old: Buffer, next: Buffer) =>
      map.change(1, Buffer.from([kind]), u32(7), old, next, false, false, counted);
    map.update(u32(7), value(1, 100), "any");
    expect([...run(replace, value(1, 3), value(2, 3)).outcomes]).toEqual([done]);
    expect(map.lookup(u32(7))).toEqual(value(2, 100));
    expect([...run(replace, value(1, 3), value(2, 3)).outcomes]).toEqual([already]);
    expect([...run(replace, value(9, 3), value(3, 3)).outcomes]).toEqual([other]);
    expect([...run(replace, value(2, 99), value(2, 0)).outcomes]).toEqual([other]);
    expect([...run(replace, value(2, 100), value(2, 0)).outcomes]).toEqual([done]);
    expect(map.lookup(u32(7))).toEqual(value(2, 0));
    expect([...run(remove, value(1, 5), Buffer.alloc(8)).outcomes]).toEqual([other]);
    expect([...run(add, Buffer.alloc(8), value(2, 5)).outcomes]).toEqual([other]);
    expect([...run(remove, value(2, 5), Buffer.alloc(8)).outcomes]).toEqual([done]);
    expect(map.lookup(u32(7))).toBeNull();
  });
});
