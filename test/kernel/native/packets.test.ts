import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Pair } from "./support.ts";
import {
  failureOf,
  loading,
  makePair,
  native,
  openDescriptors,
  rejectionOf,
  sh,
  compile,
  unavailable,
  until,
} from "./support.ts";

/** An Ethernet frame of an experimental type, with a number in its body. */
function frame(number: number, vlan = false): Buffer {
  const tag = vlan ? "81000064" : "";
  const head = Buffer.from(`02000000000202000000000${1}${tag}88b5`, "hex");
  const body = Buffer.alloc(60 - head.length);
  body.writeUInt32BE(number);
  return Buffer.concat([head, body]);
}

const experimental = { offset: 12, bytes: Buffer.from("88b5", "hex") };
const numbered = (number: number) => ({ offset: 14, bytes: frame(number).subarray(14, 18) });

describe.skipIf(unavailable)("frames over a veth pair", () => {
  let pair: Pair;
  const send = (frames: Buffer[], count: number, rate: number) =>
    native.sendFrames({
      netns: pair.path,
      ifindex: pair.leftIfindex,
      frames: Buffer.concat(frames),
      frameLength: 60,
      count,
      rate,
    });

  beforeAll(async () => {
    await native.warmPool();
    pair = makePair();
  });
  afterAll(() => pair.remove());

  it("counts each of 1000 frames, by pattern, and none of its own outgoing", async () => {
    const patterns = [[experimental], [experimental, numbered(1)], [numbered(99)], []];
    const there = native.countFrames({ netns: pair.path, ifindex: pair.rightIfindex, patterns });
    const here = native.countFrames({ netns: pair.path, ifindex: pair.leftIfindex, patterns });
    const { sent, nanoseconds } = await send([frame(0), frame(1)], 1000, 0);
    expect(sent).toBe(1000);
    expect(nanoseconds).toBeGreaterThan(0n);
    await until(() => there.counts()[0] === 1000);
    expect(there.counts().slice(0, 3)).toEqual([1000, 500, 0]);
    expect(there.dropped()).toBe(0);
    expect(here.counts()[0]).toBe(0);
    there.close();
    there.close();
    here.close();
    expect(there.counts()[1]).toBe(500);
  });

  it("keeps to a rate", async () => {
    const { sent, nanoseconds } = await send([frame(0)], 1000, 5000);
    expect(sent).toBe(1000);
    const seconds = Number(nanoseconds) / 1e9;
    expect(seconds).toBeGreaterThan(0.19);
    expect(seconds).toBeLessThan(0.4);
  });

  it("puts VLAN tags back before it compares", async () => {
    const tagged = [[{ offset: 12, bytes: Buffer.from("8100006488b5", "hex") }]];
    const counter = native.countFrames({ netns: pair.path, ifindex: pair.rightIfindex, patterns: tagged });
    await send([frame(5, true)], 10, 0);
    await until(() => counter.counts()[0] === 10);
    expect(counter.counts()).toEqual([10]);
    counter.close();
  });

  it("does not hold up loads while it sends slowly", async () => {
    const bytes = compile(`SEC("xdp") int quick(struct xdp_md *ctx) { return XDP_PASS; }`);
    let over = 0;
    const sends = Array.from({ length: 6 }, () => send([frame(0)], 50, 100).then(() => (over += 1)));
    const loaded = await native.loadObject(loading(bytes, "quick"));
    expect(over).toBe(0);
    loaded.close();
    await Promise.all(sends);
  });

  it("fails when the interface goes down or was never there", async () => {
    const going = rejectionOf(send([frame(0)], 100_000, 1000));
    await new Promise((resolve) => setTimeout(resolve, 100));
    sh("ip", "-n", pair.netns, "link", "set", pair.left, "down");
    const error = await going;
    expect(error.code).toBe("ENETDOWN");
    expect(error.done).toBeGreaterThan(10);
    sh("ip", "-n", pair.netns, "link", "set", pair.left, "up");

    const nowhere = { netns: pair.path, ifindex: 999_999, frames: frame(0), frameLength: 60, count: 1, rate: 0 };
    expect((await rejectionOf(native.sendFrames(nowhere))).code).toBe("ENODEV");
    expect(failureOf(() => native.countFrames({ ...nowhere, patterns: [] })).code).toBe("ENODEV");
    expect(() => native.sendFrames({ ...nowhere, frameLength: 61 })).toThrow(TypeError);
  });

  it("leaves no descriptor behind", async () => {
    const before = openDescriptors();
    for (let i = 0; i < 20; i += 1) {
      const counter = native.countFrames({ netns: pair.path, ifindex: pair.rightIfindex, patterns: [] });
      await send([frame(0)], 1, 0);
      counter.close();
    }
    await until(() => openDescriptors() === before);
    expect(openDescriptors()).toBe(before);
  });
});
