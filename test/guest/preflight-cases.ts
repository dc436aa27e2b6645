/** What is said before an attach on a kernel that cannot be asked for XDP features, and how it refuses. */
import assert from "node:assert/strict";
import type { WantedMode } from "../../protocol/interfaces.ts";
import type { Preflight, PreflightLine } from "../../protocol/preflight.ts";
import { ip, xdpOf } from "./device.ts";
import { type Bench, refusalOf } from "./open-bench.ts";

async function preflight(bench: Bench, program: string, mode: WantedMode, on = bench.device.name) {
  const { ifindex, netns, name } = await bench.look(on);
  const input = { path: `/objects/${program}.o`, text: null };
  const asked = { input, program: null, places: [{ ifindex, netns, name }], mode };
  const [here] = (await bench.handlers["attach.preflight"](asked, bench.context)).places;
  if (here === undefined) return assert.fail("nothing was said");
  return here;
}

function lines(here: Preflight["places"][number], about: PreflightLine["about"]): PreflightLine[] {
  return here.lines.filter((line) => line.about === about);
}

export const preflightCases: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "before an attach the driver table stands in for the kernel, and is called an expectation": async (bench) => {
    const hardware = await preflight(bench, "pass", "hw");
    const [mode] = lines(hardware, "mode");
    assert.equal(mode?.weight, "fine");
    assert.equal(mode.expectation, true);
    assert.match(mode.evidence, /cannot be asked .*by the table netdevsim offloads/);
    assert.equal(lines(hardware, "device-program").length, 1);

    ip("link", "add", "veth0", "type", "veth", "peer", "name", "veth1");
    assert.equal(lines(await preflight(bench, "pass", "hw", "veth0"), "mode")[0]?.weight, "stops");
    const [target] = lines(await preflight(bench, "redirect", "native", "veth0"), "redirect-target");
    assert.equal(target, undefined);
    ip("link", "add", "out0", "type", "veth", "peer", "name", "bare");
    const [bare] = lines(await preflight(bench, "redirect", "native", "veth0"), "redirect-target");
    assert.equal(bare?.expectation, true);
    assert.match(bare.text, /^A native redirect into \w+ would lose every packet/);
    for (const name of ["veth0", "out0"]) ip("link", "del", name);
  },

  "a kernel that is too old for an object is told before it refuses": async (bench) => {
    const here = await preflight(bench, "newer", "native");
    const [old] = lines(here, "kernel");
    assert.equal(old?.weight, "stops");
    assert.match(old.text, /^This is Linux 6\.\S+, and bpf_xdp_metadata_rx_timestamp came with 6\.3\.$/);
    const refusal = await refusalOf(bench.attach("newer", "native"));
    assert.match(refusal.message, /bpf_xdp_metadata_rx_timestamp|reject/);
    assert.deepEqual(xdpOf(bench.device.name).ids, []);
  },

  "a refused link has words before the kernel has a tracepoint for them, and auto goes around": async (bench) => {
    const { device } = bench;
    ip("link", "set", device.name, "mtu", "9000");
    const probed = await bench.probe("native");
    assert.match(probed.why, /netdevsim: MTU too large w\/ XDP enabled; the MTU 9000 of \w+ is too large/);
    assert.deepEqual(xdpOf(device.name).ids, []);
    const { program, modeWhy } = await bench.attach("pass", "auto");
    assert.equal(program.mode, "skb");
    assert.match(modeWhy ?? "", /the kernel refused native .*MTU too large w\/ XDP enabled/);
    await bench.detach();
    ip("link", "set", device.name, "mtu", "1500");
  },
};
