/** Runs as a normal user: asks for the elevated helper by the way that this machine offers, and builds all the same. */
import "vscode-jsonrpc/node";
import { attachInput } from "../../../main/attach/attach-input.ts";
import { openAttachments } from "../../../main/attach/attachments.ts";
import { createHelperPool } from "../../../main/helpers/helper-pool.ts";
import { Failed, type Failure } from "../../../protocol/failures.ts";
import type { HelperDescription } from "../../../protocol/session.ts";
import { guarded, type Scenario, type UserReport } from "./scenario.ts";

const scenario = JSON.parse(process.argv[2] ?? "") as Scenario;
const pool = createHelperPool({
  asking: { terminal: scenario.terminal },
  changed: () => undefined,
  progress: () => undefined,
});

const described = await describe();
const text = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int xdp_pass(struct xdp_md *ctx) { return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
`;
const compiled = await (await pool.plain()).request("build.compile", { path: "/tmp/pass.bpf.c", text, emit: "obj" });
const afterKill = scenario.ending === "kill helper" ? await killHelper() : null;
if (scenario.ending === "deadline") await attachWithDeadline();
const report: UserReport = {
  uid: process.getuid?.() ?? -1,
  way: pool.state().way,
  helper: "uid" in described ? described : null,
  failure: "kind" in described ? described : null,
  state: pool.state(),
  builds: compiled.output !== null,
  afterKill,
};
process.stdout.write(`${JSON.stringify(report)}\n`);
if (scenario.ending === "kill main" || scenario.ending === "deadline") setInterval(() => undefined, 1000);
else await pool.close();

async function attachWithDeadline(): Promise<void> {
  const { interfaces } = await (await pool.elevated("attach")).request("interfaces.list", {});
  const place = interfaces.find(({ name }) => name === guarded.name);
  if (place === undefined) throw new Error(`no ${guarded.name}`);
  const { netns, ifindex, name } = place;
  const input = { path: "/tmp/pass.bpf.c", text };
  const asked = { input, program: null, place: { netns, ifindex, name }, mode: "native", replace: null } as const;
  const attachments = openAttachments(process.env["HOME"] ?? "");
  await attachInput(pool, attachments, { ...asked, confirmWithin: guarded.seconds });
}

async function describe(): Promise<HelperDescription | Failure> {
  try {
    return await (await pool.elevated("list the programs of this machine")).request("helper.describe", {});
  } catch (error) {
    if (error instanceof Failed) return error.failure;
    throw error;
  }
}

/** A helper that is lost is said, and not started again by itself: only when it is asked for. */
async function killHelper(): Promise<UserReport["afterKill"]> {
  const peer = await pool.elevated("list programs");
  // only root may end it: the stage reads this line and does
  process.stderr.write(`kill ${pool.state().pid}\n`);
  while (peer.open) await new Promise((resolve) => setTimeout(resolve, 10));
  const state = pool.state();
  const next = await (await pool.elevated("list programs")).request("helper.describe", {});
  return { state, next: next.pid };
}
