/** Programs that entries of devmaps and cpumaps run, and programs with fragments: loaded, used, and shown. */
import "vscode-jsonrpc/node";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { attachInput } from "../../../main/attach/attach-input.ts";
import { type Attachments, openAttachments } from "../../../main/attach/attachments.ts";
import { detachPlace } from "../../../main/attach/detach-place.ts";
import { createHelperPool, type ElevatedPeer, type HelperPool } from "../../../main/helpers/helper-pool.ts";
import { openJournals } from "../../../main/maps/staged/journal.ts";
import { openMapShapes } from "../../../main/rows/map-shapes.ts";
import { openChanges } from "../../../main/maps/staged/open-changes.ts";
import { readTable } from "../../../main/maps/read-table.ts";
import { setEntry } from "../../../main/maps/set-entry.ts";
import type { Attachment } from "../../../protocol/attach.ts";
import type { Place } from "../../../protocol/interfaces.ts";
import { buildHelper, eventually, execute, failureOf, skipReason, uniqueName } from "../helper/harness.ts";
import { never } from "../maps/changing.ts";
import { native } from "../native/support.ts";
import { headers, license, mapOf } from "../reload/stage.ts";

/** `in` redirects to `out`, whose entry runs a program; or to a CPU, whose entry runs another */
const source = (section: string, more = "") => `${headers}
#define count(at, by) ({ __u32 key = (at); __u64 *seen = bpf_map_lookup_elem(&counts, &key); if (seen) __sync_fetch_and_add(seen, (by)); })
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 8); __type(key, __u32); __type(value, __u64); } counts SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } own SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __uint(max_entries, 4); __type(key, __u32); __type(value, struct bpf_devmap_val); } tx_ports SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_CPUMAP); __uint(max_entries, 4); __type(key, __u32); __type(value, struct bpf_cpumap_val); } cpus SEC(".maps");
volatile int to_cpu = 0;
SEC("${section}") int xdp_forward(struct xdp_md *ctx) {
  count(0, 1);
  return to_cpu ? bpf_redirect_map(&cpus, 0, XDP_DROP) : bpf_redirect_map(&tx_ports, 1, XDP_DROP);
}
SEC("${section}/devmap") int xdp_egress(struct xdp_md *ctx) {
  __u32 key = 0;
  __u64 *mine = bpf_map_lookup_elem(&own, &key);
  if (mine) __sync_fetch_and_add(mine, 1);
  count(1, 1);
  count(3, bpf_xdp_get_buff_len(ctx));
  count(4, ctx->data_end - ctx->data);
  char *data = (void *)(long)ctx->data;
  if (data + 20 > (char *)(long)ctx->data_end) return XDP_DROP;
  data[19] = ctx->egress_ifindex;
  return XDP_PASS;
}
SEC("${section}/cpumap") int xdp_on_cpu(struct xdp_md *ctx) { count(2, 1); return XDP_DROP; }
${more}
${license}`;

const [box, host] = [uniqueName(), uniqueName()];
let folder: string;
let helpers: HelperPool;
let peer: ElevatedPeer;
let attachments: Attachments;
let places: Readonly<Record<"in" | "out" | "a" | "b", Place>>;

beforeAll(async () => {
  if (skipReason !== "") return;
  await buildHelper();
  await native.warmPool();
  folder = mkdtempSync(join(tmpdir(), "xdpwt-entries-"));
  for (const name of [box, host]) await execute("ip", ["netns", "add", name]);
  for (const [name, other] of [
    ["in", "a"],
    ["out", "b"],
  ] as const) {
    await execute("ip", ["-n", box, "link", "add", name, "type", "veth", "peer", "name", other, "netns", host]);
    for (const [netns, link] of [
      [box, name],
      [host, other],
    ] as const) {
      await execute("ip", ["-n", netns, "link", "set", "dev", link, "addrgenmode", "none", "mtu", "9000", "up"]);
    }
  }
  // without it a veth drops what is redirected into its other end
  await execute("nsenter", [`--net=/run/netns/${host}`, "ethtool", "-K", "b", "gro", "on"]);
  helpers = createHelperPool({ asking: { terminal: false }, changed: () => undefined, progress: () => undefined });
  attachments = openAttachments(folder);
  peer = await helpers.elevated("test");
  const { interfaces } = await peer.request("interfaces.list", {});
  const find = (netns: string, name: string): Place => {
    const device = interfaces.find((one) => one.netns === netns && one.name === name);
    return { netns, name, ifindex: device?.ifindex ?? 0 };
  };
  places = { in: find(box, "in"), out: find(box, "out"), a: find(host, "a"), b: find(host, "b") };
});
afterAll(async () => {
  await helpers?.close();
  if (skipReason !== "") return;
  await execute("ip", ["-n", box, "link", "del", "in"]);
  await execute("ip", ["-n", box, "link", "del", "out"]);
  for (const name of [box, host]) await execute("ip", ["netns", "del", name]);
  rmSync(folder, { recursive: true, force: true });
});
beforeEach((context) => context.skip(skipReason !== "", skipReason));

