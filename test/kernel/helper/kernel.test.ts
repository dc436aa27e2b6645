/** verify, maps and interfaces through the real process on the real kernel. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { elevatedHelper, plainHelper } from "../../../protocol/helper-contracts.ts";
import {
  type Connected,
  eventually,
  execute,
  failureOf,
  skipReason,
  startElevated,
  startPlain,
  uniqueName,
} from "./harness.ts";

const source = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct pair { __u64 packets; __u64 bytes; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4096); __type(key, __u32); __type(value, struct pair); } flows SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } per_cpu SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __uint(max_entries, 4); __type(key, __u32); __type(value, __u32); } ports SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, 64); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, __u64); __type(value, __u32); } routes SEC(".maps");
SEC("xdp") int uses_maps(struct xdp_md *ctx) {
  __u32 key = 0; __u64 prefix = 32;
  struct pair *found = bpf_map_lookup_elem(&flows, &key);
  if (found) __sync_fetch_and_add(&found->packets, 1);
  bpf_map_lookup_elem(&per_cpu, &key);
  bpf_map_lookup_elem(&routes, &prefix);
  return bpf_redirect_map(&ports, 0, XDP_PASS);
}
SEC("xdp") int reads_past_end(struct xdp_md *ctx) {
  char *data = (void *)(long)ctx->data;
  return data[100];
}
SEC("xdp_odd_section") int odd(struct xdp_md *ctx) { return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
`;

const encode = (...words: number[]): string => Buffer.from(new Uint32Array(words).buffer).toString("base64");

describe.skipIf(skipReason !== "")("the kernel through the helper", () => {
  const name = uniqueName();
  const link = uniqueName();
  const peerLink = uniqueName();
  let helper: Connected<typeof elevatedHelper>;
  let plain: Connected<typeof plainHelper>;
  let object = "";
  let folder = "";
  let place = { netns: name as string | null, ifindex: 1, name: link };
  let maps: Record<string, number> = {};
  let programId = 0;

  beforeAll(async () => {
    [helper, plain] = await Promise.all([startElevated(), startPlain()]);
    folder = await mkdtemp(join(tmpdir(), "xdpwt-kernel-"));
    const path = join(folder, "test.bpf.c");
    await writeFile(path, source);
    const built = await plain.peer.request("build.compile", { path, text: source, emit: "obj" });
    expect(built.diagnostics).toEqual([]);
    object = built.output ?? "";
    await execute("ip", ["netns", "add", name]);
    await execute("ip", ["-n", name, "link", "add", "name", link, "type", "veth", "peer", "name", peerLink]);
    const shown = JSON.parse((await execute("ip", ["-n", name, "-j", "link", "show", link])).stdout) as {
      ifindex: number;
    }[];
    place = { ...place, ifindex: shown[0]?.ifindex ?? 0 };
    const attached = await helper.peer.request("attach.attach", {
      ...{ object, name: "test", program: "uses_maps", asXdp: false, place, mode: "native", expected: null },
    });
    programId = attached.program.id;
    maps = Object.fromEntries(attached.maps.map((map) => [map.name, map.id]));
  });
  afterAll(async () => {
    await execute("ip", ["-n", name, "link", "del", link]).catch(() => undefined);
    await execute("ip", ["netns", "del", name]).catch(() => undefined);
    await Promise.all([helper.stop(), plain.stop()]);
    await rm(folder, { recursive: true, force: true });
  });
  const id = (map: string): number => maps[map] ?? 0;

  describe("verify.judge", () => {
    const judge = (program: string, bytes = object, asXdp = false) =>
      helper.peer.request("verify.judge", { object: bytes, name: "test", program, asXdp });

    it("accepts, with sizes and work done, and keeps nothing", async () => {
      const before = (await helper.peer.request("programs.list", {})).programs.length;
      const judged = await judge("uses_maps");
      expect(judged).toMatchObject({ accepted: true, error: "" });
      expect(judged.xlatedBytes).toBeGreaterThan(8);
      expect(judged.jitedBytes).toBeGreaterThan(8);
      expect(judged.processed).toBeGreaterThan(5);
      const count = async () => (await helper.peer.request("programs.list", {})).programs.length;
      expect(await eventually(count, (now) => now <= before)).toBe(before);
    });

    it("rejects, with the whole log", async () => {
      const judged = await judge("reads_past_end");
      expect(judged).toMatchObject({ accepted: false, error: "EACCES: Permission denied", xlatedBytes: 0 });
      expect(judged.log).toContain("invalid access to packet");
      expect(judged.log).toContain("; return data[100]");
    });

    it("takes a program of an unknown section as XDP when told to", async () => {
      expect(await judge("odd", object, true)).toMatchObject({ accepted: true });
    });

    it("tells a missing program, a truncated object and another machine's apart from a verdict", async () => {
      expect(await failureOf(judge("nobody"))).toMatchObject({ kind: "not-found", what: "program", name: "nobody" });
      const bytes = Buffer.from(object, "base64");
      const truncated = bytes.subarray(0, bytes.length / 2).toString("base64");
      expect(await failureOf(judge("uses_maps", truncated))).toMatchObject({ kind: "bad-object" });
      const other = Buffer.from(bytes);
      other.writeUInt16LE(62, 18);
      expect(await failureOf(judge("uses_maps", other.toString("base64")))).toMatchObject({ kind: "bad-object" });
      expect(await failureOf(judge("uses_maps", ""))).toMatchObject({ kind: "bad-object" });
    });
  });

  describe("maps", () => {
    it("are listed with their users and types", async () => {
      const listed = (await helper.peer.request("maps.list", {})).maps;
      const ours = listed.filter(({ programs }) => programs.some((user) => user.id === programId));
      expect(ours.map((map) => [map.name, map.type]).toSorted(([a = ""], [b = ""]) => a.localeCompare(b))).toEqual([
        ["flows", "hash"],
        ["per_cpu", "percpu_array"],
        ["ports", "devmap"],
        ["routes", "lpm_trie"],
      ]);
      expect(ours[0]?.programs).toEqual([{ id: programId, name: "uses_maps", type: "xdp" }]);
      const programs = (await helper.peer.request("programs.list", {})).programs;
      expect(programs.find((one) => one.id === programId)).toMatchObject({
        name: "uses_maps",
        type: "xdp",
        jited: true,
      });
    });

    it("are described with their BTF and how values travel", async () => {
      const described = await helper.peer.request("maps.describe", { id: id("per_cpu") });
      expect(described.map).toMatchObject({ id: id("per_cpu"), keySize: 4, valueSize: 4, maxEntries: 4 });
      expect(described.valueStride).toBe(8 * described.possibleCpus);
      expect(Buffer.from(described.btf ?? "", "base64").readUInt16LE(0)).toBe(0xeb9f);
    });

    it("take, give and lose entries", async () => {
      const params = { id: id("flows"), key: encode(7), value: encode(1, 0, 2, 0), netns: null };
      await helper.peer.request("maps.update", { ...params, when: "noexist" });
      expect(await helper.peer.request("maps.lookup", entryOf(params))).toEqual({ value: params.value });
      const again = await failureOf(helper.peer.request("maps.update", { ...params, when: "noexist" }));
      expect(again).toMatchObject({ kind: "kernel", code: "EEXIST" });
      expect(again.message).toContain("update map flows (id");
      expect(await helper.peer.request("maps.delete", entryOf(params))).toEqual({ deleted: true });
      expect(await helper.peer.request("maps.delete", entryOf(params))).toEqual({ deleted: false });
      expect(await helper.peer.request("maps.lookup", entryOf(params))).toEqual({ value: null });
    });

    it("come in pages, each entry once", async () => {
      for (let key = 1; key <= 2500; key += 1) {
        await helper.peer.request("maps.update", {
          ...{ id: id("flows"), key: encode(key), value: encode(key, 0, 0, 0) },
          when: "any",
          netns: null,
        });
      }
      const keys = new Set<number>();
      let total = 0;
      for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
        const page: { keys: string; count: number; cursor: string | null } = await helper.peer.request("maps.page", {
          id: id("flows"),
          cursor,
          count: 1000,
        });
        const bytes = Buffer.from(page.keys, "base64");
        expect(bytes.length).toBe(page.count * 4);
        for (let at = 0; at < bytes.length; at += 4) keys.add(bytes.readUInt32LE(at));
        total += page.count;
        cursor = page.cursor;
      }
      expect([total, keys.size]).toEqual([2500, 2500]);
    });

    it("refuse what has not their size, a bad cursor, and a map that is gone", async () => {
      const lookup = (key: string, map = id("flows")) =>
        failureOf(helper.peer.request("maps.lookup", { id: map, key }));
      expect(await lookup(encode(1, 2))).toMatchObject({ kind: "bad-value", field: "key" });
      expect(await lookup("")).toMatchObject({ kind: "bad-value" });
      const update = { id: id("flows"), key: encode(1), value: "AAAA", when: "any", netns: null } as const;
      expect(await failureOf(helper.peer.request("maps.update", update))).toMatchObject({
        kind: "bad-value",
        field: "value",
      });
      const page = { id: id("flows"), cursor: "AAAA", count: 10 };
      expect(await failureOf(helper.peer.request("maps.page", page))).toMatchObject({ kind: "kernel", code: "EINVAL" });
      expect(await lookup(encode(1), 0xfffffff0)).toMatchObject({ kind: "not-found", what: "map" });
    });

    it("take a devmap's ifindex in the namespace that is meant", async () => {
      const params = { id: id("ports"), key: encode(0), value: encode(place.ifindex), when: "any" } as const;
      await helper.peer.request("maps.update", { ...params, netns: name });
      expect(await helper.peer.request("maps.lookup", entryOf(params))).toMatchObject({ value: params.value });
      const nowhere = { ...params, value: encode(0x7ffffff0), netns: name };
      expect(await failureOf(helper.peer.request("maps.update", nowhere))).toMatchObject({ kind: "kernel" });
    });

    it("are found by their pin, under the BPF file system only", async () => {
      for (const path of ["/etc/passwd", "/sys/fs/bpf/../../../etc/passwd", "/sys/fs/bpf"]) {
        expect(await failureOf(helper.peer.request("maps.pinned", { path }))).toMatchObject({ kind: "bad-value" });
      }
      const path = `/sys/fs/bpf/${name}`;
      expect(await failureOf(helper.peer.request("maps.pinned", { path }))).toMatchObject({ kind: "not-found" });
    });
  });

  describe("interfaces", () => {
    it("of all namespaces, also one that only a process holds", async () => {
      const { spawn } = await import("node:child_process");
      const holder = spawn("unshare", ["--net", "sleep", "30"], { stdio: "ignore" });
      try {
        const find = async () =>
          (await helper.peer.request("interfaces.list", {})).interfaces.filter(
            (one) => one.netns === `pid:${holder.pid}`,
          );
        const found = await eventually(find, (ones) => ones.length > 0);
        expect(found).toContainEqual(expect.objectContaining({ name: "lo", modes: ["skb"], driver: null }));
        const { interfaces } = await helper.peer.request("interfaces.list", {});
        expect(interfaces.find((one) => one.netns === name && one.name === link)).toMatchObject({
          ...{ driver: "veth", attached: [{ mode: "native", id: programId, name: "uses_maps", jited: true }] },
        });
        expect(interfaces.some((one) => one.netns === null && one.name === "lo")).toBe(true);
      } finally {
        holder.kill("SIGKILL");
      }
    });

    it("of the plain instance are its own namespace's", async () => {
      const { interfaces, skipped } = await plain.peer.request("interfaces.list", {});
      expect(new Set(interfaces.map(({ netns }) => netns))).toEqual(new Set([null]));
      expect(skipped).toContainEqual({ netns: name, why: "needs root" });
      const describing = plain.peer.request("interfaces.describe", { place });
      expect(await failureOf(describing)).toMatchObject({ kind: "no-privilege" });
    });

    it("that went away are said to be gone", async () => {
      const gone = { ...place, name: "nothere" };
      expect(await failureOf(helper.peer.request("interfaces.describe", { place: gone }))).toMatchObject({
        kind: "not-found",
      });
    });
  });

  describe("attach", () => {
    const attach = (program: string, over: object = {}) =>
      helper.peer.request("attach.attach", {
        object,
        name: "test",
        program,
        asXdp: false,
        place,
        mode: "native",
        expected: { mode: "native", id: programId },
        ...over,
      });

    it("leaves what is there where the new program is rejected", async () => {
      expect(await failureOf(attach("reads_past_end"))).toMatchObject({ kind: "rejected" });
      const { interfaces } = await helper.peer.request("interfaces.list", {});
      expect(interfaces.find((one) => one.netns === name && one.name === link)?.attached[0]?.id).toBe(programId);
    });

    it("puts the previous program back where the other mode refuses", async () => {
      const failure = await failureOf(attach("uses_maps", { mode: "hw" }));
      expect(failure.kind).toMatch(/kernel|bad-object|rejected|unsupported/);
      const { interfaces } = await helper.peer.request("interfaces.list", {});
      expect(interfaces.find((one) => one.netns === name && one.name === link)?.attached).toMatchObject([
        { mode: "native", id: programId },
      ]);
    });

    it("killed with SIGKILL in the middle leaves the attached program and nothing else", async () => {
      const before = (await helper.peer.request("programs.list", {})).programs
        .map((one) => one.id)
        .toSorted((a, b) => a - b);
      for (let round = 0; round < 8; round += 1) {
        const victim = await startElevated();
        await victim.peer.request("helper.describe", {});
        const params = { object, name: "test", program: "uses_maps", asXdp: false, place, mode: "native" } as const;
        const now = await attachedNow(helper, name, link);
        const running = victim.peer
          .request("attach.attach", { ...params, expected: now })
          .catch((error: unknown) => error);
        await new Promise((resolve) => setTimeout(resolve, round));
        victim.process.kill("SIGKILL");
        await running;
        await victim.stop();
        const after = await attachedNow(helper, name, link);
        expect(after?.mode).toBe("native");
        const list = async () => (await helper.peer.request("programs.list", {})).programs.map((one) => one.id);
        const others = before.filter((one) => one !== programId);
        const expected = [...others, after?.id ?? 0].toSorted((a, b) => a - b);
        const left = await eventually(list, (ids) => ids.length === expected.length);
        expect(left.toSorted((a, b) => a - b)).toEqual(expected);
      }
    });
  });
});

function entryOf(params: { readonly id: number; readonly key: string }): { id: number; key: string } {
  return { id: params.id, key: params.key };
}

async function attachedNow(helper: Connected<typeof elevatedHelper>, netns: string, link: string) {
  const { interfaces } = await helper.peer.request("interfaces.list", {});
  const attached = interfaces.find((one) => one.netns === netns && one.name === link)?.attached[0];
  return attached === undefined ? null : { mode: attached.mode, id: attached.id };
}
