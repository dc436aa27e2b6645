/** What is said before an attach on a kernel that cannot be asked for XDP features, and how it refuses. */
import assert from "node:assert/strict";
import type { WantedMode } from "../../protocol/interfaces.ts";
import type { Preflight, PreflightLine } from "../../protocol/preflight.ts";
import { addBond, emulatedNic, ip, xdpOf } from "./device.ts";
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

async function fix(bench: Bench, line: PreflightLine | undefined): Promise<void> {
  const run = line?.fixes[0]?.run;
  if (run === undefined || run === null) return assert.fail(`nothing to run: ${JSON.stringify(line)}`);
  await bench.handlers["attach.fix"](run, bench.context);
}

const words = (failure: Awaited<ReturnType<typeof refusalOf>>): string | null =>
  failure.kind === "kernel" ? failure.extack : failure.message;

/** Real drivers, on NICs that QEMU emulates. Those of virtio want a tap. */
export const mergingCases: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "GRO-HW that virtio_net turns off by itself is told, and stops nothing; its queues cost": async (bench) => {
    const name = emulatedNic("virtio_net");
    const here = await preflight(bench, "pass", "native", name);
    const [merging] = lines(here, "gro-hw");
    assert.equal(merging?.weight, "fine");
    assert.equal(merging.expectation, true);
    assert.match(merging.text, /^GRO-HW is on: virtio_net turns it off by itself/);
    const [queues] = lines(here, "queues");
    assert.equal(queues?.weight, "costs");
    assert.match(queues.text, /^1 queue pair for 2 CPUs/);
    const { program } = await bench.attach("pass", "native", { on: name });
    assert.deepEqual(xdpOf(name), { word: "xdp", mode: 1, ids: [program.id] });
    await bench.detach(undefined, name);

    await fix(bench, merging);
    assert.deepEqual(lines(await preflight(bench, "pass", "native", name), "gro-hw"), []);
    ip("link", "set", name, "mtu", "9000");
    const [mtu] = lines(await preflight(bench, "pass", "native", name), "mtu");
    assert.equal(mtu?.weight, "stops");
    assert.match(mtu.evidence, /^driver table: virtio_net takes at most \d+/);
    assert.match(words(await refusalOf(bench.attach("pass", "native", { on: name }))) ?? "", /MTU too large/);
    await fix(bench, mtu);
    assert.equal(lines(await preflight(bench, "pass", "native", name), "mtu")[0]?.weight, "fine");
    await bench.attach("pass", "native", { on: name });
    await bench.detach(undefined, name);
  },

  "GRO-HW that the host forces stops native mode: the kernel refuses with these words, and auto goes around": async (
    bench,
  ) => {
    const name = emulatedNic("virtio_net", true);
    const [merging] = lines(await preflight(bench, "pass", "native", name), "gro-hw");
    assert.equal(merging?.weight, "stops");
    assert.deepEqual(merging.fixes, []);
    assert.match(merging.text, /^GRO-HW is on and fixed: .*guest_tso4=off/);
    const refused = await refusalOf(bench.attach("pass", "native", { on: name }));
    assert.equal(refused.kind === "kernel" && refused.code, "EOPNOTSUPP");
    assert.match(words(refused) ?? "", /host is implementing GRO_HW\/CSUM/);
    assert.match(refused.message, /merges packets .* for a virtio NIC on its host/);
    const around = await preflight(bench, "pass", "auto", name);
    assert.equal(around.mode, "skb");
    assert.equal(lines(around, "gro-hw")[0]?.weight, "costs");
    const { program, modeWhy } = await bench.attach("pass", "auto", { on: name });
    assert.equal(program.mode, "skb");
    assert.match(modeWhy ?? "", /GRO_HW\/CSUM/);
    await bench.detach(undefined, name);
  },
};

export const preflightCases: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "LRO is told before, and the fix turns it off": async (bench) => {
    const name = emulatedNic("vmxnet3");
    const here = await preflight(bench, "pass", "native", name);
    const [lro] = lines(here, "lro");
    assert.equal(lro?.weight, "stops");
    assert.equal(lro.expectation, true);
    assert.match(lro.text, /^LRO is on: /);
    assert.equal(lro.fixes[0]?.command, `ethtool -K ${name} rx-lro off`);
    // the table knows since when, and this kernel is older
    assert.equal(lines(here, "mode")[0]?.weight, "stops");
    assert.equal(
      (await preflight(bench, "pass", "skb", name)).lines.some(({ about }) => about === "lro"),
      false,
    );
    await fix(bench, lro);
    assert.deepEqual(lines(await preflight(bench, "pass", "native", name), "lro"), []);
    const refused = await refusalOf(bench.attach("pass", "native", { on: name }));
    assert.equal(words(refused), "Underlying driver does not support XDP in native mode");
  },

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

  "a bond and its ports keep each other from a program, and each says which is in the way": async (bench) => {
    addBond("above0");
    ip("link", "add", "veth0", "type", "veth", "peer", "name", "veth1");
    ip("link", "set", "veth0", "master", "above0");
    await bench.attach("pass", "native", { on: "above0" });
    const below = await refusalOf(bench.attach("pass", "native", { on: "veth0" }));
    assert.equal(words(below), "Cannot attach when an upper device already has a program");
    assert.match(below.message, /a device above this one \(a bridge, bond or team\) runs a program of its own/);
    await bench.detach(undefined, "above0");

    const bare = emulatedNic("vmxnet3");
    ip("link", "set", bare, "master", "above0");
    const above = await refusalOf(bench.attach("pass", "native", { on: "above0" }));
    assert.match(words(above) ?? "", /^Slave device does not support XDP/);
    assert.match(above.message, /a device below this one does not take the program/);
    for (const name of ["above0", "veth0"]) ip("link", "del", name);
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
