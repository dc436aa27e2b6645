/** A verifier that is at it for long, and nobody who waits for it any more: through the real process. */
import { CancellationTokenSource } from "vscode-jsonrpc";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { elevatedHelper } from "../../../protocol/helper-contracts.ts";
import { slowToVerify, untilIdle, untilVerifying } from "../slow-to-verify.ts";
import { type Connected, execute, failureOf, skipReason, startElevated, startPlain, uniqueName } from "./harness.ts";

const quick = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int passes(struct xdp_md *ctx) { return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
`;

describe.skipIf(skipReason !== "")("a verifier that nobody waits for", () => {
  const program = `slow_${uniqueName()}`;
  let helper: Connected<typeof elevatedHelper>;
  let slow = { object: "", name: "slow", program, asXdp: false };
  let passes = { object: "", name: "quick", program: "passes", asXdp: false };

  beforeAll(async () => {
    const plain = await startPlain();
    const build = async (text: string) =>
      (await plain.peer.request("build.compile", { path: "/tmp/xdpwt-slow.c", text, emit: "obj" })).output ?? "";
    slow = { ...slow, object: await build(slowToVerify(program)) };
    passes = { ...passes, object: await build(quick) };
    await plain.stop();
    helper = await startElevated();
  });
  afterAll(() => helper.stop());

  const isLoaded = async () =>
    (await helper.peer.request("programs.list", {})).programs.some(({ name }) => name === program.slice(0, 15));
  /** begins it, waits until the verifier is at it, cancels, and says what came of it */
  const cancelled = async (begin: (source: CancellationTokenSource) => Promise<unknown>) => {
    const source = new CancellationTokenSource();
    const failure = failureOf(begin(source));
    await untilVerifying(helper.process.pid ?? 0);
    source.cancel();
    return failure;
  };

  it("stops when a judgement is cancelled, and goes on to the next", async () => {
    const failure = await cancelled((source) => helper.peer.request("verify.judge", slow, source.token));
    expect(failure).toEqual({ kind: "cancelled", message: `load ${program}: cancelled` });
    await untilIdle(helper.process.pid ?? 0);
    expect(await isLoaded()).toBe(false);
    expect(await helper.peer.request("verify.judge", passes)).toMatchObject({ accepted: true });
  });

  it("stops as often as there are newer edits", async () => {
    const sources = Array.from({ length: 6 }, () => new CancellationTokenSource());
    const judged = sources.map((source) => failureOf(helper.peer.request("verify.judge", slow, source.token)));
    await untilVerifying(helper.process.pid ?? 0);
    for (const source of sources) source.cancel();
    expect((await Promise.all(judged)).map(({ kind }) => kind)).toEqual(judged.map(() => "cancelled"));
    expect(await helper.peer.request("verify.judge", passes)).toMatchObject({ accepted: true });
  });

  it("stops before a packet test, and before anything is attached", async () => {
    const one = { entries: [], before: [], packet: Buffer.alloc(64).toString("base64"), context: null, read: [] };
    const packets = { ...slow, netns: null, cases: [one] };
    expect((await cancelled((source) => helper.peer.request("packets.run", packets, source.token))).kind).toBe(
      "cancelled",
    );
    const [netns, link, peer] = [uniqueName(), uniqueName(), uniqueName()];
    await execute("ip", ["netns", "add", netns]);
    try {
      await execute("ip", ["-n", netns, "link", "add", "name", link, "type", "veth", "peer", "name", peer]);
      const shown = async () =>
        JSON.parse((await execute("ip", ["-n", netns, "-j", "link", "show", link])).stdout) as {
          ifindex: number;
          xdp?: unknown;
        }[];
      const place = { netns, ifindex: (await shown())[0]?.ifindex ?? 0, name: link };
      const params = { ...slow, place, mode: "native" as const, expected: null };
      expect((await cancelled((source) => helper.peer.request("attach.attach", params, source.token))).kind).toBe(
        "cancelled",
      );
      expect((await shown())[0]?.xdp).toBeUndefined();
    } finally {
      await execute("ip", ["-n", netns, "link", "del", link]).catch(() => undefined);
      await execute("ip", ["netns", "del", netns]);
    }
    expect(await isLoaded()).toBe(false);
  });

  it("does not keep the process when its connection ends", async () => {
    const other = await startElevated();
    const judged = other.peer.request("verify.judge", slow).catch(() => "gone");
    await untilVerifying(other.process.pid ?? 0);
    other.socket?.destroy();
    expect(await other.ended).toEqual({ code: 0, signal: null });
    expect(await judged).toBe("gone");
    expect(await isLoaded()).toBe(false);
  });
});