const attach = async (text: string, globals: { name: string; value: string }[] = []): Promise<Attachment> => {
  const params = { input: { path: join(folder, "f.bpf.c"), text }, program: "xdp_forward", place: places.in };
  const load = { maps: [], maxEntries: [], globals };
  return (await attachInput(helpers, attachments, { ...params, mode: "native", replace: null, load })).attachment;
};
const set = (id: number, cells: (string | null)[], when: "any" | "exist" | "noexist" = "any") =>
  setEntry(helpers, attachments, { id, cells, when, netns: box });
const rowOf = async (id: number, key: string) =>
  (await readTable(helpers, attachments, id)).rows.find(({ cells }) => cells[0] === key)?.cells ?? [];
const counted = async (id: number): Promise<number[]> =>
  (await readTable(helpers, attachments, id)).rows.map(({ cells }) => Number(cells[1]));
const idIn = (cell: string | undefined): number => Number(/\(id (\d+)\)$/.exec(cell ?? "")?.[1]);
const programs = async () => (await peer.request("programs.list", {})).programs;

/** frames of one length from `a` to `in`; how many reach `b`, and with what in byte 19 */
async function send(count: number, length: number, byte: number): Promise<number> {
  const frames = Buffer.alloc(length, 0xff);
  frames.writeUInt16BE(0x88b5, 12);
  const counter = native.countFrames({
    ...{ netns: `/run/netns/${host}`, ifindex: places.b.ifindex },
    patterns: [
      [
        { offset: 12, bytes: Buffer.from([0x88, 0xb5]) },
        { offset: 19, bytes: Buffer.from([byte]) },
      ],
    ],
  });
  try {
    const sending = { netns: `/run/netns/${host}`, ifindex: places.a.ifindex, frames, frameLength: length };
    await native.sendFrames({ ...sending, count, rate: 0 });
    return await eventually(
      () => counter.counts()[0] ?? 0,
      (arrived) => arrived >= count,
      1_000,
    );
  } finally {
    counter.close();
  }
}

