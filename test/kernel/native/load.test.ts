import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { compile, failureOf, loading, native, rejectionOf, sh, unavailable, until } from "./support.ts";

const twoPrograms = () =>
  compile(`
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); __uint(max_entries, 4); } counts SEC(".maps");
static const volatile __u32 limit = 7;
SEC("xdp") int good(struct xdp_md *ctx) {
  __u32 key = 0;
  __u64 *count = bpf_map_lookup_elem(&counts, &key);
  if (count && *count < limit) *count += 1;
  return XDP_PASS;
}
SEC("xdp") int bad(struct xdp_md *ctx) {
  unsigned char *data = (void *)(long)ctx->data;
  return data[3];
}
`);

const slowProgram = () =>
  compile(`
SEC("xdp") int slow(struct xdp_md *ctx) {
  volatile __u64 sum = 0;
  #pragma clang loop unroll(disable)
  for (__u32 i = 0; i < 3000; i++) sum += i ^ ctx->rx_queue_index;
  return sum & 1 ? XDP_DROP : XDP_PASS;
}
`);

describe("inspectObject", () => {
  it("lists programs and maps", () => {
    const contents = native.inspectObject(twoPrograms(), "two");
    expect(contents.programs.map(({ name, section, type }) => ({ name, section, type }))).toEqual([
      { name: "good", section: "xdp", type: 6 },
      { name: "bad", section: "xdp", type: 6 },
    ]);
    expect(contents.programs[1]?.instructions).toBe(3);
    expect(contents.maps[0]).toEqual({
      name: "counts",
      type: 2,
      keySize: 4,
      valueSize: 8,
      maxEntries: 4,
      internal: false,
    });
    expect(contents.maps.slice(1).every(({ internal }) => internal)).toBe(true);
    expect(contents.maps.length).toBeGreaterThan(1);
  });

  it("shows unknown sections with type 0 and asked-for pins", () => {
    const contents = native.inspectObject(
      compile(`
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(pinning, LIBBPF_PIN_BY_NAME); __type(key, __u32); __type(value, __u32); __uint(max_entries, 1); } kept SEC(".maps");
SEC("xdp_icmp_echo") int echo(struct xdp_md *ctx) { __u32 k = 0; return bpf_map_lookup_elem(&kept, &k) ? XDP_PASS : XDP_DROP; }`),
      "unknown",
    );
    expect(contents.programs[0]).toMatchObject({ name: "echo", section: "xdp_icmp_echo", type: 0 });
    expect(contents.maps[0]?.pinPath).toBe("/sys/fs/bpf/kept");
  });

  it("refuses what is no BPF object, whatever the bytes", () => {
    expect(failureOf(() => native.inspectObject(Buffer.from("int main;"), "text"))).toMatchObject({
      code: "LIBBPF_FORMAT",
      operation: "bpf_object__open",
    });
    const whole = twoPrograms();
    for (let length = 0; length < whole.length; length += 97) {
      failureOf(() => {
        native.inspectObject(whole.subarray(0, length), "cut");
        throw new Error("a cut object may still open");
      });
    }
  });

  it.skipIf(unavailable)("needs no privilege", () => {
    const object = twoPrograms().toString("base64");
    const script = `const native = require(${JSON.stringify(`${process.cwd()}/dist/native/xdpw.node`)});
      native.keepCapabilities([]);
      console.log(native.inspectObject(Buffer.from("${object}", "base64"), "two").programs.length);`;
    expect(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }).trim()).toBe("2");
  });
});

