/**
 * The router template changes its next hop under load, hundreds of times, by the same way as the window does it. Every packet
 * is counted wherever it may come to: at both next hops, at a third, with addresses that are of neither, in the router's own
 * network stack, and in what queues drop.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedObject } from "../../../helper/native/face.ts";
import { buildHelper, eventually, execute, root, skipReason, uniqueName } from "../helper/harness.ts";
import { compile, loading, native } from "../native/support.ts";
import { never, openRooms, u32of } from "./changing.ts";

const turns = 120;
const packetsASecond = 20_000;
const destination = [198, 51, 100, 10];
const route = { prefix: "198.51.100.0/24", key: Buffer.from([24, 0, 0, 0, 198, 51, 100, 0]) };
/** one for each next hop: of the frame that leaves towards it */
const sourceOf = (hop: number): number[] => [2, 0, 0, 0, 1, hop];
const targetOf = (hop: number): number[] => [2, 0, 0, 0, 2, hop];
const say = (mac: readonly number[]): string => mac.map((byte) => byte.toString(16).padStart(2, "0")).join(":");

/** Counts by the addresses of the frame: of hop 1, 2 or 3, or 0 where they are of no hop or of two. */
const counting = `
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } seen SEC(".maps");
SEC("xdp") int count_hops(struct xdp_md *ctx) {
  unsigned char *data = (void *)(long)ctx->data;
  if (data + 34 > (unsigned char *)(long)ctx->data_end || data[12] != 8 || data[13] != 0 || data[30] != 198) return XDP_PASS;
  __u32 key = 0;
  if (data[0] == 2 && data[4] == 2 && data[6] == 2 && data[10] == 1 && data[5] == data[11] && data[5] < 4) key = data[5];
  if (data[1] | data[2] | data[3] | data[7] | data[8] | data[9]) key = 0;
  __u64 *packets = bpf_map_lookup_elem(&seen, &key);
  if (packets) __sync_fetch_and_add(packets, 1);
  return XDP_DROP;
}`;

