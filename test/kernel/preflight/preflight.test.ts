/** Each line of the preflight, provoked on real devices, held against what the kernel then says, and mended by its fix. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { preflightHere, preflightPlaces } from "../../../main/attach/preflight/preflight.ts";
import { programTraits } from "../../../main/attach/preflight/program-traits.ts";
import { buildInput } from "../../../main/build/build-input.ts";
import { chooseProgram } from "../../../main/build/choose-program.ts";
import { createWorkbench } from "../../../main/workbench.ts";
import { setEntry } from "../../../main/maps/set-entry.ts";
import { eventually, execute, failureOf, skipReason, startElevated } from "../helper/harness.ts";
import { compile, native } from "../native/support.ts";
import { mapOf } from "../reload/stage.ts";
import type { Place } from "../../../protocol/interfaces.ts";
import { about, lineOf, openStage, programs, refusalOf, runOf, type Stage } from "./stage.ts";

/** of whatever driver; there is none in a container */
const nic = readdirSync("/sys/class/net").find((name) => /^(eth|en)/.test(name));

describe.skipIf(skipReason !== "")(`before an attach ${skipReason}`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    await native.warmPool();
  });
  afterAll(() => stage.end());
  beforeEach(() => stage.reset());

  it("says nothing that stops where all is well, and the kernel agrees", async () => {
    const here = await stage.preflight(programs.pass, "native");
    expect(here).toMatchObject({ mode: "native", carries: [], confirmWithin: null });
    expect(here.lines.filter(({ weight }) => weight !== "fine")).toEqual([]);
    expect(lineOf(here, "mtu").expectation).toBe(true);
    expect(lineOf(here, "mode").expectation).toBe(false);
    expect((await stage.attach(programs.pass, "native")).program.mode).toBe("native");
  });

  it("MTU of the other end: the kernel refuses, fragments lift it, and the fix mends it", async () => {
    await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
    const here = await stage.preflight(programs.pass, "native");
    const line = lineOf(here, "mtu");
    expect(line).toMatchObject({ weight: "stops", expectation: true });
    expect(line.text).toMatch(/peer in namespace \S+ has MTU 9000, .* above 3506/);
    expect(line.fixes[0]?.command).toBe(`ip -n ${stage.host} link set dev peer mtu 3506`);
    expect((await refusalOf(stage.attach(programs.pass, "native"))).code).toBe("ERANGE");

    expect(lineOf(await stage.preflight(programs.fragments, "native"), "mtu").weight).toBe("fine");
    expect((await stage.preflight(programs.fragments, "auto")).mode).toBe("native");
    expect((await stage.attach(programs.fragments, "native")).program.mode).toBe("native");
    await stage.reset();

    await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
    await stage.fix(runOf(line));
    expect(lineOf(await stage.preflight(programs.pass, "native"), "mtu").weight).toBe("fine");
    expect((await stage.attach(programs.pass, "native")).program.mode).toBe("native");
    // one more is one too many: the limit is the kernel's
    await stage.reset();
    await stage.ip(stage.host, "link", "set", "peer", "mtu", "3507");
    expect((await refusalOf(stage.attach(programs.pass, "native"))).code).toBe("ERANGE");
  });

  it("the command to copy does what the fix does, whatever the device is called", async () => {
    await stage.ip(stage.host, "link", "set", "peer", "down");
    await stage.ip(stage.host, "link", "set", "peer", "name", `x;$(id)'"&*`, "mtu", "9000", "up");
    const [fix] = lineOf(await stage.preflight(programs.pass, "native"), "mtu").fixes;
    await execute("sh", ["-c", fix?.command ?? "false"]);
    expect(lineOf(await stage.preflight(programs.pass, "native"), "mtu").weight).toBe("fine");
  });

  it("queues: fewer to receive than the other end has to transmit", async () => {
    await stage.ethtool(stage.host, "-L", "peer", "tx", "4");
    const here = await stage.preflight(programs.pass, "native");
    const line = lineOf(here, "queues");
    expect(line).toMatchObject({ weight: "stops" });
    expect(line.text).toMatch(/^1 receive queue here and 4 transmit queues at the other end peer/);
    expect(line.fixes[0]?.command).toBe(`nsenter --net=/run/netns/${stage.box} ethtool -L port rx 4`);
    const auto = await stage.preflight(programs.pass, "auto");
    expect(auto).toMatchObject({ mode: "skb", modeWhy: expect.stringMatching(/4 transmit queues/) });
    expect(lineOf(auto, "queues").weight).toBe("costs");
    await stage.fix(runOf(line));
    expect(about(await stage.preflight(programs.pass, "native"), "queues")).toEqual([]);
    expect((await stage.attach(programs.pass, "native")).program.mode).toBe("native");
  });

  it("a mode that the device has not", async () => {
    const hardware = await stage.preflight(programs.pass, "hw");
    expect(lineOf(hardware, "mode")).toMatchObject({ weight: "stops", text: expect.stringMatching(/hardware/) });
    expect(lineOf(hardware, "device-program").weight).toBe("fine");
    expect(lineOf(await stage.preflight(programs.pass, "skb"), "mode").weight).toBe("costs");
    await stage.ip(stage.box, "link", "add", "hub", "index", "31", "type", "bridge");
    const hub = { netns: stage.box, ifindex: 31, name: "hub" };
    expect(await stage.preflight(programs.pass, "auto", hub)).toMatchObject({ mode: "skb" });
    expect(lineOf(await stage.preflight(programs.pass, "native", hub), "mode").weight).toBe("stops");
    await stage.ip(stage.box, "link", "del", "hub");
  });

  it("another program in the way: ours is replaced, a foreign one is asked about, another mode has its gap", async () => {
    await stage.attach(programs.pass, "native");
    expect(lineOf(await stage.preflight(programs.pass, "native"), "program-in-the-way").weight).toBe("fine");
    expect(lineOf(await stage.preflight(programs.pass, "skb"), "program-in-the-way")).toMatchObject({
      weight: "costs",
      text: expect.stringMatching(/one of native and skb at a time.*nothing runs for a moment/),
    });
    await stage.reset();
    const object = join(stage.folder, "foreign.bpf.o");
    writeFileSync(object, compile(`SEC("xdp") int foreign(struct xdp_md *ctx) { return XDP_PASS; }`));
    await stage.ip(stage.box, "link", "set", "dev", "port", "xdpgeneric", "obj", object, "sec", "xdp");
    const line = lineOf(await stage.preflight(programs.pass, "native"), "program-in-the-way");
    expect(line).toMatchObject({ weight: "stops", expectation: false });
    expect(line.text).toMatch(/^foreign \(id \d+, skb\) runs here, which the workbench did not attach/);
    await execute("sh", ["-c", line.fixes[0]?.command ?? "false"]);
    expect(about(await stage.preflight(programs.pass, "native"), "program-in-the-way")).toEqual([]);
  });

  it("a link in the way: by its number, and by who holds it", async () => {
    const programFd = native.loadPass("linked");
    const linkFd = native.inNetns(`/run/netns/${stage.box}`, () =>
      native.xdpLink({ ifindex: stage.places.port.ifindex, mode: "native", programFd }),
    );
    try {
      const line = lineOf(await stage.preflight(programs.pass, "native"), "link-in-the-way");
      const link = native.linkIds().find((id) => native.linkInfo(id).ifindex === stage.places.port.ifindex);
      expect(line).toMatchObject({ weight: "stops", expectation: false });
      expect(line.text).toContain(`bpf_link ${link}, held open by`);
      expect(line.text).toContain(`(pid ${process.pid})`);
      expect(line.fixes.map(({ command }) => command)).toContain(`bpftool link detach id ${link}`);
    } finally {
      native.closeFd(linkFd);
      native.closeFd(programFd);
    }
  });

  it("redirects: into what takes none, by the namespace's devices and by the maps of what runs", async () => {
    const before = about(await stage.preflight(programs.redirect, "native"), "redirect-target");
    expect(before).toHaveLength(1);
    expect(before[0]).toMatchObject({ weight: "costs", expectation: false });
    expect(before[0]?.text).toMatch(/^A native redirect into side would lose every packet: its other end far in/);
    expect(about(await stage.preflight(programs.pass, "native"), "redirect-target")).toEqual([]);
    // generic redirects take the way of ordinary packets
    expect(about(await stage.preflight(programs.redirect, "skb"), "redirect-target")).toEqual([]);

    const attachment = await stage.attach(programs.redirect, "native");
    await setEntry(stage.helpers, stage.attachments, {
      ...{ id: mapOf(attachment, "ports"), cells: ["1", "side"], when: "any", netns: stage.box },
    });
    await stage.ip(stage.box, "link", "set", "side", "down");
    const [down, bare] = about(await stage.preflight(programs.redirect, "native"), "redirect-target");
    expect(down?.text).toMatch(/^side, which ports names, is down/);
    expect(bare?.text).toMatch(/^A native redirect into side, which ports names, loses every packet/);
    if (down !== undefined) await stage.fix(runOf(down));
    expect(await arriving(stage.places.far)).toBe(0);
    if (bare !== undefined) await stage.fix(runOf(bare));
    expect(await arriving(stage.places.far)).toBe(50);
    expect(about(await stage.preflight(programs.redirect, "native"), "redirect-target")).toEqual([]);
  });

  /** of 50 packets that the host sends to the port, those that come out there */
  async function arriving(at: Place): Promise<number> {
    const { peer } = stage.places;
    const netns = `/run/netns/${stage.host}`;
    const frames = Buffer.alloc(60, 0xff);
    frames.writeUInt16BE(0x88b5, 12);
    const patterns = [[{ offset: 12, bytes: Buffer.from([0x88, 0xb5]) }]];
    const counter = native.countFrames({ netns, ifindex: at.ifindex, patterns });
    try {
      await native.sendFrames({ netns, ifindex: peer.ifindex, frames, frameLength: 60, count: 50, rate: 1000 });
      return (
        (
          await eventually(
            () => counter.counts(),
            ([count]) => count === 50,
            500,
          )
        )[0] ?? 0
      );
    } finally {
      counter.close();
    }
  }

  it("packets sent back to an end that takes none, and checksums that sockets leave to the device", async () => {
    const here = await stage.preflight(programs.back, "native");
    const [back] = about(here, "redirect-target");
    expect(back?.text).toMatch(/^What the program sends back with XDP_TX is lost/);
    await stage.attach(programs.back, "native");
    expect(await arriving(stage.places.peer)).toBe(0);
    const object = join(stage.folder, "pass.bpf.o");
    writeFileSync(object, compile(`SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }`));
    await stage.ip(stage.host, "link", "set", "dev", "peer", "xdpdrv", "obj", object, "sec", "xdp");
    expect(await arriving(stage.places.peer)).toBe(50);
    expect(about(await stage.preflight(programs.back, "native"), "redirect-target")).toEqual([]);
    const line = lineOf(here, "checksum-offload");
    expect(line.weight).toBe("costs");
    await stage.fix(runOf(line));
    expect(about(await stage.preflight(programs.back, "native"), "checksum-offload")).toEqual([]);
    expect(about(await stage.preflight(programs.pass, "native"), "checksum-offload")).toEqual([]);
  });

  it("a device that is down, and one whose other end is", async () => {
    await stage.ip(stage.box, "link", "set", "port", "down");
    await stage.ip(stage.host, "link", "set", "peer", "down");
    await stage.fix(runOf(lineOf(await stage.preflight(null, "auto"), "link-state")));
    const line = lineOf(await stage.preflight(null, "auto"), "link-state");
    expect(line.text).toBe("port has no link: nothing arrives here until its other end peer is up.");
    await stage.fix(runOf(line));
    expect(about(await stage.preflight(null, "auto"), "link-state")).toEqual([]);
  });

  it("an object without types, and programs for maps that do not fit", async () => {
    const path = join(stage.folder, "bare.bpf.o");
    const source = join(stage.folder, "bare.bpf.c");
    writeFileSync(source, programs.pass);
    await execute("clang", ["-target", "bpf", "-O2", "-I/usr/include/x86_64-linux-gnu", "-c", source, "-o", path]);
    const rooms = { helpers: stage.helpers, attachments: stage.attachments, confirmWithin: 30 };
    const asked = { input: { path, text: null }, program: null, places: [stage.places.port], mode: "native" } as const;
    const [bare] = (await preflightPlaces(rooms, { ...asked, places: [...asked.places] })).places;
    expect(bare?.lines.find((line) => line.about === "btf")).toMatchObject({ weight: "costs" });

    const mixed = `${programs.fragments}SEC("xdp/devmap") int out(struct xdp_md *ctx) { return XDP_PASS; }\n`;
    const here = await stage.preflight(mixed, "native");
    expect(lineOf(here, "device-program")).toMatchObject({ weight: "costs", text: expect.stringMatching(/^out /) });
    expect(lineOf(here, "fragments").weight).toBe("fine");
    expect(lineOf(here, "kernel")).toMatchObject({ weight: "fine", text: expect.stringMatching(/5\.18/) });
  });

  it("what the kernel gives to programs of one device only", async () => {
    const text = `${programs.pass.replace("#include <bpf/bpf_helpers.h>", "$&\nextern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym;")}`;
    const reading = text.replace(
      "return XDP_PASS;",
      "__u64 at; return bpf_xdp_metadata_rx_timestamp(ctx, &at) ? XDP_DROP : XDP_PASS;",
    );
    const here = await stage.preflight(reading, "native");
    expect(lineOf(here, "device-program")).toMatchObject({
      ...{ weight: "stops", text: expect.stringMatching(/^pass calls bpf_xdp_metadata_rx_timestamp, which/) },
    });
    expect(lineOf(here, "btf")).toMatchObject({ weight: "fine" });
    expect(await failureOf(stage.attach(reading, "native"))).toMatchObject({ kind: "rejected" });
  });

  it("a kernel that is too old, and one that does not tell its types", async () => {
    const covered = 'mount -t tmpfs none /sys/kernel/btf; exec "$@"';
    const within = ["setarch", process.arch === "arm64" ? "aarch64" : "x86_64", "--uname-2.6", "unshare", "-m"];
    const helper = await startElevated({ within: [...within, "sh", "-c", covered, "sh"] });
    try {
      const places = [stage.places.port];
      const looked = await helper.peer.request("attach.look", { places, redirects: false, ssh: null });
      expect(looked).toMatchObject({ kernel: expect.stringMatching(/^2\.6\./), kernelBtf: false });
      const text = `${programs.redirect}
struct sk_buff { int len; } __attribute__((preserve_access_index));
SEC("xdp") int fitted(struct xdp_md *ctx) { struct sk_buff *skb = 0; return bpf_core_field_exists(skb->len) + 1; }\n`;
      const withCore = text.replace(
        "#include <bpf/bpf_helpers.h>",
        "#include <bpf/bpf_helpers.h>\n#include <bpf/bpf_core_read.h>",
      );
      const input = { path: join(stage.folder, "core.bpf.c"), text: withCore };
      const { object } = await buildInput(stage.helpers.plain, input);
      if (object === null) throw new Error("it does not build");
      const traits = programTraits(object, chooseProgram(object.contents, "fitted"));
      const [place] = looked.places;
      if (place === undefined) throw new Error("nothing was looked at");
      const here = preflightHere(place, { looked, traits, mode: "native", isOurs: () => true, confirmWithin: 30 });
      expect(lineOf(here, "btf")).toMatchObject({ weight: "stops", text: expect.stringMatching(/CO-RE/) });
      expect(lineOf(here, "kernel")).toMatchObject({
        ...{ weight: "stops", expectation: true },
        text: expect.stringMatching(/^This is Linux 2\.6\.\S+, and maps of type devmap came with 4\.14/),
      });
    } finally {
      await helper.stop();
    }
  });

  it.skipIf(nic === undefined)("the machine's own NIC, looked at only: what ethtool and ip say", async () => {
    const name = nic ?? "";
    const features = (await execute("ethtool", ["-k", name])).stdout;
    const on = (feature: string): boolean => new RegExp(`^${feature}: on`, "m").test(features);
    const carried = (await execute("ip", ["route", "show", "default", "dev", name])).stdout !== "";
    const ifindex = native.ifindexOf(name);
    const here = await stage.preflight(programs.pass, "native", { netns: null, ifindex, name });
    expect(about(here, "lro").length > 0).toBe(on("large-receive-offload"));
    expect(about(here, "gro-hw").length > 0).toBe(on("rx-gro-hw"));
    if (here.carries.length === 0) expect(carried).toBe(false);
    if (carried)
      expect(here).toMatchObject({
        confirmWithin: 30,
        carries: expect.arrayContaining([expect.stringMatching(/default route/)]),
      });
  });

  it("a fix stands among the commands, and the workbench answers for both", async () => {
    for (const name of ["XDG_STATE_HOME", "XDG_CONFIG_HOME"]) process.env[name] = stage.folder;
    const workbench = createWorkbench({ terminal: false });
    const session = workbench.connect(() => undefined);
    const context = { token: new CancellationTokenSource().token };
    try {
      await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
      await session.handlers["session.unlock"]({ what: "test" }, context);
      const asked = { input: null, program: null, places: [stage.places.port], mode: "native" } as const;
      const look = async () =>
        (await session.handlers["attach.preflight"]({ ...asked, places: [...asked.places] }, context)).places[0];
      const found = await look();
      if (found === undefined) throw new Error("nothing was said");
      await session.handlers["attach.fix"](runOf(lineOf(found, "mtu")), context);
      const { commands } = await session.handlers["session.commands"]({}, context);
      expect(commands.at(-1)).toMatchObject({
        ...{ what: "set the MTU of peer", lines: [`ip -n ${stage.host} link set dev peer mtu 3506`] },
      });
      const mended = await look();
      expect(mended?.lines.some(({ weight }) => weight === "stops")).toBe(false);
    } finally {
      session.end();
      await workbench.close();
    }
  });

  it("what the kernel refuses of a fix comes with its words, and what is gone is told", async () => {
    const place = stage.places.peer;
    expect(await refusalOf(stage.fix({ do: "set-mtu", place, mtu: 10 }))).toMatchObject({
      ...{ code: "EINVAL", extack: "mtu less than device minimum", operation: "RTM_SETLINK" },
      message: expect.stringMatching(/^set the MTU of peer to 10: .*its driver takes 68 to 65535$/),
    });
    expect(await refusalOf(stage.fix({ do: "set-channels", place, kind: "rx", count: 77 }))).toMatchObject({
      extack: "requested channel count exceeds maximum",
    });
    const nonsense = stage.fix({ do: "set-feature", place, feature: "no-such", on: true });
    expect(await refusalOf(nonsense)).toMatchObject({ extack: "bit name not found" });
    const lro = stage.fix({ do: "set-feature", place, feature: "rx-lro", on: true });
    expect((await failureOf(lro)).message).toMatch(/rx-lro/);
    const gone = { ...place, ifindex: 4_000_000 };
    expect(await failureOf(stage.fix({ do: "set-up", place: gone }))).toMatchObject({ kind: "not-found" });
    const vanished = { ...place, netns: "xdpwt-no-such" };
    expect(await failureOf(stage.fix({ do: "set-up", place: vanished }))).toMatchObject({ kind: "not-found" });
  });
});