describe.skipIf(unavailable)("loadObject", () => {
  it("loads one program of an object, with its maps", async () => {
    const loaded = await native.loadObject(loading(twoPrograms(), "good"));
    expect(loaded.log).toBe("");
    expect(native.programIds()).toContain(loaded.programId);
    expect(loaded.maps.map(({ name }) => name)).toContain("counts");
    expect(new Set(native.programInfo(loaded.programId).mapIds)).toEqual(new Set(loaded.maps.map(({ id }) => id)));
    loaded.close();
    loaded.close();
    await until(() => !native.programIds().includes(loaded.programId));
    expect(native.programIds()).not.toContain(loaded.programId);
  });

  it.each([0, 1, 2])("rejects with the verifier's words at level %i", async (logLevel) => {
    const error = await rejectionOf(native.loadObject(loading(twoPrograms(), "bad", { logLevel })));
    expect(error.message).toBe("load of program bad failed: Permission denied (EACCES)");
    expect(error).toMatchObject({ errno: 13, code: "EACCES", operation: "BPF_PROG_LOAD" });
    expect(error.log).toContain("invalid access to packet");
    expect(error.libbpf).toContain("BPF program load failed");
  });

  it("gives statistics at level 4", async () => {
    const loaded = await native.loadObject(loading(twoPrograms(), "good", { logLevel: 4 }));
    expect(loaded.log).toMatch(/processed \d+ insns/);
    loaded.close();
  });

  it("grows the log until it is whole", async () => {
    const loaded = await native.loadObject(loading(slowProgram(), "slow", { logLevel: 2 }));
    expect(loaded.log.length).toBeGreaterThan(16 << 20);
    expect(loaded.log).toMatch(/^(func#0|0:|;|Live|reg type)/m);
    expect(loaded.log).toMatch(/processed \d+ insns/);
    loaded.close();
  });

  it("is not misled by a log that was too long for a while only", async () => {
    const slower = compile(`
SEC("xdp") int slow(struct xdp_md *ctx) {
  volatile __u64 sum = 0;
  #pragma clang loop unroll(disable)
  for (__u32 i = 0; i < 60000; i++) sum += i ^ ctx->rx_queue_index;
  return sum & 1 ? XDP_DROP : XDP_PASS;
}`);
    const loaded = await native.loadObject(loading(slower, "slow", { logLevel: 1 }));
    expect(loaded.log).toMatch(/processed \d+ insns/);
    loaded.close();
  });

  it("keeps the true errno of a rejection whose log is long", async () => {
    const bytes = compile(`
SEC("xdp") int late(struct xdp_md *ctx) {
  volatile __u64 sum = 0;
  unsigned char *data = (void *)(long)ctx->data;
  #pragma clang loop unroll(disable)
  for (__u32 i = 0; i < 3000; i++) sum += i ^ ctx->rx_queue_index;
  return sum + data[3];
}`);
    const error = await rejectionOf(native.loadObject(loading(bytes, "late", { logLevel: 2 })));
    expect(error.code).toBe("EACCES");
    expect(error.log?.length).toBeGreaterThan(16 << 20);
    expect(error.log).toContain("invalid access to packet");
  });

  it("loads a program of an unknown section as XDP when asked", async () => {
    const bytes = compile(`SEC("xdp_icmp_echo") int echo(struct xdp_md *ctx) { return XDP_PASS; }`);
    expect((await rejectionOf(native.loadObject(loading(bytes, "echo")))).code).toBe("EINVAL");
    const loaded = await native.loadObject(loading(bytes, "echo", { asXdp: true }));
    expect(native.programInfo(loaded.programId).type).toBe(6);
    loaded.close();
  });

  it("reuses maps of the same shape only", async () => {
    const first = await native.loadObject(loading(twoPrograms(), "good"));
    const counts = first.maps.find(({ name }) => name === "counts")?.id ?? 0;
    const second = await native.loadObject(loading(twoPrograms(), "good", { reuseMaps: { counts } }));
    expect(second.maps).toContainEqual({ name: "counts", id: counts });
    const other = first.maps.find(({ name }) => name !== "counts")?.id ?? 0;
    const error = await rejectionOf(
      native.loadObject(loading(twoPrograms(), "good", { reuseMaps: { counts: other } })),
    );
    expect(error).toMatchObject({ code: "EINVAL", operation: "bpf_map__reuse_fd" });
    const unknown = await rejectionOf(
      native.loadObject(loading(twoPrograms(), "good", { reuseMaps: { nix: counts } })),
    );
    expect(unknown.message).toContain("the object has no map of that name");
    first.close();
    second.close();
  });

  it("sets sizes and sections before the load, and refuses what does not fit by name", async () => {
    const seven = Buffer.from([7, 0, 0, 0]);
    const loaded = await native.loadObject(
      loading(twoPrograms(), "good", {
        maxEntries: { counts: 77 },
        sections: { ".rodata": Buffer.from([9, 0, 0, 0]) },
      }),
    );
    const idOf = (name: string) => loaded.maps.find((map) => map.name.endsWith(name))?.id ?? 0;
    const constants = native.openMap(idOf(".rodata"));
    expect(native.mapInfo(idOf("counts")).maxEntries).toBe(77);
    expect(constants.lookup(Buffer.alloc(4))).toEqual(Buffer.from([9, 0, 0, 0]));
    // frozen, whichever way it is written
    expect(failureOf(() => constants.patch(0, seven)).code).toBe("EPERM");
    expect(failureOf(() => constants.update(Buffer.alloc(4), seven, "any")).code).toBe("EPERM");
    constants.close();
    loaded.close();

    const refusals = [
      [{ maxEntries: { nix: 1 } }, "set max_entries of map nix to 1", "the object has no map of that name"],
      [{ maxEntries: { ".rodata": 2 } }, "set max_entries of map .rodata to 2", "a section is one entry"],
      [{ sections: { ".bss": seven } }, "set of section .bss", "the object has no map of that name"],
      [{ sections: { counts: seven } }, "set of section counts", "it is no section of the object"],
      [{ sections: { ".rodata": Buffer.alloc(3) } }, "set of section .rodata", "it has 4 bytes, not 3"],
    ] as const;
    for (const [options, what, why] of refusals) {
      const { message } = await rejectionOf(native.loadObject(loading(twoPrograms(), "good", options)));
      expect(message).toContain(`${what} failed: ${why}`);
    }
  });

  it("leaves no pin unless asked", async () => {
    const name = `xdpwt${process.pid}`;
    const bytes = compile(`
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(pinning, LIBBPF_PIN_BY_NAME); __type(key, __u32); __type(value, __u32); __uint(max_entries, 1); } ${name} SEC(".maps");
SEC("xdp") int pinning(struct xdp_md *ctx) { __u32 k = 0; return bpf_map_lookup_elem(&${name}, &k) ? XDP_PASS : XDP_DROP; }`);
    const loaded = await native.loadObject(loading(bytes, "pinning"));
    expect(failureOf(() => native.pinned(`/sys/fs/bpf/${name}`)).code).toBe("ENOENT");
    loaded.close();
  });

  it("loads the programs that a PROG_ARRAY of the object is filled with", async () => {
    const bytes = compile(`
SEC("xdp") int target(struct xdp_md *ctx) { return XDP_DROP; }
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(key_size, 4); __uint(max_entries, 2); __array(values, int (struct xdp_md *)); } jumps SEC(".maps") = { .values = { [1] = (void *)&target } };
SEC("xdp") int jump(struct xdp_md *ctx) { bpf_tail_call(ctx, &jumps, 1); return XDP_PASS; }`);
    const loaded = await native.loadObject(loading(bytes, "jump"));
    const jumps = native.openMap(loaded.maps.find(({ name }) => name === "jumps")?.id ?? 0);
    const { count, keys, values } = await jumps.readBatch(null, 10);
    expect(count).toBe(1);
    expect(keys.readUInt32LE(0)).toBe(1);
    expect(native.programInfo(values.readUInt32LE(0)).name).toBe("target");
    jumps.close();
    loaded.close();
  });

  it("names what is missing", async () => {
    const error = await rejectionOf(native.loadObject(loading(twoPrograms(), "absent")));
    expect(error.message).toBe("search for program absent failed: the object has no program of that name (ENOENT)");
    const nowhere = await rejectionOf(
      native.loadObject(loading(twoPrograms(), "good", { netns: "/run/netns/xdpwt-no" })),
    );
    expect(nowhere).toMatchObject({ code: "ENOENT", operation: "open" });
    const noNamespace = await rejectionOf(
      native.loadObject(loading(twoPrograms(), "good", { netns: "/etc/hostname" })),
    );
    expect(noNamespace).toMatchObject({ code: "EINVAL", operation: "setns" });
  });

  it("loads several at once, and offload fails where nothing offloads", async () => {
    const bytes = twoPrograms();
    const loaded = await Promise.all(Array.from({ length: 8 }, () => native.loadObject(loading(bytes, "good"))));
    expect(new Set(loaded.map(({ programId }) => programId)).size).toBe(8);
    for (const each of loaded) each.close();
    const error = await rejectionOf(native.loadObject(loading(bytes, "good", { offloadIfindex: 1 })));
    expect(error.code).toMatch(/^(EOPNOTSUPP|EINVAL)$/);
  });

  it("loads the two-instruction pass program", () => {
    const fd = native.loadPass("xdpwt_pass");
    const listed = JSON.parse(sh("bpftool", "-j", "prog", "show", "name", "xdpwt_pass")) as unknown;
    expect(JSON.stringify(listed)).toContain('"type":"xdp"');
    native.closeFd(fd);
    expect(failureOf(() => native.closeFd(fd)).code).toBe("EBADF");
  });
});
