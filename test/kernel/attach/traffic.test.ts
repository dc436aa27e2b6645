/** Attach, replace and detach under traffic: across a replace not one packet is lost, counted at both ends. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { elevatedHelper } from "../../../protocol/helper-contracts.ts";
import type { Mode } from "../../../protocol/interfaces.ts";
import {
  type Connected,
  eventually,
  execute,
  failureOf,
  skipReason,
  startElevated,
  uniqueName,
} from "../helper/harness.ts";
import { compile, native } from "../native/support.ts";

const source = (more: string) => `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } seen SEC(".maps");
SEC("xdp") int count(struct xdp_md *ctx) {
  __u32 key = 0;
  unsigned char *data = (void *)(long)ctx->data;
  if (data + 14 > (unsigned char *)(long)ctx->data_end || data[12] != 0x88 || data[13] != 0xb5) return XDP_PASS;
  __u64 *packets = bpf_map_lookup_elem(&seen, &key);
  if (packets) __sync_fetch_and_add(packets, 1);
  ${more}
  return XDP_DROP;
}`;
const replaces = 100;
const burst = 20_000;

describe.skipIf(skipReason !== "")(`under traffic ${skipReason}`, () => {
  const [box, host] = [uniqueName(), uniqueName()];
  let helper: Connected<typeof elevatedHelper>;
  let objects: readonly string[];
  let place = { netns: box as string | null, name: "port", ifindex: 0 };
  let from = 0;

  beforeAll(async () => {
    helper = await startElevated();
    await native.warmPool();
    objects = ["", "if (ctx->rx_queue_index == 77) return XDP_ABORTED;"].map((more) =>
      compile(source(more)).toString("base64"),
    );
    for (const name of [box, host]) await execute("ip", ["netns", "add", name]);
    await execute("ip", ["-n", box, "link", "add", "port", "type", "veth", "peer", "name", "peer", "netns", host]);
    for (const [name, link] of [
      [box, "port"],
      [host, "peer"],
    ] as const) {
      await execute("ip", ["-n", name, "link", "set", "dev", link, "addrgenmode", "none", "up"]);
    }
    place = { ...place, ifindex: native.inNetns(`/run/netns/${box}`, () => native.ifindexOf("port")) };
    from = native.inNetns(`/run/netns/${host}`, () => native.ifindexOf("peer"));
  });
  afterAll(async () => {
    await helper.stop();
    await execute("ip", ["-n", box, "link", "del", "port"]);
    for (const name of [box, host]) await execute("ip", ["netns", "del", name]);
  });

  /** as fast as it goes, until it is told to end; how many the sender's end took */
  function flood(): () => Promise<number> {
    const frames = Buffer.alloc(60, 0xff);
    frames.writeUInt16BE(0x88b5, 12);
    let ends = false;
    const running = (async () => {
      let sent = 0;
      const sending = { netns: `/run/netns/${host}`, ifindex: from, frames, frameLength: 60, count: burst, rate: 0 };
      while (!ends) sent += (await native.sendFrames(sending)).sent;
      return sent;
    })();
    return () => {
      ends = true;
      return running;
    };
  }
  const transmitted = async (): Promise<number> => {
    const { stdout } = await execute("ip", ["-n", host, "-s", "-j", "link", "show", "dev", "peer"]);
    return (JSON.parse(stdout) as { stats64: { tx: { packets: number } } }[])[0]?.stats64.tx.packets ?? 0;
  };
  const counted = async (id: number): Promise<number> => {
    const { value } = await helper.peer.request("maps.lookup", { id, key: Buffer.alloc(4).toString("base64") });
    return Number(Buffer.from(value ?? "", "base64").readBigUInt64LE());
  };
  const put = async (object: string, mode: Mode, expected: { mode: Mode; id: number } | null, seen: number | null) => {
    const reuse = seen === null ? [] : [{ name: "seen", id: seen }];
    const settings = { reuse, maxEntries: [], sections: [] };
    const { attachments } = await helper.peer.request("attach.commit", {
      prepared: (
        await helper.peer.request("attach.prepare", {
          ...{
            object,
            name: "traffic",
            program: "count",
            asXdp: false,
            settings,
            targets: [{ place, mode, expected }],
          },
        })
      ).prepared,
    });
    const [attachment] = attachments;
    if (attachment === undefined) throw new Error("attached to nothing");
    return attachment;
  };

  it.each(["native", "skb"] as const)(`${replaces} replaces in %s mode lose nothing`, async (mode) => {
    const [first = "", second = ""] = objects;
    const end = flood();
    let running = await put(first, mode, null, null);
    const seen = running.maps.find(({ name }) => name === "seen")?.id ?? 0;
    await end();
    // what was on its way while it was attached is over
    const quiet = await eventually(
      async () => [await transmitted(), await counted(seen)],
      () => false,
      300,
    );
    const [before = 0, base = 0] = quiet;

    const stop = flood();
    await eventually(
      () => counted(seen),
      (now) => now > base + burst,
      10_000,
    );
    const tags = new Set<string>();
    for (let turn = 0; turn < replaces; turn += 1) {
      const expected = { mode, id: running.program.id };
      running = await put(turn % 2 === 0 ? second : first, mode, expected, seen);
      expect(running).toMatchObject({ replaced: { id: expected.id }, gapNanoseconds: null });
      tags.add(running.program.tag);
    }
    const sent = await stop();
    const arrived = await eventually(
      async () => (await counted(seen)) - base,
      (now) => now >= sent,
    );
    expect(tags.size).toBe(2);
    expect(arrived).toBe((await transmitted()) - before);
    expect(arrived).toBe(sent);

    const last = flood();
    await helper.peer.request("attach.detach", { place, expected: { mode, id: running.program.id } });
    await last();
    const attached = native.inNetns(`/run/netns/${box}`, () => native.xdpQuery(place.ifindex));
    expect(attached).toEqual([]);
  });

  it("what somebody else attached in the middle is not replaced, whatever was prepared", async () => {
    const [first = "", second = ""] = objects;
    const settings = { reuse: [], maxEntries: [], sections: [] };
    const ours = await put(first, "native", null, null);
    const expected = { mode: "native" as const, id: ours.program.id };
    const { prepared } = await helper.peer.request("attach.prepare", {
      ...{ object: second, name: "traffic", program: "count", asXdp: false, settings },
      targets: [{ place, mode: "native", expected }],
    });
    // between the look and the swap, with a pass program of its own
    const foreign = native.loadPass("foreign");
    const fd = native.openProgram(ours.program.id);
    native.inNetns(`/run/netns/${box}`, () =>
      native.xdpAttach({ ifindex: place.ifindex, mode: "native", programFd: foreign, expectedFd: fd }),
    );
    native.closeFd(fd);
    try {
      const now = native.inNetns(`/run/netns/${box}`, () => native.xdpQuery(place.ifindex));
      expect(await failureOf(helper.peer.request("attach.commit", { prepared }))).toMatchObject({
        ...{ kind: "foreign-program", program: now[0]?.programId, name: "foreign", mode: "native" },
        message: expect.stringContaining("by now: look again"),
      });
      const detach = { place, expected };
      expect(await failureOf(helper.peer.request("attach.detach", detach))).toMatchObject({ kind: "foreign-program" });
      expect(native.inNetns(`/run/netns/${box}`, () => native.xdpQuery(place.ifindex))).toEqual(now);
    } finally {
      native.closeFd(foreign);
      await execute("ip", ["-n", box, "link", "set", "dev", "port", "xdpdrv", "off"]);
    }
  });
});