function buildRouter(folder: string): Buffer {
  const object = join(folder, "router.o");
  const include = `/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
  const source = join(root, "bpf-templates/ipv4-router/program.bpf.c");
  execFileSync("clang", ["-target", "bpf", "-O2", "-g", `-I${include}`, "-c", source, "-o", object]);
  return readFileSync(object);
}

function frame(): Buffer {
  const bytes = Buffer.alloc(60);
  bytes.set([2, 0, 0, 0, 9, 9, 2, 0, 0, 0, 9, 8, 8, 0, 0x45, 0, 0, 46], 0);
  bytes.set([64, 17], 22);
  bytes.set([192, 0, 2, 1, ...destination], 26);
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  bytes.writeUInt16BE(~sum & 0xffff, 24);
  return bytes;
}

describe.skipIf(skipReason !== "")(`the router's next hop ${skipReason}`, () => {
  const box = uniqueName();
  const hosts = [0, 1, 2, 3].map(() => uniqueName());
  const objects: LoadedObject[] = [];
  let state: string;
  let rooms: ReturnType<typeof openRooms>;
  let routes = 0;
  const seen: number[] = [];
  let sender = 0;

  const at = <T>(netns: string, run: () => T): T => native.inNetns(`/run/netns/${netns}`, run);
  const attach = async (netns: string, link: string, bytes: Buffer, program: string): Promise<LoadedObject> => {
    const loaded = await native.loadObject(loading(bytes, program));
    objects.push(loaded);
    at(netns, () =>
      native.xdpAttach({
        ...{ ifindex: native.ifindexOf(link), mode: "native" as const },
        ...{ programFd: loaded.programFd, expectedFd: null },
      }),
    );
    return loaded;
  };
  const numberAt = (map: number, key: number): number => {
    const handle = native.openMap(map);
    const value = handle.lookup(u32of(key));
    handle.close();
    return Number(value?.readBigUInt64LE() ?? 0n);
  };
  const hostCounts = (): number[][] => seen.map((map) => [0, 1, 2, 3].map((key) => numberAt(map, key)));
  /** what is sent on, and dropped because a queue is full */
  const dropped = async (): Promise<number> => {
    const { stdout } = await execute("ip", ["-n", box, "-s", "-j", "link", "show"]);
    const links = JSON.parse(stdout) as readonly { stats64: { rx: { dropped: number }; tx: { dropped: number } } }[];
    return links.reduce((sum, { stats64 }) => sum + stats64.rx.dropped + stats64.tx.dropped, 0);
  };
  const inStack = (): number => {
    const lines = at(box, () => readFileSync("/proc/self/net/snmp", "utf8")).split("\n");
    const [names = [], values = []] = lines.filter((line) => line.startsWith("Ip:")).map((line) => line.split(" "));
    return Number(values[names.indexOf("InReceives")]);
  };

  beforeAll(async () => {
    await buildHelper();
    await native.warmPool();
    state = mkdtempSync(join(tmpdir(), "xdpwt-hop-"));
    rooms = openRooms(state);
    await rooms.helpers.elevated("test");
    for (const name of [box, ...hosts]) await execute("ip", ["netns", "add", name]);
    for (const [index, host] of hosts.entries()) {
      const [port, end] = [`p${index}`, "eth"];
      await execute("ip", ["-n", box, "link", "add", port, "type", "veth", "peer", "name", end, "netns", host]);
      await execute("ip", ["-n", box, "link", "set", "dev", port, "addrgenmode", "none", "up"]);
      await execute("ip", ["-n", host, "link", "set", "dev", end, "addrgenmode", "none", "up"]);
      const loaded = await attach(host, end, compile(counting), "count_hops");
      seen.push(loaded.maps.find(({ name }) => name === "seen")?.id ?? 0);
    }
    const router = await attach(box, "p0", buildRouter(state), "xdp_router");
    const idOf = (name: string): number => router.maps.find((map) => map.name === name)?.id ?? 0;
    routes = idOf("routes");
    const ports = native.openMap(idOf("tx_ports"));
    at(box, () => {
      for (const hop of [1, 2, 3]) ports.update(u32of(hop), u32of(native.ifindexOf(`p${hop}`)), "any");
    });
    ports.close();
    const first = native.openMap(routes);
    first.update(route.key, Buffer.from([...u32of(1), ...sourceOf(1), ...targetOf(1), ...Buffer.alloc(8)]), "noexist");
    first.close();
    sender = at(hosts[0] ?? "", () => native.ifindexOf("eth"));
  });
  afterAll(async () => {
    await rooms?.helpers.close();
    for (const index of hosts.keys()) await execute("ip", ["-n", box, "link", "del", `p${index}`]);
    for (const name of [box, ...hosts]) await execute("ip", ["netns", "del", name]);
    for (const object of objects) object.close();
    rmSync(state, { recursive: true });
  });

  it(`changes ${turns} times, and not one packet goes to a third place`, async () => {
    let ends = false;
    let sent = 0;
    const sending = (async () => {
      const frames = frame();
      const burst = { netns: `/run/netns/${hosts[0]}`, ifindex: sender, frames, frameLength: frames.length };
      while (!ends) sent += (await native.sendFrames({ ...burst, count: 1000, rate: packetsASecond })).sent;
    })();
    const arrived = (): number =>
      hostCounts()
        .flat()
        .reduce((sum, packets) => sum + packets, 0);
    await eventually(arrived, (packets) => packets > 0, 10_000);
    let changes = 0;
    for (let turn = 0; turn < turns; turn++) {
      const hop = turn % 2 === 0 ? 2 : 1;
      const before = hostCounts()[hop]?.[hop] ?? 0;
      const cells = [null, `${hop}`, say(sourceOf(hop)), say(targetOf(hop)), null];
      const edits = [{ do: "replace" as const, key: route.key.toString("base64"), cells }];
      const { rows } = await rooms.handlers["maps.stage"]({ id: routes, netns: null, edits }, { token: never });
      const [row] = rows;
      if (row?.is !== "change") throw new Error(`staged: ${JSON.stringify(row)}`);
      // packets are counted in the same value meanwhile: that is no conflict
      const report = await rooms.handlers["maps.apply"](
        { id: routes, netns: null, title: "next hop", changes: [row.change] },
        { token: never },
      );
      expect(report).toMatchObject({ done: 1, already: 0, conflictCount: 0, ended: null });
      changes += 1;
      const after = await eventually(
        () => hostCounts()[hop]?.[hop] ?? 0,
        (packets) => packets > before,
        10_000,
      );
      expect(after).toBeGreaterThan(before);
    }
    // taken back under load, too: the count has moved on, the hop has not
    const before = hostCounts()[1]?.[1] ?? 0;
    const cells = [null, "2", say(sourceOf(2)), say(targetOf(2)), null];
    const edits = [{ do: "replace" as const, key: route.key.toString("base64"), cells }];
    const { rows } = await rooms.handlers["maps.stage"]({ id: routes, netns: null, edits }, { token: never });
    const change = rows[0]?.is === "change" ? [rows[0].change] : [];
    const { guard } = await rooms.handlers["maps.apply"](
      { id: routes, netns: null, title: "next hop", changes: change, confirm: 60 },
      { token: never },
    );
    const peer = await rooms.helpers.elevated("test");
    const settled = await peer.request("guards.rollBack", { guard: guard?.guard ?? "" });
    expect(settled).toMatchObject({ state: "rolled-back", words: expect.stringMatching(/1 row of routes as before$/) });
    expect(
      await eventually(
        () => hostCounts()[1]?.[1] ?? 0,
        (packets) => packets > before,
        10_000,
      ),
    ).toBeGreaterThan(before);
    ends = true;
    await sending;
    const [total, lost] = await eventually(
      async () => [arrived(), await dropped()] as const,
      ([packets, drops]) => packets + drops >= sent,
    );
    const counts = hostCounts();
    const right = (counts[1]?.[1] ?? 0) + (counts[2]?.[2] ?? 0);
    console.log(
      `${changes} changes under ${sent} packets: ${right} at the two next hops, ${total - right} elsewhere, ${lost} dropped`,
    );
    expect(counts[0]).toEqual([0, 0, 0, 0]);
    expect(counts[1]?.with(1, 0)).toEqual([0, 0, 0, 0]);
    expect(counts[2]?.with(2, 0)).toEqual([0, 0, 0, 0]);
    expect(counts[3]).toEqual([0, 0, 0, 0]);
    expect(inStack()).toBe(0);
    expect(right + lost).toBe(sent);
    expect(Math.min(counts[1]?.[1] ?? 0, counts[2]?.[2] ?? 0)).toBeGreaterThan(0);
  });
});
