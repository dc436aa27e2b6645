/** The helper's packets.run: what the kernel does with a case, and what is left behind, which is nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PacketCase } from "../../../protocol/packets.ts";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import {
  buildHelper,
  type Connected,
  eventually,
  execute,
  failureOf,
  skipReason,
  startElevated,
  uniqueName,
} from "../helper/harness.ts";
import { compile, native } from "../native/support.ts";
import type { elevatedHelper } from "../../../protocol/helper-contracts.ts";

const source = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __type(key, __u32); __type(value, __u64); __uint(max_entries, 4); } counts SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_HASH); __type(key, __u32); __type(value, __u64); __uint(max_entries, 4); } percpu SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __type(key, __u32); __type(value, __u32); __uint(max_entries, 4); } ports SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_XSKMAP); __type(key, __u32); __type(value, __u32); __uint(max_entries, 4); } xsks SEC(".maps");
/* the first byte of the packet says what to do */
SEC("xdp") int obey(struct xdp_md *ctx) {
  unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  __u32 key = 1, queue = ctx->rx_queue_index, from = ctx->ingress_ifindex;
  __u64 *count, *mine;
  if (data + 14 > end) return XDP_ABORTED;
  count = bpf_map_lookup_elem(&counts, &key);
  if (count) *count += 1;
  mine = bpf_map_lookup_elem(&percpu, &key);
  if (mine) *mine += 1;
  switch (data[0]) {
  case 1: return XDP_DROP;
  case 2: return bpf_redirect_map(&ports, 0, XDP_ABORTED);
  case 3: return bpf_redirect_map(&xsks, queue, XDP_ABORTED);
  case 4: data[13] = from; return XDP_TX;
  case 5: return bpf_xdp_adjust_head(ctx, -100) ? XDP_ABORTED : XDP_TX;
  case 6: return bpf_xdp_adjust_head(ctx, 10) ? XDP_ABORTED : XDP_TX;
  case 7: return 77;
  default: return XDP_PASS;
  }
}
SEC("xdp") int bad(struct xdp_md *ctx) { return *(unsigned char *)(long)ctx->data; }
`;

const packet = (first: number, length = 60): string => {
  const bytes = Buffer.alloc(length);
  bytes[0] = first;
  return bytes.toString("base64");
};
const u32 = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString("base64");
};
const u64 = (...values: bigint[]): string => {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64LE(value, index * 8);
  return bytes.toString("base64");
};
const aCase = (first: number, more: Partial<PacketCase> = {}): PacketCase => ({
  packet: packet(first),
  before: [],
  context: null,
  entries: [],
  read: [],
  ...more,
});

describe.skipIf(skipReason !== "")(`packets.run ${skipReason}`, () => {
  let helper: Connected<typeof elevatedHelper>;
  let object = "";
  beforeAll(async () => {
    await buildHelper();
    helper = await startElevated();
    object = compile(source).toString("base64");
  });
  afterAll(() => helper.stop());

  const request = (cases: readonly PacketCase[], more: { program?: string; netns?: string } = {}) =>
    helper.peer.request("packets.run", {
      object,
      name: "test",
      program: more.program ?? "obey",
      asXdp: false,
      cases: [...cases],
      netns: more.netns ?? null,
    });
  const outcome = async (one: PacketCase, more = {}) => {
    const [first] = (await request([one], more)).outcomes;
    if (first === undefined) throw new Error("no outcome");
    return first;
  };

  it("tells action and packet of each case, in order", async () => {
    const { outcomes } = await request([aCase(0), aCase(1), aCase(4), aCase(7)]);
    expect(outcomes.map((one) => one.ran && one.action)).toEqual([2, 1, 3, 77]);
    const [, , changed] = outcomes;
    // the loopback is where a packet comes in
    expect(changed?.ran && Buffer.from(changed.packet, "base64")[13]).toBe(1);
  });

  it("gives back a packet that grew or shrank", async () => {
    const lengths = (await request([aCase(5), aCase(6)])).outcomes.map(
      (one) => one.ran && Buffer.from(one.packet, "base64").length,
    );
    expect(lengths).toEqual([160, 50]);
  });

  it("runs packets before, and starts each case with empty maps", async () => {
    const read = [{ map: "counts", key: u32(1) }];
    const before = [
      { packet: packet(0), count: 3 },
      { packet: packet(1), count: 1 },
    ];
    const { outcomes } = await request([aCase(0, { before, read }), aCase(0, { read })]);
    expect(outcomes.map((one) => one.ran && one.values)).toEqual([[u64(5n)], [u64(1n)]]);
  });

  it("writes entries, reads entries, and knows one that is not there", async () => {
    const cpus = native.possibleCpus();
    const zeros = u64(...Array.from({ length: cpus }, () => 0n));
    const one = await outcome(
      aCase(0, {
        entries: [
          { map: "counts", key: u32(1), value: u64(41n) },
          { map: "percpu", key: u32(1), value: zeros },
        ],
        read: [
          { map: "counts", key: u32(1) },
          { map: "percpu", key: u32(1) },
          { map: "percpu", key: u32(2) },
        ],
      }),
    );
    if (!one.ran) throw new Error(one.message);
    const [counts, percpu, missing] = one.values;
    expect([counts, missing]).toEqual([u64(42n), null]);
    const values = new BigUint64Array(Uint8Array.from(Buffer.from(percpu ?? "", "base64")).buffer);
    expect(values.reduce((sum, value) => sum + value, 0n)).toBe(1n);
  });

  it("redirects to a device and to a socket, delivering nothing", async () => {
    const device = { map: "ports", key: u32(0), value: u32(1) };
    const socket = { map: "xsks", key: u32(0), value: null };
    const { outcomes } = await request([
      aCase(2, { entries: [device] }),
      aCase(2),
      aCase(3, { entries: [socket] }),
      aCase(3),
    ]);
    expect(outcomes.map((one) => one.ran && one.action)).toEqual([4, 0, 4, 0]);
  });

  it("says of one case why it cannot be run, and goes on", async () => {
    const entry = { map: "counts", key: u32(1), value: u64(1n) };
    const { outcomes } = await request([
      aCase(0, { entries: [{ ...entry, map: "none" }] }),
      aCase(0, { entries: [{ ...entry, key: "AA==" }] }),
      aCase(0, { entries: [{ ...entry, value: "AA==" }] }),
      aCase(0, { entries: [{ ...entry, value: null }] }),
      aCase(0, { entries: [{ ...entry, key: u32(4) }] }),
      aCase(0, { entries: [{ map: "ports", key: u32(0), value: u32(0x7fff_ffff) }] }),
      aCase(0, { read: [{ map: "none", key: u32(0) }] }),
      aCase(0, { packet: Buffer.alloc(13).toString("base64") }),
      aCase(0, { context: { ifindex: 1, queue: 5 } }),
      aCase(0, { context: { ifindex: 0x7fff_ffff, queue: 0 } }),
      aCase(1),
    ]);
    expect(outcomes.map((one) => (one.ran ? "" : one.message))).toEqual([
      "the object has no map none",
      "key of map counts: it has 4 bytes, not 1",
      "value of map counts: it has 8 bytes, not 1",
      "map counts takes no AF_XDP socket: it is no xskmap",
      expect.stringContaining("set an entry of map counts: Argument list too long (E2BIG)"),
      expect.stringContaining("set an entry of map ports: "),
      "the object has no map none",
      "a packet has 14 to 65536 bytes, not 13",
      expect.stringContaining("does it have that receive queue?"),
      expect.stringContaining("is there such an interface"),
      "",
    ]);
  });

  it("takes a packet of 64 KiB where the kernel takes fragments, and says so where not", async () => {
    const one = await outcome(aCase(0, { packet: packet(0, 65_536) }));
    if (one.ran) expect(Buffer.from(one.packet, "base64").length).toBe(65_536);
    else expect(one.message).toContain("make it shorter");
  });

  it("looks interfaces up in the namespace that it is given", async () => {
    const netns = uniqueName();
    await execute("ip", ["netns", "add", netns]);
    try {
      await execute("ip", [
        "-n",
        netns,
        "link",
        "add",
        `${netns}d`,
        "index",
        "4242",
        "type",
        "veth",
        "peer",
        `${netns}e`,
      ]);
      const entries = [{ map: "ports", key: u32(0), value: u32(4242) }];
      const context = { ifindex: 4242, queue: 0 };
      expect(await outcome(aCase(2, { entries, context }), { netns })).toMatchObject({ ran: true, action: 4 });
      expect(await outcome(aCase(2, { entries }))).toMatchObject({ ran: false });
    } finally {
      await execute("ip", ["-n", netns, "link", "del", `${netns}d`]).catch(() => undefined);
      await execute("ip", ["netns", "del", netns]);
    }
    expect(await failureOf(request([aCase(0)], { netns }))).toMatchObject({ kind: "not-found" });
  });

  it("refuses what cannot be loaded, by name", async () => {
    expect(await failureOf(request([aCase(0)], { program: "bad" }))).toMatchObject({
      kind: "rejected",
      log: expect.stringContaining("invalid access to packet"),
    });
    expect(await failureOf(request([aCase(0)], { program: "gone" }))).toMatchObject({ kind: "not-found" });
  });

  it("refuses too much by schema", async () => {
    const tooMany = Array.from({ length: 1001 }, () => aCase(0));
    expect(await failureOf(request(tooMany))).toMatchObject({ kind: "invalid-message" });
    const long = aCase(0, { packet: packet(0, 65_540) });
    expect(await failureOf(request([long]))).toMatchObject({ kind: "invalid-message" });
    const often = aCase(0, { before: [{ packet: packet(0), count: 1001 }] });
    expect(await failureOf(request([often]))).toMatchObject({ kind: "invalid-message" });
  });

  it("ends early when it is cancelled", async () => {
    const cancelling = new CancellationTokenSource();
    const cases = Array.from({ length: 1000 }, () => aCase(0, { before: [{ packet: packet(0), count: 100 }] }));
    const params = { object, name: "test", program: "obey", asXdp: false, cases, netns: null };
    const running = helper.peer.request("packets.run", params, cancelling.token);
    setTimeout(() => cancelling.cancel(), 100);
    expect(await failureOf(running)).toMatchObject({ kind: "cancelled" });
  });

  it("leaves no program, no map and no descriptor behind", async () => {
    const { pid } = await helper.peer.request("helper.describe", {});
    const { readdirSync } = await import("node:fs");
    const descriptors = (): number => readdirSync(`/proc/${pid}/fd`).length;
    await request([aCase(0)]);
    const before = descriptors();
    const socket = { map: "xsks", key: u32(0), value: null };
    await request(Array.from({ length: 20 }, () => aCase(3, { entries: [socket] })));
    expect(descriptors()).toBe(before);
    const ours = async () =>
      (await helper.peer.request("programs.list", {})).programs.filter(({ name }) => name === "obey");
    expect(await eventually(ours, (left) => left.length === 0)).toEqual([]);
  });
});
