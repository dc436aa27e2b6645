/** What is ours: found again after a restart, detached all at once, and at the end of the last window where asked to. */
import "vscode-jsonrpc/node";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkbench, type Workbench, type WorkbenchSession } from "../../../main/workbench.ts";
import type { Place } from "../../../protocol/interfaces.ts";
import { buildHelper, execute, skipReason, uniqueName } from "../helper/harness.ts";
import { headers, license } from "../reload/stage.ts";

const pass = `${headers}SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }\n${license}`;
const box = uniqueName();
const folder = mkdtempSync(join(tmpdir(), "xdpwt-ours-"));
const state = join(folder, "xdp-workbench");
const context = { token: new CancellationTokenSource().token };
let workbench: Workbench;
let session: WorkbenchSession;
let places: readonly [Place, Place];

/** one run of a workbench, as windows have it */
function start(): void {
  workbench = createWorkbench({ terminal: false });
  workbench.openForWindows();
  session = workbench.connect(() => undefined);
}
async function end(): Promise<void> {
  session.end();
  await workbench.close();
}
const attach = (place: Place) =>
  session.handlers["attach.attach"](
    { ...{ input: { path: "/src/pass.bpf.c", text: pass }, program: null, place, mode: "native", replace: null } },
    context,
  );
const ours = async () => (await session.handlers["attach.ours"]({}, context)).attachments;
const attachedNow = async () =>
  (await execute("ip", ["-n", box, "-o", "link", "show"])).stdout
    .split("\n")
    .filter((line) => line.includes("prog/xdp")).length;
const set = (values: object): void =>
  writeFileSync(join(folder, "xdp-workbench", "settings.json"), JSON.stringify(values));

describe.skipIf(skipReason !== "")(`what is ours ${skipReason}`, () => {
  beforeAll(async () => {
    await buildHelper();
    for (const name of ["XDG_STATE_HOME", "XDG_CONFIG_HOME"]) process.env[name] = folder;
    mkdirSync(state, { recursive: true });
    await execute("ip", ["netns", "add", box]);
    await execute("ip", ["-n", box, "link", "add", "one", "type", "veth", "peer", "name", "two"]);
    start();
    const { interfaces } = await (await workbench.helpers.elevated("test")).request("interfaces.list", {});
    const placeOf = (name: string): Place => {
      const found = interfaces.find((device) => device.netns === box && device.name === name);
      return { netns: box, name, ifindex: found?.ifindex ?? 0 };
    };
    places = [placeOf("one"), placeOf("two")];
  });
  afterAll(async () => {
    await end();
    await execute("ip", ["-n", box, "link", "del", "one"]).catch(() => undefined);
    await execute("ip", ["netns", "del", box]);
    rmSync(folder, { recursive: true, force: true });
  });

  it("is found again by the next workbench, with source and time", async () => {
    const from = Math.floor(Date.now() / 1000);
    const { program } = await attach(places[0]);
    await end();
    start();
    await workbench.helpers.elevated("test");
    const [found, ...others] = await ours();
    expect(others).toEqual([]);
    expect(found).toMatchObject({ place: places[0], program: { id: program.id }, source: "/src/pass.bpf.c" });
    expect(found?.since).toBeGreaterThanOrEqual(from);
  });

  it("goes all at once; what is foreign stays, and what went by itself is no trouble", async () => {
    await attach(places[1]);
    await execute("ip", ["-n", box, "link", "set", "dev", "one", "xdpdrv", "off"]);
    const foreign = await attach(places[0]);
    for (const name of readdirSync(state)) {
      if (name.includes(`-${foreign.program.id}.`)) rmSync(join(state, name));
    }
    const done = await session.handlers["attach.detachAll"]({}, context);
    expect(done).toMatchObject({ detached: [{ place: places[1] }], failed: [] });
    expect(await attachedNow()).toBe(1);
    expect(await ours()).toEqual([]);
    await session.handlers["attach.detach"]({ place: places[0], replace: foreign.program.id }, context);
  });

  it("stays when windows end, unless the setting says otherwise, and another workbench is open", async () => {
    await attach(places[0]);
    await end();
    expect(await attachedNow()).toBe(1);

    start();
    set({ detachOnExit: true });
    // as another workbench with windows does
    const other = spawn("sleep", ["60"], { stdio: "ignore" });
    const stat = readFileSync(`/proc/${other.pid}/stat`, "utf8").split(" ");
    writeFileSync(join(state, `door-${other.pid}-${stat[21]}`), "");
    await end();
    expect(await attachedNow()).toBe(1);
    const ended = new Promise((resolve) => other.once("exit", resolve));
    other.kill("SIGKILL");
    await ended;

    start();
    await end();
    expect(await attachedNow()).toBe(0);
    expect(readdirSync(state).filter((name) => name.startsWith("door-"))).toEqual([]);
    start();
  });

  it("of a command stays when windows end", async () => {
    session.end();
    await workbench.close();
    workbench = createWorkbench({ terminal: false });
    session = workbench.connect(() => undefined);
    await attach(places[0]);
    await end();
    start();
    await end();
    expect(await attachedNow()).toBe(1);
    start();
    await workbench.helpers.elevated("test");
    expect(await session.handlers["attach.detachAll"]({}, context)).toMatchObject({ detached: [{ place: places[0] }] });
  });
});
