/** The lab and its traffic, and programs attached in it, through the real process on the real kernel. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { elevatedHelper } from "../../../protocol/helper-contracts.ts";
import type { Attachment } from "../../../protocol/attach.ts";
import type { LabStatus } from "../../../protocol/lab.ts";
import { planLab } from "../../../helper/lab/plan.ts";
import { makingAlias } from "../../../helper/lab/probe.ts";
import {
  type Connected,
  eventually,
  execute,
  failureOf,
  root,
  skipReason,
  startElevated,
  startPlain,
  uniqueName,
} from "./harness.ts";

const suite = describe.skipIf(skipReason !== "");
type Elevated = Connected<typeof elevatedHelper>;

async function buildTemplate(name: string): Promise<string> {
  const path = join(root, "bpf-templates", name, "program.bpf.c");
  const plain = await startPlain();
  try {
    const built = await plain.peer.request("build.compile", { path, text: await readFile(path, "utf8"), emit: "obj" });
    if (built.output === null) throw new Error(JSON.stringify(built.diagnostics));
    return built.output;
  } finally {
    await plain.stop();
  }
}

suite("the lab", () => {
  const name = uniqueName();
  const plan = planLab(name);
  let helper: Elevated;
  let up: LabStatus;
  let counters = "";
  let pass = "";
  beforeAll(async () => {
    helper = await startElevated();
    [counters, pass] = await Promise.all([buildTemplate("packet-counters"), buildTemplate("pass")]);
  });
  afterAll(async () => {
    await helper.peer.request("lab.down", { name });
    await helper.stop();
  });
  const place = () => ({ netns: plan.box, ifindex: plan.ends.port0.ifindex, name: "port0" });
  const status = () => helper.peer.request("lab.status", { name });

  it("is down at first", async () => {
    expect(await status()).toMatchObject({ state: "down", ports: [], note: "" });
  });

  it("comes up after its 1.5 s of silence", async () => {
    const from = performance.now();
    up = await helper.peer.request("lab.up", { name });
    // a lower bound: silence that was not waited for would make counts inexact
    expect(performance.now() - from).toBeGreaterThan(1_500);
    expect(up.state).toBe("up");
    expect(up.ports.map(({ interface: one, netns }) => `${netns} ${one}`)).toEqual([
      `${name}-box port0`,
      `${name}-box port1`,
      `${name}-host0 eth0`,
      `${name}-host1 eth0`,
    ]);
    expect(helper.progress).toContain("waiting until it is silent");
  });

  it("is as promised: addresses, neighbours, offloads, pass programs, forwarding", async () => {
    const ip = async (netns: string, ...argv: string[]) => (await execute("ip", ["-n", netns, ...argv])).stdout;
    expect(await ip(plan.box, "-br", "addr", "show", "port0")).toMatch(/UP\s+192\.0\.2\.1\/24 2001:db8:0:1::1\/64\s*$/);
    expect(await ip(plan.hosts[1], "-br", "addr", "show", "eth0")).toMatch(
      /198\.51\.100\.10\/24 2001:db8:0:2::10\/64\s*$/,
    );
    expect(await ip(plan.hosts[0], "route")).toContain("default via 192.0.2.1");
    expect(await ip(plan.hosts[0], "-6", "route")).toContain("default via 2001:db8:0:1::1");
    expect(await ip(plan.box, "neigh")).toContain(`192.0.2.10 dev port0 lladdr ${plan.ends.host0.mac} PERMANENT`);
    for (const end of Object.values(plan.ends)) {
      const nsenter = [`--net=/run/netns/${end.netns}`, "ethtool", "-k", end.interface];
      const { stdout } = await execute("nsenter", nsenter);
      expect(stdout).toContain("tx-checksumming: off");
      if (end.netns !== plan.box) expect(stdout).toContain("generic-receive-offload: on");
    }
    for (const host of plan.hosts)
      expect(await ip(host, "link", "show", "eth0")).toMatch(/ xdp .*\n[^]*prog\/xdp id \d+/);
    const pings = await execute("nsenter", [
      `--net=/run/netns/${plan.hosts[0]}`,
      "sysctl",
      "-n",
      "net.ipv4.ip_forward",
    ]);
    expect(pings.stdout.trim()).toBe("0");
    const box = await execute("nsenter", [`--net=/run/netns/${plan.box}`, "sysctl", "-n", "net.ipv4.ip_forward"]);
    expect(box.stdout.trim()).toBe("1");
  });

  it("is up already when asked again", async () => {
    // the inode tells a namespace from another of the same name
    const inodes = () => [plan.box, ...plan.hosts].map((one) => statSync(`/run/netns/${one}`).ino);
    const before = inodes();
    expect(await helper.peer.request("lab.up", { name })).toEqual(up);
    expect(inodes()).toEqual(before);
  });

  it.each([
    ["icmp", "port0", 1000, 1000],
    ["udp", "port0", 1000, null],
    ["arp", "port0", 300, 300],
    ["icmp", "port1", 100, 100],
  ] as const)("carries %s to %s, every packet counted", async (protocol, to, count, replied) => {
    const params = { name, from: "host0", to, protocol, count, rate: 0 } as const;
    const traffic = await helper.peer.request("lab.traffic", params);
    expect(traffic).toMatchObject({ netns: plan.hosts[0], sent: count, arrived: count });
    expect(traffic.replied).toBe(replied);
  });

  it("carries nothing to the other host while nobody bridges, and keeps to a rate", async () => {
    const params = { name, from: "host0", to: "host1", protocol: "udp", count: 50, rate: 500 } as const;
    const from = performance.now();
    expect(await helper.peer.request("lab.traffic", params)).toMatchObject({ sent: 50, arrived: 0, replied: null });
    expect(performance.now() - from).toBeGreaterThan(90);
  });

  it("refuses traffic to oneself, and stops a long one when cancelled", async () => {
    const self = { name, from: "host0", to: "host0", protocol: "udp", count: 1, rate: 0 } as const;
    expect(await failureOf(helper.peer.request("lab.traffic", self))).toMatchObject({ kind: "usage" });
    const { CancellationTokenSource } = await import("vscode-jsonrpc");
    const source = new CancellationTokenSource();
    const long = { name, from: "host0", to: "port0", protocol: "udp", count: 1_000_000, rate: 1_000 } as const;
    const running = failureOf(helper.peer.request("lab.traffic", long, source.token));
    setTimeout(() => source.cancel(), 200);
    const failure = await running;
    expect(failure).toMatchObject({ kind: "cancelled" });
    // all of them would be 1,000 s of sending
    expect(Number(/after (\d+) packets/.exec(failure.message)?.[1])).toBeLessThan(1_000_000);
  });

  let attached: Attachment;
  it.each(["native", "skb"] as const)("attaches in %s mode, and the map counts exactly", async (mode) => {
    const params = { object: counters, name: "packet-counters", program: "count_packets", asXdp: false };
    const program = (await programOf(counters)) ?? params.program;
    attached = await helper.peer.request("attach.attach", { ...params, program, place: place(), mode, expected: null });
    const { stdout } = await execute("ip", ["-n", plan.box, "link", "show", "port0"]);
    expect(stdout).toContain(mode === "skb" ? "xdpgeneric" : " xdp ");
    expect(stdout).toContain(`id ${attached.program.id} `);
    const map = attached.maps.find((one) => one.name === "xdp_stats_map");
    const id = map?.id ?? 0;
    const before = await readCounter(helper, id);
    await helper.peer.request("lab.traffic", {
      name,
      from: "host0",
      to: "port0",
      protocol: "udp",
      count: 1000,
      rate: 0,
    });
    expect((await readCounter(helper, id)) - before).toBe(1000n);
    const detached = await helper.peer.request("attach.detach", {
      place: place(),
      expected: { mode, id: attached.program.id },
    });
    expect(detached.program).toEqual(attached.program);
    expect(
      await eventually(
        () => programThere(helper, attached.program.id),
        (there) => !there,
      ),
    ).toBe(false);
  });

  it("replaces atomically within a mode, with a gap between modes, and only what was expected", async () => {
    const program = await programOf(pass);
    const base = { object: pass, name: "pass", program: program ?? "", asXdp: false, place: place() };
    const first = await helper.peer.request("attach.attach", { ...base, mode: "native", expected: null });
    expect(first).toMatchObject({ replaced: null, gapNanoseconds: null });

    expect(
      await failureOf(helper.peer.request("attach.attach", { ...base, mode: "native", expected: null })),
    ).toMatchObject({
      kind: "foreign-program",
      program: first.program.id,
      mode: "native",
    });
    const expected = { mode: "native", id: first.program.id } as const;
    const second = await helper.peer.request("attach.attach", { ...base, mode: "native", expected });
    expect(second).toMatchObject({ replaced: first.program, gapNanoseconds: null });

    const changed = { mode: "native", id: second.program.id } as const;
    const third = await helper.peer.request("attach.attach", { ...base, mode: "skb", expected: changed });
    expect(third.replaced).toEqual(second.program);
    expect(BigInt(third.gapNanoseconds ?? 0)).toBeGreaterThan(0n);

    expect(await failureOf(helper.peer.request("attach.detach", { place: place(), expected: changed }))).toMatchObject({
      kind: "foreign-program",
      program: third.program.id,
    });
    const last = { mode: "skb", id: third.program.id } as const;
    await helper.peer.request("attach.detach", { place: place(), expected: last });
    expect(await failureOf(helper.peer.request("attach.detach", { place: place(), expected: last }))).toMatchObject({
      kind: "not-found",
    });
  });

  it("says so when the interface is not the one that was chosen", async () => {
    const gone = { ...place(), ifindex: plan.ends.port1.ifindex };
    const params = { object: pass, name: "pass", program: "x", asXdp: false, mode: "native", expected: null } as const;
    const failure = await failureOf(helper.peer.request("attach.attach", { ...params, place: gone }));
    expect(failure).toMatchObject({ kind: "not-found" });
    expect(failure.message).toContain(
      `interface port0 (ifindex 12) is no longer in namespace ${plan.box}: choose again`,
    );
    const nowhere = { ...place(), netns: `${name}-nowhere` };
    expect(await failureOf(helper.peer.request("attach.attach", { ...params, place: nowhere }))).toMatchObject({
      kind: "not-found",
      message: expect.stringContaining("there is no network namespace"),
    });
  });

  it("lists and describes its interfaces", async () => {
    const { interfaces } = await helper.peer.request("interfaces.list", {});
    const port = interfaces.find((one) => one.netns === plan.box && one.name === "port0");
    expect(port).toMatchObject({ driver: "veth", mac: plan.ends.port0.mac, mtu: 1500, up: true, attached: [] });
    expect(port?.modes).toEqual(["native", "skb"]);
    expect(port?.features).toContain("basic");
    const host = interfaces.find((one) => one.netns === plan.hosts[0] && one.name === "eth0");
    expect(host?.attached).toMatchObject([{ mode: "native", name: "xdpw_pass", jited: true }]);
    const details = await helper.peer.request("interfaces.describe", { place: place() });
    expect(details.driver).toMatchObject({ driver: "veth", supportsStatistics: true });
    expect(details.modes.map(({ mode, supported }) => [mode, supported])).toEqual([
      ["native", true],
      ["skb", true],
      ["hw", false],
    ]);
    expect(details.notes.join()).toContain("veth");
  });

  it("takes a half-removed lab for a leftover and makes it anew", async () => {
    await execute("ip", ["-n", plan.box, "link", "del", "port1"]);
    expect(await status()).toMatchObject({ state: "leftover", ports: [] });
    expect((await helper.peer.request("lab.up", { name })).state).toBe("up");
  });

  it("goes without trace, also twice", async () => {
    const programs = (await helper.peer.request("interfaces.list", {})).interfaces
      .filter(({ netns }) => netns?.startsWith(name))
      .flatMap(({ attached: there }) => there.map(({ id }) => id));
    expect(programs.length).toBe(2);
    expect((await helper.peer.request("lab.down", { name })).state).toBe("down");
    for (const netns of [plan.box, ...plan.hosts]) expect(existsSync(`/run/netns/${netns}`)).toBe(false);
    for (const id of programs) expect(await programThere(helper, id)).toBe(false);
    expect((await helper.peer.request("lab.down", { name })).state).toBe("down");
  });
});

suite("a lab that was not finished", () => {
  const name = uniqueName();
  const plan = planLab(name);
  const removeAll = async () => {
    for (const netns of [plan.box, ...plan.hosts]) await execute("ip", ["netns", "del", netns]).catch(() => undefined);
  };
  afterAll(removeAll);

  it("leaves names alone that are not ours", async () => {
    const helper = await startElevated();
    await execute("ip", ["netns", "add", plan.hosts[0]]);
    expect(await failureOf(helper.peer.request("lab.up", { name }))).toMatchObject({
      kind: "name-taken",
      name: plan.hosts[0],
    });
    expect(await failureOf(helper.peer.request("lab.down", { name }))).toMatchObject({ kind: "name-taken" });
    expect(existsSync(`/run/netns/${plan.hosts[0]}`)).toBe(true);
    expect(existsSync(`/run/netns/${plan.box}`)).toBe(false);
    await execute("ip", ["netns", "del", plan.hosts[0]]);
    await helper.stop();
  });

  it("is recognised after SIGKILL in the middle, and removed", async () => {
    const killed = await startElevated();
    const making = killed.peer.request("lab.up", { name }).catch((error: unknown) => error);
    await eventually(
      () => killed.progress.length,
      (steps) => steps >= 4,
    );
    killed.process.kill("SIGKILL");
    expect(await making).toMatchObject({ failure: { kind: "helper-gone" } });
    await killed.stop();

    const next = await startElevated();
    expect((await next.peer.request("lab.status", { name })).state).toBe("leftover");
    expect((await next.peer.request("lab.down", { name })).state).toBe("down");
    await next.stop();
  });

  it("is cleaned up when it is cancelled", async () => {
    const { CancellationTokenSource } = await import("vscode-jsonrpc");
    const helper = await startElevated();
    const source = new CancellationTokenSource();
    const making = failureOf(helper.peer.request("lab.up", { name }, source.token));
    await eventually(
      () => helper.progress.length,
      (steps) => steps >= 4,
    );
    source.cancel();
    expect(await making).toMatchObject({ kind: "cancelled" });
    expect((await helper.peer.request("lab.status", { name })).state).toBe("down");
    await helper.stop();
  });

  it("is waited for while another helper makes it", async () => {
    const [one, other] = await Promise.all([startElevated(), startElevated()]);
    const first = one.peer.request("lab.up", { name });
    await eventually(
      () => one.progress.length,
      (steps) => steps >= 3,
    );
    const second = await other.peer.request("lab.up", { name });
    expect(second).toEqual(await first);
    expect(other.progress.join()).toContain(
      makingAlias(plan, one.process.pid ?? 0).replace(/^.*made by/, "waiting for process"),
    );
    await one.peer.request("lab.down", { name });
    await Promise.all([one.stop(), other.stop()]);
  });
});

async function programThere(helper: Elevated, id: number): Promise<boolean> {
  return (await helper.peer.request("programs.list", {})).programs.some((one) => one.id === id);
}

/** the first function of a section that starts with xdp */
async function programOf(object: string): Promise<string | undefined> {
  const { loadNative } = await import("../../../helper/native/load.ts");
  return loadNative().inspectObject(Buffer.from(object, "base64"), "object").programs[0]?.name;
}

/** packets in the row of XDP_PASS: struct { u64 rx_packets, rx_bytes } by action, perhaps per CPU */
async function readCounter(helper: Elevated, id: number): Promise<bigint> {
  const described = await helper.peer.request("maps.describe", { id });
  const { value } = await helper.peer.request("maps.lookup", { id, key: Buffer.from([2, 0, 0, 0]).toString("base64") });
  const bytes = Buffer.from(value ?? "", "base64");
  let sum = 0n;
  for (let at = 0; at < bytes.length; at += described.map.valueSize) sum += bytes.readBigUInt64LE(at);
  return sum;
}
