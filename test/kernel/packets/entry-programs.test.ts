/** Programs of devmap and cpumap entries are verified, walked, looked at and tested like those of interfaces. */
import "vscode-jsonrpc/node";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createHelperPool, type HelperPool } from "../../../main/helpers/helper-pool.ts";
import { testPackets } from "../../../main/packets/test-packets.ts";
import { verifyInput } from "../../../main/verify/verify-input.ts";
import { createWalks } from "../../../main/verify/walks.ts";
import { viewBuilt } from "../../../main/views/view-built.ts";
import { buildHelper, failureOf, skipReason } from "../helper/harness.ts";
import { headers, license } from "../reload/stage.ts";

const source = `${headers}
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __uint(max_entries, 4); __type(key, __u32); __type(value, struct bpf_devmap_val); } tx_ports SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } seen SEC(".maps");
SEC("xdp.frags") int xdp_forward(struct xdp_md *ctx) { return bpf_redirect_map(&tx_ports, 1, XDP_DROP); }
SEC("xdp.frags/devmap") int xdp_named(struct xdp_md *ctx) { return ctx->egress_ifindex == 3 ? XDP_DROP : XDP_PASS; }
SEC("xdp.frags/devmap") int xdp_egress(struct xdp_md *ctx) {
  __u32 key = 0;
  __u64 *count = bpf_map_lookup_elem(&seen, &key);
  char *data = (void *)(long)ctx->data;
  if (data + 14 > (char *)(long)ctx->data_end) return XDP_DROP;
  if (count) *count += bpf_xdp_get_buff_len(ctx);
  data[0] = 7;
  return XDP_PASS;
}
SEC("xdp.frags/cpumap") int xdp_on_cpu(struct xdp_md *ctx) { char *data = (void *)(long)ctx->data; return data[100]; }
${license}`;

const never = new CancellationTokenSource().token;
let folder: string;
let helpers: HelperPool;
beforeAll(async () => {
  if (skipReason !== "") return;
  await buildHelper();
  folder = mkdtempSync(join(tmpdir(), "xdpwt-entry-packets-"));
  writeFileSync(join(folder, "out.bpf.c"), source);
  helpers = createHelperPool({ asking: { terminal: false }, changed: () => undefined, progress: () => undefined });
});
afterAll(async () => {
  await helpers?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});
beforeEach((context) => context.skip(skipReason !== "", skipReason));

const test = (program: string, cases: object[]) => {
  writeFileSync(join(folder, "packets.json"), JSON.stringify({ program, cases }));
  return testPackets(helpers, { path: folder, netns: null });
};
const packet = "020000000001 02000000000a 0800 00*46";

it("each is judged by itself, as what its section says, and walked", async () => {
  const walks = createWalks();
  const input = { path: join(folder, "out.bpf.c"), text: null };
  const verdict = await verifyInput(helpers, input, undefined, "two-stage", { keep: walks.keep });
  expect(verdict.programs.map(({ name, section, accepted }) => [name, section, accepted])).toEqual([
    ["xdp_forward", "xdp.frags", true],
    ["xdp_named", "xdp.frags/devmap", true],
    ["xdp_egress", "xdp.frags/devmap", true],
    ["xdp_on_cpu", "xdp.frags/cpumap", false],
  ]);
  const walked = await walks.walk({ object: verdict.build.object ?? "", program: "xdp_named" }, never);
  expect(walked.steps).toBeGreaterThan(2);
  for (const kind of ["assembly", "xlated", "jited"] as const) {
    const code = await viewBuilt(helpers, { input, kind, program: "xdp_named" });
    expect(code.lines.length, kind).toBeGreaterThan(2);
  }
});

it("packets run one as a program of an interface would run", async () => {
  const setup = [{ map: "tx_ports", key: 1, value: { ifindex: 1 } }];
  const maps = [{ map: "seen", key: 0, value: "5000" }];
  const report = await test("xdp_egress", [
    { name: "short", setup, packet, expect: { action: "XDP_PASS", packet: packet.replace("02", "07") } },
    { name: "jumbo", packet: "00*5000", expect: { action: "XDP_PASS", maps } },
  ]);
  expect(report).toMatchObject({ passed: 2, failed: 0 });
});

it("what only an entry may read is said to be the reason", async () => {
  expect(await failureOf(test("xdp_named", [{ name: "any", packet, expect: { action: "XDP_PASS" } }]))).toMatchObject({
    kind: "unsupported",
    message: expect.stringContaining("it may not read egress_ifindex"),
  });
});

it("a case that is written wrongly fails by itself, and names the field", async () => {
  const report = await test("xdp_egress", [
    { name: "wrong", setup: [{ map: "seen", key: 0, value: {} }], packet, expect: { action: "XDP_PASS" } },
    {
      name: "runs",
      setup: [{ map: "tx_ports", key: 1, value: "ifindex=1,program=xdp_egress" }],
      packet,
      expect: { action: "XDP_PASS" },
    },
    { name: "right", packet, expect: { action: "XDP_PASS" } },
  ]);
  expect(report).toMatchObject({ passed: 1, failed: 2 });
  expect(report.cases.map(({ passed }) => passed)).toEqual([false, false, true]);
  expect(report.cases[0]?.differences).toMatchObject([{ kind: "run", where: "setup[0].value" }]);
  expect(report.cases[1]?.differences[0]?.actual).toContain("an entry's program does not run");
});
