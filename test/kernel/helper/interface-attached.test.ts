/** What is attached, by whom and how; what it runs; and trying a mode without leaving a trace. */
import { readdirSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { elevatedHelper, plainHelper } from "../../../protocol/helper-contracts.ts";
import type { Place } from "../../../protocol/interfaces.ts";
import { compile, native } from "../native/support.ts";
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

const counter = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); __uint(max_entries, 1); } seen SEC(".maps");
SEC("xdp") int xdp_count_what_comes(struct xdp_md *ctx) {
  __u32 key = 0; __u64 *value = bpf_map_lookup_elem(&seen, &key);
  if (value) *value += 1;
  return XDP_PASS;
}`;

/** as libxdp lays it out: version 2, two programs */
const dispatcher = `
struct xdp_dispatcher_config {
  __u8 magic, dispatcher_version, num_progs_enabled, is_xdp_frags;
  __u32 chain_call_actions[10], run_prios[10], program_flags[10];
};
static volatile const struct xdp_dispatcher_config conf = {
  .magic = 236, .dispatcher_version = 2, .num_progs_enabled = 2,
  .chain_call_actions = { 1 << XDP_PASS, (1u << 31) | (1 << XDP_PASS) | (1 << XDP_DROP) }, .run_prios = { 10, 50 },
};
__attribute__((noinline)) int prog0(struct xdp_md *ctx) { volatile int ret = 31; if (!ctx) return XDP_ABORTED; return ret; }
__attribute__((noinline)) int prog1(struct xdp_md *ctx) { volatile int ret = 31; if (!ctx) return XDP_ABORTED; return ret; }
SEC("xdp") int xdp_dispatcher(struct xdp_md *ctx) {
  __u8 enabled = conf.num_progs_enabled; int ret;
  if (enabled < 1) return XDP_PASS;
  ret = prog0(ctx);
  if (!((1U << (ret & 31)) & conf.chain_call_actions[0])) return ret;
  if (enabled < 2) return XDP_PASS;
  ret = prog1(ctx);
  if (!((1U << (ret & 31)) & conf.chain_call_actions[1])) return ret;
  return XDP_PASS;
}`;

describe.skipIf(skipReason !== "")("what is attached", () => {
  const netns = uniqueName();
  const [left, right, bridge] = [uniqueName(), uniqueName(), uniqueName()];
  let helper: Connected<typeof elevatedHelper>;
  let plain: Connected<typeof plainHelper>;
  let folder = "";
  let place: Place = { netns, ifindex: 1, name: left };
  let plainBridge: Place = { netns, ifindex: 1, name: bridge };
  const ip = (...words: string[]) => execute("ip", ["-n", netns, ...words]);
  /** the kernel counts runs for the helper */
  const counting = (): boolean =>
    readdirSync(`/proc/${helper.process.pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${helper.process.pid}/fd/${fd}`).includes("bpf-stats");
      } catch {
        return false;
      }
    });
  const attach = (how: string, object: string) =>
    ip("link", "set", "dev", left, how, "object", join(folder, object), "section", "xdp");
  const describeIt = (at: Place = place) => helper.peer.request("interfaces.describe", { place: at });

  beforeAll(async () => {
    await native.warmPool();
    [helper, plain] = await Promise.all([startElevated(), startPlain()]);
    folder = await mkdtemp(join(tmpdir(), "xdpwt-attached-"));
    await writeFile(join(folder, "counter.o"), compile(counter));
    await writeFile(join(folder, "dispatcher.o"), compile(dispatcher));
    await execute("ip", ["netns", "add", netns]);
    await ip("link", "add", left, "type", "veth", "peer", "name", right);
    await ip("link", "add", bridge, "type", "bridge");
    for (const name of [left, right]) await ip("link", "set", name, "up");
    const { interfaces } = await helper.peer.request("interfaces.list", {});
    const at = (name: string): Place => ({
      netns,
      name,
      ifindex: interfaces.find((one) => one.name === name)?.ifindex ?? 0,
    });
    place = at(left);
    plainBridge = at(bridge);
  });
  afterAll(async () => {
    await ip("link", "del", left).catch(() => undefined);
    await ip("link", "del", bridge).catch(() => undefined);
    await execute("ip", ["netns", "del", netns]).catch(() => undefined);
    await Promise.all([helper.stop(), plain.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  it("is told in full for a program of somebody else", async () => {
    const before = Date.now();
    await attach("xdpgeneric", "counter.o");
    const { attached } = await describeIt();
    const [{ xdp }] = JSON.parse((await ip("-d", "-j", "link", "show", left)).stdout) as [
      { xdp: { prog: { id: number; tag: string; jited: number } } },
    ];
    expect(attached).toMatchObject([
      {
        program: {
          mode: "skb",
          name: "xdp_count_what_comes",
          id: xdp.prog.id,
          tag: xdp.prog.tag,
          jited: xdp.prog.jited === 1,
        },
        ...{ by: "netlink", linkId: null },
        more: { uid: 0, user: "root", dispatcher: null, maps: [{ name: "seen", type: "array" }] },
      },
    ]);
    const at = attached[0]?.more?.loadedAt ?? 0;
    expect(at).toBeGreaterThan(before - 5_000);
    expect(at).toBeLessThan(Date.now() + 5_000);
    await ip("link", "set", "dev", left, "xdpgeneric", "off");
    expect((await describeIt()).attached).toEqual([]);
  });

  it("tells a link from netlink", async () => {
    const programFd = native.loadPass("by_a_link");
    const linkFd = native.inNetns(`/run/netns/${netns}`, () =>
      native.xdpLink({ ifindex: place.ifindex, mode: "native", programFd }),
    );
    try {
      const [one] = (await describeIt()).attached;
      expect(one).toMatchObject({ program: { mode: "native", name: "by_a_link" }, by: "link" });
      expect(native.linkInfo(one?.linkId ?? 0).programId).toBe(one?.program.id);
    } finally {
      native.closeFd(linkFd);
      native.closeFd(programFd);
    }
  });

  it("recognises libxdp's dispatcher and reads its chain", async () => {
    await attach("xdpdrv", "dispatcher.o");
    const [one] = (await describeIt()).attached;
    expect(one?.more?.dispatcher).toEqual({
      ...{ version: 2, fragments: false },
      programs: [
        { id: null, name: null, tag: null, priority: 10, goesOnAfter: ["XDP_PASS"] },
        { id: null, name: null, tag: null, priority: 50, goesOnAfter: ["XDP_DROP", "XDP_PASS"] },
      ],
    });
    await ip("link", "set", "dev", left, "xdpdrv", "off");
  });

  it("counts runs while somebody looks, and stops by itself", async () => {
    await attach("xdpdrv", "counter.o");
    const counters = () => helper.peer.request("interfaces.counters", { place });
    const first = await counters();
    expect(first.runs.length).toBe(1);
    // neighbour discovery and ARP of the other end
    await ip("link", "set", right, "arp", "on");
    await execute("ip", ["-n", netns, "addr", "add", "192.0.2.1/24", "dev", right]);
    await execute("nsenter", [
      `--net=/run/netns/${netns}`,
      "ping",
      "-c",
      "2",
      "-W",
      "1",
      "-i",
      "0.2",
      "192.0.2.9",
    ]).catch(() => undefined);
    const second = await eventually(counters, ({ runs }) => Number(runs[0]?.count) > Number(first.runs[0]?.count));
    expect(Number(second.runs[0]?.count)).toBeGreaterThan(Number(first.runs[0]?.count));
    expect(Number(second.runs[0]?.nanoseconds)).toBeGreaterThan(Number(first.runs[0]?.nanoseconds));
    expect(second.at).toBeGreaterThan(first.at);
    expect(second.driver.some(({ name }) => /xdp/.test(name))).toBe(true);
    expect(Number(second.link["rxPackets"])).toBeGreaterThanOrEqual(Number(first.link["rxPackets"]));
    expect(counting()).toBe(true);
    expect(await eventually(counting, (open) => !open, 10_000)).toBe(false);
    await ip("link", "set", "dev", left, "xdpdrv", "off");
  });

  it("keeps ten readings a second for whoever asks, and ends by itself", async () => {
    await attach("xdpdrv", "counter.o");
    const take = (since: number) => helper.peer.request("interfaces.samples", { place, since });
    const [first, ...others] = (await take(0)).samples;
    expect(others).toEqual([]);
    const from = first?.at ?? 0;
    // it counts without being asked
    const later = await eventually(
      () => take(from),
      ({ samples }) => samples.length >= 4,
    );
    const moments = later.samples.map(({ at }) => at);
    expect(moments).toEqual(moments.toSorted((one, other) => one - other));
    expect(moments[0]).toBeGreaterThan(from);
    expect(later.driver.some((name) => /xdp/.test(name))).toBe(true);
    expect(later.samples.every(({ driver, runs }) => driver.length === later.driver.length && runs.length === 1)).toBe(
      true,
    );
    // of a helper that was there before
    expect((await take(Number.MAX_SAFE_INTEGER)).samples.length).toBeGreaterThan(4);
    expect(await eventually(counting, (open) => !open, 10_000)).toBe(false);
    await ip("link", "set", "dev", left, "xdpdrv", "off");
    const gone = { ...place, name: right };
    expect(await failureOf(helper.peer.request("interfaces.samples", { place: gone, since: 0 }))).toMatchObject({
      kind: "not-found",
    });
  });

  it("tries a mode, says what came of it in the kernel's words, and leaves nothing", async () => {
    const probe = (at: Place, mode: "native" | "skb" | "hw") =>
      helper.peer.request("interfaces.probe", { place: at, mode });
    expect(await probe(place, "native")).toMatchObject({ works: true });
    expect(await probe(plainBridge, "skb")).toMatchObject({ works: true });
    const refused = await probe(plainBridge, "native");
    expect(refused.works).toBe(false);
    expect(refused.why).toContain("Underlying driver does not support XDP in native mode");
    expect((await probe(place, "hw")).works).toBe(false);
    const left = [...(await describeIt()).attached, ...(await describeIt(plainBridge)).attached];
    expect(left).toEqual([]);
    const gone = () =>
      native.programIds().every((id) => {
        try {
          return native.programInfo(id).name !== "xdpw_probe";
        } catch {
          return true;
        }
      });
    expect(await eventually(gone, Boolean)).toBe(true);
  });

  it("refuses to try where anything is attached", async () => {
    await attach("xdpgeneric", "counter.o");
    expect(await failureOf(helper.peer.request("interfaces.probe", { place, mode: "native" }))).toMatchObject({
      kind: "foreign-program",
    });
    expect((await describeIt()).attached.length).toBe(1);
    await ip("link", "set", "dev", left, "xdpgeneric", "off");
  });

  it("tells without privilege no more than rtnetlink does", async () => {
    expect(await failureOf(plain.peer.request("interfaces.counters", { place }))).toMatchObject({
      kind: "no-privilege",
    });
    const counters = await plain.peer.request("interfaces.counters", {
      place: { netns: null, ifindex: 1, name: "lo" },
    });
    expect(Object.keys(counters.link)).toContain("rxPackets");
    expect(counters.runs).toEqual([]);
  });
});
