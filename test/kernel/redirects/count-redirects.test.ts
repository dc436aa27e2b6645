/** The redirect doctor through the real helper: each way to lose a packet provoked, counted, and told in words. */
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain } from "../../../main/redirects/explain.ts";
import { sayWay } from "../../../main/redirects/name-ends.ts";
import type { elevatedHelper } from "../../../protocol/helper-contracts.ts";
import type { RedirectCount } from "../../../protocol/redirects.ts";
import {
  buildHelper,
  type Connected,
  eventually,
  execute,
  failureOf,
  skipReason,
  startElevated,
} from "../helper/harness.ts";
import { createLedger } from "../../../helper/ledger.ts";
import { loadCounters } from "../../../helper/redirects/load-counters.ts";
import { keySize, readRows } from "../../../helper/redirects/rows.ts";
import { native } from "../native/support.ts";
import { makeStage, type Stage } from "./stage.ts";

describe.skipIf(skipReason !== "")("the redirect doctor", () => {
  let helper: Connected<typeof elevatedHelper>;
  let stage: Stage;
  /** ids of counting programs, of whatever workbench */
  const counting = (): number[] =>
    native.programIds().filter((id) => {
      try {
        return /^count_(exception|redirect|bulk|devmap|cpumap)/.test(native.programInfo(id).name);
      } catch {
        return false;
      }
    });

  beforeAll(async () => {
    stage = await makeStage();
    helper = await startElevated();
  });
  afterAll(async () => {
    await helper?.stop();
    stage?.remove();
  });

  /** counted from zero, what the stage's own interfaces do; what runs elsewhere on the machine is not looked at */
  const counted = async (
    happens: () => Promise<void>,
    there: (counts: readonly RedirectCount[]) => boolean,
  ): Promise<readonly RedirectCount[]> => {
    await helper.peer.request("redirects.start", {});
    try {
      await happens();
      const read = async (): Promise<readonly RedirectCount[]> => {
        const { counts } = await helper.peer.request("redirects.read", {});
        return counts.filter(
          ({ from, map }) => from?.place?.name === stage.port0.name || (from === null && map !== null),
        );
      };
      return await eventually(read, there, 5_000);
    } finally {
      await helper.peer.request("redirects.stop", {});
    }
  };
  const lost = (counts: readonly RedirectCount[]) =>
    counts
      .filter(({ drops }) => drops !== "0")
      .map((count) => ({ way: sayWay(count), drops: count.drops, title: explain(count).title }));
  const loses = (counts: readonly RedirectCount[]): boolean => lost(counts).length > 0;
  const fivePackets = (): Promise<void> => stage.send(5);
  const say = (end: { readonly name: string; readonly netns: string }): string => `${end.name} in ${end.netns}`;

  it("counts nothing before somebody asks", async () => {
    expect((await failureOf(helper.peer.request("redirects.read", {}))).kind).toBe("not-found");
  });

  it.each(["to_ifindex", "to_port"])(
    "a bare peer: %s loses every packet, and both remedies are offered",
    async (program) => {
      await stage.run(program);
      if (program === "to_port") stage.set("tx_ports", 0, 3);
      const counts = await counted(fivePackets, loses);
      expect(lost(counts)).toEqual([
        {
          way: `${say(stage.port0)} → ${say(stage.port1)}`,
          drops: "5",
          title: expect.stringMatching(/^target has no XDP program: (EOPNOTSUPP|ENXIO)$/),
        },
      ]);
      const [count] = counts;
      expect(count?.program?.name).toBe(program);
      expect(count?.target?.peer?.place).toEqual({
        netns: stage.receiver.netns,
        ifindex: stage.receiver.ifindex,
        name: stage.receiver.name,
      });
      if (count === undefined) return;
      expect(explain(count).remedies.map(({ run }) => run)).toEqual([
        { do: "attach-pass", place: count.target?.peer?.place },
        { do: "set-feature", place: count.target?.peer?.place, feature: "rx-gro", on: true },
      ]);
    },
  );

  it("the remedy of GRO makes them arrive", async () => {
    await stage.run("to_port");
    stage.set("tx_ports", 0, 3);
    const [bare] = await counted(fivePackets, loses);
    const run = bare === undefined ? null : explain(bare).remedies[1]?.run;
    if (run?.do !== "set-feature") throw new Error("GRO is not offered");
    await helper.peer.request("attach.fix", run);
    const sent = (counts: readonly RedirectCount[]) => counts.some(({ tracepoint }) => tracepoint === "devmap_xmit");
    const counts = await counted(fivePackets, sent);
    expect(lost(counts)).toEqual([]);
    expect(counts.map(({ tracepoint, packets }) => `${tracepoint} ${packets}`).toSorted()).toEqual([
      "devmap_xmit 5",
      "redirect 5",
    ]);
  });

  it("a target that is down, and one whose MTU is too small", async () => {
    const { netns, name } = stage.port1;
    await execute("ip", ["-n", netns, "link", "set", name, "mtu", "500"]);
    const long = await counted(() => stage.send(5, 1_000), loses);
    expect(lost(long)).toEqual([
      { way: `${say(stage.port0)} → ${say(stage.port1)}`, drops: "5", title: "longer than the target's MTU: EMSGSIZE" },
    ]);
    await execute("ip", ["-n", netns, "link", "set", name, "mtu", "1500"]);
    // a peer that runs a program keeps the veth's features where they are while it is down
    await execute("ip", ["-n", netns, "link", "set", name, "down"]);
    const down = await counted(fivePackets, loses);
    expect(lost(down)).toEqual([
      { way: `${say(stage.port0)} → ${say(stage.port1)}`, drops: "5", title: "target is down: ENETDOWN" },
    ]);
    const [remedy] = down.flatMap((count) => explain(count).remedies);
    expect(remedy?.run).toMatchObject({ do: "set-up", place: { name } });
    await execute("sh", ["-c", remedy?.command ?? ""]);
    const sent = (counts: readonly RedirectCount[]) => counts.some(({ tracepoint }) => tracepoint === "devmap_xmit");
    expect(lost(await counted(fivePackets, sent))).toEqual([]);
  });

  it("an interface that does not exist, an empty slot, programs that give up or return nonsense", async () => {
    const way = (): string => say(stage.port0);
    await stage.run("to_nowhere");
    expect(lost(await counted(fivePackets, loses))).toEqual([
      { way: `${way()} → ifindex 4711 (gone)`, drops: "5", title: "there is no such interface: EINVAL" },
    ]);
    await stage.run("to_port");
    expect(lost(await counted(fivePackets, loses))).toEqual([
      { way: way(), drops: "5", title: "aborted: perhaps an empty slot of tx_ports" },
    ]);
    await stage.run("gives_up");
    expect(lost(await counted(fivePackets, loses))).toEqual([
      { way: way(), drops: "5", title: "aborted by the program: XDP_ABORTED" },
    ]);
    await stage.run("seventy_seven", "skb");
    expect(lost(await counted(fivePackets, loses))).toEqual([{ way: way(), drops: "5", title: "unknown action 77" }]);
  });

  it("XDP_TX into a bare peer", async () => {
    await stage.run("back");
    const counts = await counted(fivePackets, loses);
    expect(lost(counts)).toEqual([
      { way: `${say(stage.port0)} → back out`, drops: "5", title: "the other end has no XDP program: ENXIO" },
    ]);
    const [remedy, ...others] = counts.flatMap((count) => explain(count).remedies);
    expect(remedy?.run).toMatchObject({
      do: "attach-pass",
      place: { name: stage.sender.name, netns: stage.sender.netns },
    });
    expect(others).toEqual([]);
  });

  it("a cpumap: what was queued for a CPU, and what its thread took", async () => {
    await stage.run("to_cpu");
    stage.set("cpus", 0, 64, 0);
    const taken = (counts: readonly RedirectCount[]) =>
      counts.some(({ tracepoint }) => tracepoint === "cpumap_kthread");
    const counts = await counted(fivePackets, taken);
    const own = counts.filter(({ map }) => map?.name === "cpus");
    expect(own.map((count) => `${count.tracepoint} ${sayWay(count)} ${count.packets}`).toSorted()).toEqual([
      "cpumap_enqueue cpumap cpus, CPU 0 5",
      "cpumap_kthread cpumap cpus, CPU 0 5",
      `redirect ${say(stage.port0)} → cpumap cpus, CPU 0 5`,
    ]);
    expect(lost(own)).toEqual([]);

    stage.set("cpus", 0, 64, await stage.load("drops"));
    const dropped = await counted(fivePackets, (all) => lost(all).some(({ drops }) => drops === "5"));
    expect(lost(dropped)).toEqual([{ way: "cpumap cpus, CPU 0", drops: "5", title: "dropped by the CPU's thread" }]);
  });

  it("says how many events found no place once its table is full", async () => {
    await stage.run("gives_up");
    const ledger = createLedger();
    await buildHelper();
    const { map } = await loadCounters({ native, ledger });
    try {
      const count = map.info.maxEntries - 1;
      const keys = Buffer.alloc(count * keySize, 0xff);
      for (let index = 0; index < count; index += 1) keys.writeUInt32LE(index, index * keySize + 4);
      map.updateBatch(keys, Buffer.alloc(count * map.valueStride), count);
      await stage.send(6);
      const read = async () => {
        const { keys: all, values } = await map.readBatch(null, 2_048);
        return readRows(all, values, map.valueStride).uncounted;
      };
      expect(await eventually(read, (uncounted) => uncounted >= 6n)).toBeGreaterThanOrEqual(6n);
    } finally {
      ledger.releaseAll();
    }
  });

  it("starts from zero, twice as once, and leaves nothing in the kernel after stop, nor after the helper is killed", async () => {
    const descriptors = async () => (await readdir(`/proc/${helper.process.pid}/fd`)).length;
    const before = await descriptors();
    const others = new Set(counting());
    const ours = (): number[] => counting().filter((id) => !others.has(id));
    await Promise.all([helper.peer.request("redirects.start", {}), helper.peer.request("redirects.start", {})]);
    const ids = ours();
    expect(ids.length).toBe(7);
    expect((await helper.peer.request("redirects.read", {})).uncounted).toBe("0");
    await helper.peer.request("redirects.stop", {});
    expect(await descriptors()).toBe(before);
    const left = (): number[] => counting().filter((id) => ids.includes(id));
    expect(await eventually(left, (gone) => gone.length === 0)).toEqual([]);

    await helper.peer.request("redirects.start", {});
    ids.push(...ours());
    helper.process.kill("SIGKILL");
    await helper.ended;
    expect(await eventually(left, (gone) => gone.length === 0)).toEqual([]);
  });
});
