/** What a guard decides, through a whole workbench: by word, by deadline, and where others were quicker. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { leaveRendezvous, listenAsGuard } from "../../../helper/guard/rendezvous.ts";
import { socketPipe } from "../../../main/helpers/socket-pipe.ts";
import type { Guard } from "../../../protocol/guard.ts";
import { connectPeer } from "../../../protocol/peer.ts";
import { buildHelper, eventually, failureOf, skipReason, uniqueName } from "../helper/harness.ts";
import { compile, native } from "../native/support.ts";
import {
  attachedAt,
  attachForeign,
  detach,
  type Main,
  makePorts,
  openStage,
  type Ports,
  type Stage,
  type Window,
} from "./stage.ts";

describe.skipIf(skipReason !== "")("a guard", () => {
  let stage: Stage;
  let ports: Ports;
  let main: Main;
  let window: Window;
  const program = uniqueName();

  beforeAll(async () => {
    await native.warmPool();
    await buildHelper();
    stage = await openStage(compile(`SEC("xdp") int ${program}(struct xdp_md *ctx) { return XDP_PASS; }`));
    ports = makePorts(11);
    main = await stage.startMain();
    window = await main.open();
  });
  afterAll(async () => {
    main.process.kill("SIGKILL");
    await main.ended;
    await stage.dismiss(ports.places);
    ports.remove();
    await stage.end();
  });

  const at = (index: number) => ports.places[index] ?? { netns: ports.netns, name: "none", ifindex: 1 };
  const attach = async (places: readonly number[], seconds: number, replace: readonly number[] = []) => {
    const done = await window.request("attach.attachAll", {
      ...{ input: { path: stage.source, text: null }, program: null, mode: "native" },
      ...{ places: places.map(at), replace: [...replace], confirmWithin: seconds },
    });
    if (done.guard === null) throw new Error("no guard");
    return { guard: done.guard, id: done.guard.targets[0]?.program.id ?? 0 };
  };
  const settled = async ({ guard }: Guard): Promise<Guard | undefined> =>
    eventually(
      async () => (await window.request("guards.list", {})).guards.find((one) => one.guard === guard),
      (one) => one !== undefined && one.state !== "waiting",
      20_000,
    );

  it("keeps what is confirmed, from another workbench too, and says so to all", async () => {
    const { guard, id } = await attach([0], 600);
    await window.request("guards.list", {});
    const other = await stage.startMain("another-state");
    const confirmed = await (await other.open()).request("guards.confirm", { guard: guard.guard });
    expect(confirmed).toMatchObject({ state: "confirmed", secondsLeft: 0 });
    other.process.kill("SIGKILL");
    await other.ended;
    expect(attachedAt(at(0))).toEqual([{ mode: "native", id }]);
    expect(await settled(guard)).toMatchObject({ state: "confirmed" });
    // a second word changes nothing
    expect(await window.request("guards.rollBack", { guard: guard.guard })).toMatchObject({ state: "confirmed" });
    expect(
      await eventually(
        () => stage.guards([at(0)]),
        (left) => left.length === 0,
        10_000,
      ),
    ).toEqual([]);
    expect(attachedAt(at(0))).toEqual([{ mode: "native", id }]);
  });

  it("of another version is not understood, and keeps nobody from attaching", async () => {
    const stranger = await listenAsGuard("0123456789abcdef", (socket) => {
      const serves = { "guard.describe": { params: z.strictObject({}), result: z.strictObject({ odd: z.boolean() }) } };
      connectPeer(
        socketPipe(socket),
        {},
        {
          ...{ serves, sends: {}, hears: {} },
          handlers: { "guard.describe": async () => ({ odd: true }) },
        },
      );
    });
    try {
      const { guards } = await window.request("guards.list", {});
      expect(guards.map((one) => one.guard)).not.toContain("0123456789abcdef");
      const { guard, id } = await attach([10], 600);
      expect(attachedAt(at(10))).toEqual([{ mode: "native", id }]);
      expect(await window.request("guards.rollBack", { guard: guard.guard })).toMatchObject({ state: "rolled-back" });
    } finally {
      stranger.close();
      leaveRendezvous("0123456789abcdef");
    }
  });

  it("rolls several places back on request, each to what it had", async () => {
    const before = attachForeign(at(1), "skb");
    const { guard } = await attach([1, 2], 600, [before.id]);
    expect(await window.request("guards.rollBack", { guard: guard.guard })).toMatchObject({ state: "rolled-back" });
    expect([attachedAt(at(1)), attachedAt(at(2))]).toEqual([[before], []]);
  });

  it("attaches to all places or to none", async () => {
    const foreign = attachForeign(at(3), "native");
    expect(await failureOf(attach([2, 3], 600))).toMatchObject({ kind: "foreign-program" });
    expect([attachedAt(at(2)), attachedAt(at(3))]).toEqual([[], [foreign]]);
  });

  it.each([
    ["with a deadline", { confirmWithin: 600 }],
    ["without", {}],
  ])("puts back what was replaced where a later place refuses half-way, %s", async (_, confirm) => {
    const [bare, same, other, refusing] = [7, 8, 9, 10] as const;
    const before = [attachForeign(at(same), "native"), attachForeign(at(other), "skb")];
    execFileSync("ip", ["-n", ports.netns, "link", "set", `${ports.netns}r${refusing}`, "mtu", "9000"]);
    const places = [bare, same, other, refusing].map(at);
    const was = places.map(attachedAt);
    expect(was).toEqual([[], ...before.map((one) => [one]), []]);
    const attaching = window.request("attach.attachAll", {
      ...{ input: { path: stage.source, text: null }, program: null, mode: "native", places, ...confirm },
      replace: before.map(({ id }) => id),
    });
    expect(await failureOf(attaching)).toMatchObject({
      ...{ kind: "kernel", code: "ERANGE", extack: "veth: Peer MTU is too large to set XDP" },
      refused: { place: { name: at(refusing).name } },
    });
    expect(places.map(attachedAt)).toEqual(was);
    const { guards } = await window.request("guards.list", {});
    expect(guards.filter(({ state, targets }) => state === "waiting" && targets.length === 4)).toEqual([]);
    for (const [index, one] of before.entries()) detach(at(same + index), one);
  });

  it("leaves alone what somebody else attached by then, and an interface that is gone", async () => {
    const { guard, id } = await attach([4], 2);
    detach(at(4), { mode: "native", id });
    const third = attachForeign(at(4), "skb", "xdpwt_third");
    const gone = await attach([5], 2);
    execFileSync("ip", ["-n", ports.netns, "link", "del", at(5).name]);
    expect(await settled(guard)).toMatchObject({ state: "left-alone", words: expect.stringContaining("xdpwt_third") });
    expect(await settled(gone.guard)).toMatchObject({ state: "left-alone", words: expect.stringContaining("is gone") });
    expect(attachedAt(at(4))).toEqual([third]);
  });

  it("that is replaced by another attach of ours hands on what was confirmed last", async () => {
    const first = await attach([6], 600);
    const second = await attach([6], 600);
    expect(await settled(first.guard)).toMatchObject({ state: "left-alone" });
    expect(second.guard.targets).toMatchObject([{ previous: null }]);
    expect(await window.request("guards.rollBack", { guard: second.guard.guard })).toMatchObject({
      state: "rolled-back",
    });
    expect(attachedAt(at(6))).toEqual([]);
  });
});
