import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedObject } from "../../../helper/native/face.ts";
import { compile, failureOf, loading, native, sh, unavailable } from "./support.ts";

const object = () =>
  compile(`
struct value { __u64 packets; __u64 bytes; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, struct value); __uint(max_entries, 5); } xdpwt_map SEC(".maps");
SEC("xdp") int a_name_beyond_fifteen_characters(struct xdp_md *ctx) {
  __u32 key = 1;
  struct value *value = bpf_map_lookup_elem(&xdpwt_map, &key);
  if (value) value->packets += 1;
  return XDP_PASS;
}
`);

type Json = Readonly<Record<string, unknown>>;

describe.skipIf(unavailable)("what the kernel holds", () => {
  let loaded: LoadedObject;
  let mapId: number;
  const pins: string[] = [];

  beforeAll(async () => {
    loaded = await native.loadObject(loading(object(), "a_name_beyond_fifteen_characters"));
    mapId = loaded.maps.find(({ name }) => name === "xdpwt_map")?.id ?? 0;
  });
  afterAll(() => {
    loaded.close();
    for (const pin of pins) rmSync(pin, { force: true });
  });

  it("describes a program as bpftool does", () => {
    const info = native.programInfo(loaded.programId);
    const said = JSON.parse(sh("bpftool", "-j", "prog", "show", "id", String(loaded.programId))) as Json;
    expect(said).toMatchObject({
      id: info.id,
      type: "xdp",
      tag: info.tag,
      uid: info.uid,
      gpl_compatible: info.gplCompatible,
      bytes_xlated: info.xlatedLength,
      bytes_jited: info.jitedLength,
      map_ids: info.mapIds,
      btf_id: info.btfId,
    });
    expect(info.name).toBe("a_name_beyond_fifteen_characters");
    expect(info.type).toBe(6);
    expect(info.verifiedInstructions).toBeGreaterThan(3);
    expect(info.loadTime).toBeGreaterThan(0n);
    expect([info.runCount, info.runTimeNs, info.ifindex]).toEqual([0n, 0n, 0]);
    const fd = native.openProgram(loaded.programId);
    native.closeFd(fd);
  });

  it("describes a map as bpftool does", () => {
    const info = native.mapInfo(mapId);
    const said = JSON.parse(sh("bpftool", "-j", "map", "show", "id", String(mapId))) as Json;
    expect(said).toMatchObject({
      id: info.id,
      type: "array",
      name: info.name,
      flags: info.flags,
      bytes_key: info.keySize,
      bytes_value: info.valueSize,
      max_entries: info.maxEntries,
      btf_id: info.btfId,
    });
    expect(info.btfValueTypeId).toBeGreaterThan(0);
    expect(native.mapIds()).toContain(mapId);
  });

  it("hands over BTF as the kernel keeps it", () => {
    const bytes = native.btf(native.programInfo(loaded.programId).btfId);
    expect(bytes.readUInt16LE(0)).toBe(0xeb9f);
    expect(bytes.includes("a_name_beyond_fifteen_characters")).toBe(true);
    const header = bytes.readUInt32LE(4);
    const strings = bytes.readUInt32LE(16);
    expect(bytes.length).toBe(header + strings + bytes.readUInt32LE(20));
  });

  it("lists links and knows their device", () => {
    expect(Array.isArray(native.linkIds())).toBe(true);
    expect(failureOf(() => native.linkInfo(4_000_000_000)).code).toBe("ENOENT");
  });

  it("knows what a pin holds", () => {
    const pinProgram = `/sys/fs/bpf/xdpwt${process.pid}p`;
    const pinMap = `/sys/fs/bpf/xdpwt${process.pid}m`;
    pins.push(pinProgram, pinMap);
    sh("bpftool", "prog", "pin", "id", String(loaded.programId), pinProgram);
    sh("bpftool", "map", "pin", "id", String(mapId), pinMap);
    expect(native.pinned(pinProgram)).toEqual({ kind: "program", id: loaded.programId });
    expect(native.pinned(pinMap)).toEqual({ kind: "map", id: mapId });
    expect(failureOf(() => native.pinned("/sys/fs/bpf/xdpwt-none"))).toMatchObject({
      code: "ENOENT",
      operation: "BPF_OBJ_GET",
    });
  });

  it("names ids that are gone", () => {
    const gone = 4_000_000_000;
    expect(failureOf(() => native.programInfo(gone)).message).toBe(
      `query of program id ${gone} failed: No such file or directory (ENOENT)`,
    );
    for (const act of [native.mapInfo, native.openMap, native.btf, native.openProgram]) {
      expect(failureOf(() => act(gone)).code).toBe("ENOENT");
    }
  });
});