describe.each(["xdp", "xdp.frags"])('SEC("%s")', (section) => {
  let attached: Attachment;
  const map = (name: string): number => mapOf(attached, name);
  const frames = section === "xdp.frags" ? 8000 : 200;

  it("redirects through an entry's program, loaded with the running one's maps when the entry is written", async () => {
    // beyond about 3500 bytes a veth takes programs with fragments only
    for (const [netns, link] of [
      [host, "a"],
      [host, "b"],
      [box, "in"],
      [box, "out"],
    ] as const) {
      await execute("ip", ["-n", netns, "link", "set", "dev", link, "mtu", section === "xdp.frags" ? "9000" : "1500"]);
    }
    attached = await attach(source(section));
    const table = await readTable(helpers, attachments, map("tx_ports"));
    expect(table.columns.at(-1)).toMatchObject({ type: "program", align: "text", choices: ["none", "xdp_egress"] });

    await set(map("tx_ports"), ["1", "out", "xdp_egress"], "noexist");
    expect(await failureOf(set(map("tx_ports"), ["1", "out", "none"], "noexist"))).toMatchObject({ code: "EEXIST" });
    const [, ifindex, program] = await rowOf(map("tx_ports"), "1");
    expect(ifindex).toBe(`${places.out.ifindex}`);
    expect(program).toMatch(/^xdp_egress \(id \d+\)$/);
    const listed = (await programs()).find(({ id }) => id === idIn(program));
    expect(listed).toMatchObject({ name: "xdp_egress", type: "xdp" });
    // the running program's, and one of its own
    expect(listed?.mapIds).toContain(map("counts"));

    expect(await send(20, frames, places.out.ifindex & 0xff)).toBe(20);
    const counts = await counted(map("counts"));
    expect(counts.slice(0, 2)).toEqual([20, 20]);
    expect(counts[3]).toBe(20 * frames);
    if (section === "xdp.frags") expect(counts[4]).toBeLessThan(20 * frames);
    else expect(counts[4]).toBe(20 * frames);
    const own = listed?.mapIds.find((id) => id !== map("counts") && id !== map(".bss")) ?? 0;
    expect(await counted(own)).toEqual([20]);
  });

  it("keeps the program when the interface is edited, and shares it among entries", async () => {
    const [, , before] = await rowOf(map("tx_ports"), "1");
    await set(map("tx_ports"), ["1", "in", null], "exist");
    expect(await rowOf(map("tx_ports"), "1")).toEqual(["1", `${places.in.ifindex}`, before]);
    // as it is shown, by name, and by id: all the same program
    await set(map("tx_ports"), ["1", "out", before ?? ""], "exist");
    await set(map("tx_ports"), ["2", "out", "xdp_egress"]);
    await set(map("tx_ports"), ["3", "out", `id:${idIn(before)}`]);
    for (const key of ["1", "2", "3"]) {
      expect(await rowOf(map("tx_ports"), key)).toEqual([key, `${places.out.ifindex}`, before]);
    }
  });

  it("is staged and applied like other values, and undone", async () => {
    const [, , before] = await rowOf(map("tx_ports"), "1");
    const journals = openJournals(() => folder);
    const changes = openChanges({
      helpers,
      attachments,
      journals,
      shapes: openMapShapes(() => folder),
      tell: () => undefined,
    });
    const context = { token: never };
    const id = map("tx_ports");
    const edits = [
      { do: "add" as const, cells: ["0", "out", "xdp_egress"] },
      { do: "replace" as const, key: Buffer.from([2, 0, 0, 0]).toString("base64"), cells: ["2", "out", "none"] },
      { do: "replace" as const, key: Buffer.from([3, 0, 0, 0]).toString("base64"), cells: ["3", "out", "nobody"] },
    ];
    const { rows } = await changes["maps.stage"]({ id, netns: box, edits }, context);
    expect(rows).toMatchObject([
      { is: "change", before: null, after: ["0", `${places.out.ifindex}`, before] },
      { is: "change", before: ["2", `${places.out.ifindex}`, before], after: ["2", `${places.out.ifindex}`, "none"] },
      { is: "wrong", field: "program" },
    ]);
    const staged = rows.flatMap((row) => (row.is === "change" ? [row.change] : []));
    const applied = await changes["maps.apply"]({ id, netns: box, title: "test", changes: staged }, context);
    expect(await rowOf(id, "0")).toEqual(["0", `${places.out.ifindex}`, before]);
    expect((await rowOf(id, "2"))[2]).toBe("none");
    await changes["maps.undo"]({ journal: applied.journal }, context);
    expect(await rowOf(id, "0")).toEqual([]);
    expect(await rowOf(id, "2")).toEqual(["2", `${places.out.ifindex}`, before]);
  });

  it("is known to the next workbench, and goes with its last entry", async () => {
    const [, , before] = await rowOf(map("tx_ports"), "1");
    const next = openAttachments(folder);
    const entry = { id: map("tx_ports"), when: "any" as const, netns: box };
    await setEntry(helpers, next, { ...entry, cells: ["0", "out", "xdp_egress"] });
    expect(await rowOf(map("tx_ports"), "0")).toEqual(["0", `${places.out.ifindex}`, before]);
    for (const key of ["0", "1", "2", "3"]) await set(map("tx_ports"), [key, "out", "none"]);
    const gone = await eventually(programs, (all) => !all.some(({ id }) => id === idIn(before)));
    expect(gone.some(({ id }) => id === idIn(before))).toBe(false);
    // from the object that was kept, anew
    await setEntry(helpers, next, { ...entry, cells: ["1", "out", "xdp_egress"] });
    expect(idIn((await rowOf(map("tx_ports"), "1"))[2])).not.toBe(idIn(before));
  });

  it("takes no other program, and says which it takes", async () => {
    const refused = (program: string) => failureOf(set(map("tx_ports"), ["1", "out", program]));
    expect(await refused("xdp_forward")).toMatchObject({
      ...{ kind: "bad-value", field: "program" },
      message: expect.stringContaining(
        `xdp_forward is SEC("${section}"), and an entry here takes one of SEC("${section}/devmap"); there is xdp_egress`,
      ),
    });
    expect(await refused("xdp_on_cpu")).toMatchObject({ kind: "bad-value" });
    expect((await refused("nobody")).message).toContain("there is no nobody; there is xdp_egress");
    expect(await refused(`id:${attached.program.id}`)).toMatchObject({
      kind: "kernel",
      message: expect.stringContaining('takes a program of SEC("xdp/devmap")'),
    });
    expect(await refused("id:4294967295")).toMatchObject({ kind: "not-found" });
    await detachPlace(helpers, attachments, { place: places.in, replace: null });
  });

  it("runs a cpumap's program on its CPU", async () => {
    attached = await attach(source(section), [{ name: "to_cpu", value: "1" }]);
    await set(map("cpus"), ["0", "192", "xdp_on_cpu"]);
    expect((await rowOf(map("cpus"), "0"))[2]).toMatch(/^xdp_on_cpu \(id \d+\)$/);
    await send(20, frames, 0xff);
    expect(
      (
        await eventually(
          () => counted(map("counts")),
          (now) => now[2] === 20,
        )
      )[2],
    ).toBe(20);
    await detachPlace(helpers, attachments, { place: places.in, replace: null });
  });
});
