/** What holds of hardware mode, tried in the guest in this order. Each leaves the device as it found it. */
import assert from "node:assert/strict";
import { addSimulated, ip, xdpOf } from "./device.ts";
import { type Bench, refusalOf } from "./open-bench.ts";
import { mergingCases, preflightCases } from "./preflight-cases.ts";
import { redirectCases } from "./redirect-cases.ts";

export const cases: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "a program is loaded for the device and runs there": async (bench) => {
    const { device } = bench;
    const { program, replaced } = await bench.attach("pass", "hw");
    assert.equal(program.mode, "hw");
    assert.equal(replaced, null);
    assert.deepEqual(xdpOf(device.name), { word: "xdpoffload", mode: 3, ids: [program.id] });
    assert.deepEqual((await bench.look()).attached, [program]);
    const { attached } = await bench.describe();
    assert.deepEqual(
      attached.map((one) => [one.program.id, one.program.mode, one.by]),
      [[program.id, "hw", "netlink"]],
    );
    await bench.detach();
    assert.deepEqual(xdpOf(device.name).ids, []);
  },

  "the page says that the driver offloads, where it knows that from, and what it takes": async (bench) => {
    const { modes, hint } = await bench.describe();
    const hardware = modes.find(({ mode }) => mode === "hw");
    assert.equal(hardware?.supported, true);
    assert.match(hardware.why, /cannot be asked .*by the table netdevsim offloads/);
    assert.match(hardware.needs.join(), /loaded for this device/);
    assert.equal(hint?.offload, true);
  },

  "replacing is one step, and refuses what somebody else attached": async (bench) => {
    const { device } = bench;
    const first = await bench.attach("pass", "hw");
    const second = await bench.attach("counted", "hw");
    assert.equal(second.replaced?.id, first.program.id);
    assert.equal(second.gapNanoseconds, null);
    assert.deepEqual(xdpOf(device.name).ids, [second.program.id]);
    await bench.detach();

    ip("link", "set", "dev", device.name, "xdpoffload", "obj", "/objects/pass.o", "sec", "xdp");
    const [foreign = 0] = xdpOf(device.name).ids;
    const refusal = await refusalOf(bench.attach("pass", "hw"));
    assert.equal(refusal.kind, "foreign-program");
    assert.equal(refusal.kind === "foreign-program" && refusal.program, foreign);
    assert.deepEqual(xdpOf(device.name).ids, [foreign]);
    const { replaced } = await bench.attach("pass", "hw", { replace: foreign });
    assert.equal(replaced?.id, foreign);
    await bench.detach();
  },

  "a program of the device and one of the host run side by side": async (bench) => {
    const { device } = bench;
    const hardware = await bench.attach("pass", "hw");
    const generic = await bench.attach("counted", "skb");
    assert.equal(generic.replaced, null);
    assert.deepEqual(xdpOf(device.name), { word: "xdpmulti", mode: 4, ids: [generic.program.id, hardware.program.id] });
    assert.deepEqual((await bench.look()).attached, [generic.program, hardware.program]);

    // native takes the place of generic, and of nothing else
    const native = await bench.attach("counted", "native");
    assert.equal(native.replaced?.id, generic.program.id);
    assert.notEqual(native.gapNanoseconds, null);
    assert.deepEqual((await bench.look()).attached, [native.program, hardware.program]);
    const newer = await bench.attach("pass", "hw");
    assert.equal(newer.replaced?.id, hardware.program.id);

    const several = await refusalOf(bench.detach());
    assert.equal(several.kind, "ambiguous");
    assert.match(
      several.message,
      new RegExp(`id ${native.program.id}, native.*id ${newer.program.id}, hw.*--replace ID`),
    );
    await bench.detach(native.program.id);
    assert.deepEqual(xdpOf(device.name), { word: "xdpoffload", mode: 3, ids: [newer.program.id] });
    await bench.detach();
    assert.deepEqual(xdpOf(device.name).ids, []);
  },

  "what nobody confirms is rolled back to what the device ran": async (bench) => {
    const { device, handlers, context } = bench;
    const before = await bench.attach("pass", "hw");
    const unconfirmed = await bench.attach("counted", "hw", { confirmWithin: 1 });
    assert.deepEqual(xdpOf(device.name).ids, [unconfirmed.program.id]);
    const state = async (): Promise<string | undefined> =>
      (await handlers["guards.list"]({}, context)).guards.find(({ guard }) => guard === unconfirmed.guard?.guard)
        ?.state;
    while ((await state()) === "waiting") await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(await state(), "rolled-back");
    assert.deepEqual(xdpOf(device.name), { word: "xdpoffload", mode: 3, ids: [before.program.id] });

    const kept = await bench.attach("counted", "hw", { confirmWithin: 600 });
    await handlers["guards.confirm"]({ guard: kept.guard?.guard ?? "" }, context);
    assert.deepEqual(xdpOf(device.name).ids, [kept.program.id]);
    await bench.detach();
  },

  "a map that the device holds is read and written as a table": async (bench) => {
    const { maps } = await bench.attach("counted", "hw");
    const [map] = maps;
    assert.equal(map?.name, "seen");
    const { id } = map;
    const rows = async (): Promise<readonly (readonly string[])[]> =>
      (await bench.handlers["maps.table"]({ id }, bench.context)).rows.map(({ cells }) => cells);
    const before = await rows();
    assert.equal(before.length, 2);
    const [, second = []] = before;
    const cells = [second[0] ?? "", "0x2a00000000000000"];
    await bench.handlers["maps.set"]({ id, cells, when: "any", netns: null }, bench.context);
    const [, after = []] = await rows();
    assert.match(after[1] ?? "", /2a|42/);
    await bench.detach();
  },

  "a device that refuses is told from the verifier, and nothing is lost": async (bench) => {
    const { device } = bench;
    const { program } = await bench.attach("pass", "hw");
    const refused = async (file: string): Promise<string> => {
      const failure = await refusalOf(device.refusing(file, () => bench.attach("counted", "hw")));
      assert.equal(failure.kind, "kernel", failure.message);
      assert.equal(failure.kind === "kernel" && failure.code, "EOPNOTSUPP");
      assert.deepEqual(xdpOf(device.name).ids, [program.id]);
      return failure.message;
    };
    assert.match(
      await refused("bpf_bind_accept"),
      /^load xdp_counted for the hardware of eth0: Operation not supported .*choose native or skb/,
    );
    assert.match(await refused("ports/0/bpf_map_accept"), /map 'seen': failed to create: .*hashes and arrays only/);
    // netlink's own words
    assert.match(await refused("ports/0/bpf_xdpoffload_accept"), /netdevsim: XDP offload disabled in DebugFS/);
    await bench.detach();
  },

  "a program that the device's own check rejects comes with the log": async (bench) => {
    const failure = await refusalOf(
      bench.device.refusing("bpf_bind_verifier_accept", () => bench.attach("pass", "hw")),
    );
    assert.equal(failure.kind, "rejected");
    assert.match(failure.message, /the verifier or the device rejects it/);
    assert.match(failure.kind === "rejected" ? failure.log : "", /Hello from netdevsim/);
    assert.deepEqual(xdpOf(bench.device.name).ids, []);
  },

  "maps that no device takes are named, with the way out": async (bench) => {
    const many = await refusalOf(bench.attach("many", "hw"));
    assert.match(
      many.message,
      /map 'seen': failed to create: Cannot allocate memory .*as many entries as they have room/,
    );
    const tail = await refusalOf(bench.attach("tail", "hw"));
    assert.match(tail.message, /map 'next_programs': failed to create: Invalid argument .*hashes and arrays only/);
  },

  "the driver's refusals of other modes carry its words": async (bench) => {
    const { device } = bench;
    const off = await refusalOf(device.refusing("ports/0/bpf_xdpdrv_accept", () => bench.attach("pass", "native")));
    assert.equal(off.kind === "kernel" && off.extack, "netdevsim: driver XDP disabled in DebugFS");
    ip("link", "set", device.name, "mtu", "9000");
    const large = await refusalOf(bench.attach("pass", "native"));
    assert.equal(large.kind === "kernel" && large.extack, "netdevsim: MTU too large w/ XDP enabled");
    ip("link", "set", device.name, "mtu", "1500");
    assert.deepEqual(xdpOf(device.name).ids, []);
  },

  "a change of mode that fails brings back what ran": async (bench) => {
    const { device } = bench;
    const { program } = await bench.attach("pass", "skb");
    const refused = await refusalOf(device.refusing("ports/0/bpf_xdpdrv_accept", () => bench.attach("pass", "native")));
    assert.match(refused.message, new RegExp(`disabled in DebugFS.*id ${program.id} is back in skb mode`));
    assert.deepEqual(xdpOf(device.name), { word: "xdpgeneric", mode: 2, ids: [program.id] });
    await bench.detach();
  },

  "a device without offload refuses in words": async (bench) => {
    ip("link", "add", "veth0", "type", "veth", "peer", "name", "veth1");
    const failure = await refusalOf(bench.attach("pass", "hw", { on: "veth0" }));
    assert.match(failure.message, /^load xdp_pass for the hardware of veth0: .*does not offload XDP.*native or skb/);
    assert.equal((await bench.probe("hw", "veth0")).works, false);
    assert.deepEqual(xdpOf("veth0").ids, []);
    ip("link", "del", "veth0");
  },

  "trying hardware mode tells whether it works, and leaves nothing": async (bench) => {
    const { device } = bench;
    assert.equal((await bench.probe("hw")).works, true);
    const refused = await device.refusing("ports/0/bpf_xdpoffload_accept", () => bench.probe("hw"));
    assert.equal(refused.works, false);
    assert.match(refused.why, /XDP offload disabled in DebugFS/);
    assert.deepEqual(xdpOf(device.name).ids, []);
  },

  "a device that goes takes its program along, and the workbench goes on": async (bench) => {
    const second = addSimulated(2);
    const { maps } = await bench.attach("counted", "hw", { on: second.name });
    second.remove();
    const { interfaces } = await bench.handlers["interfaces.list"]({}, bench.context);
    assert.equal(
      interfaces.some(({ name }) => name === second.name),
      false,
    );
    const gone = await refusalOf(bench.handlers["maps.table"]({ id: maps[0]?.id ?? 0 }, bench.context));
    assert.match(gone.message, /map/);
    const { program } = await bench.attach("pass", "hw");
    assert.equal(program.mode, "hw");
    await bench.detach();
  },

  "xdpw attaches, shows and detaches in hardware mode": async ({ device, xdpw, command }) => {
    const attach = ["attach", "/objects/pass.o", "--dev", device.name, "--mode", "hw"];
    const attached = await xdpw(...attach);
    assert.equal(attached.status, 0, attached.err);
    const [id = 0] = xdpOf(device.name).ids;
    assert.match(attached.out, new RegExp(`attached xdp_pass to ${device.name} .*: hw, id ${id}`));
    const status = await command("status", "--dev", device.name);
    assert.match(status.out, new RegExp(`${device.name} .*hw id ${id} xdp_pass`));
    const refused = await device.refusing("ports/0/bpf_xdpoffload_accept", () => command(...attach));
    assert.notEqual(refused.status, 0);
    assert.match(refused.err, /Operation not supported \(EOPNOTSUPP\): netdevsim: XDP offload disabled in DebugFS/);
    assert.deepEqual(xdpOf(device.name).ids, [id]);

    // beside one of the host it is named
    assert.equal((await command("attach", "/objects/counted.o", "--dev", device.name, "--mode", "skb")).status, 0);
    const several = await command("detach", "--dev", device.name);
    assert.notEqual(several.status, 0);
    assert.match(several.err, /xdp_counted \(id \d+, skb\) and xdp_pass \(id \d+, hw\); say --replace ID/);
    assert.equal((await command("detach", "--dev", device.name, "--replace", `${id}`)).status, 0);
    const detached = await command("detach", "--dev", device.name);
    assert.equal(detached.status, 0, detached.err);
    assert.deepEqual(xdpOf(device.name).ids, []);
  },

  ...redirectCases,
  ...preflightCases,
  ...mergingCases,
};
