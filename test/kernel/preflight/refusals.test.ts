/** What the kernel refuses, in its own words, in ours, and with the next step: each provoked on real devices. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { attachEverywhere, attachInput } from "../../../main/attach/attach-input.ts";
import { detachPlace } from "../../../main/attach/detach-place.ts";
import { attachingAt } from "../../../helper/attaching.ts";
import { naming } from "../../../helper/failures.ts";
import type { XdpMode } from "../../../helper/native/face.ts";
import { createLedger } from "../../../helper/ledger.ts";
import { hearingLinkWords } from "../../../helper/refusals/link-words.ts";
import { openScene } from "../cli/run-xdpw.ts";
import { failureOf, skipReason, startElevated } from "../helper/harness.ts";
import { compile, loading, native } from "../native/support.ts";
import { openStage, programs, refusalOf, type Stage } from "./stage.ts";

describe.skipIf(skipReason !== "")(`a refused attach ${skipReason}`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
    await native.warmPool();
  });
  afterAll(() => stage.end());
  beforeEach(() => stage.reset());

  const inBox = <T>(run: () => T): T => native.inNetns(`/run/netns/${stage.box}`, run);
  const attached = () => inBox(() => native.xdpQuery(stage.places.port.ifindex));
  /** past everything that looks first: the kernel's own no, as an attach tells it */
  const straight = async (mode: XdpMode, programFd: number, expectedFd: number | null = null): Promise<void> => {
    const place = stage.places.port;
    inBox(() =>
      naming({ doing: `attach x to port`, ...attachingAt(native, place, mode) }, () =>
        native.xdpAttach({ ifindex: place.ifindex, mode, programFd, expectedFd }),
      ),
    );
  };
  const withPass = async <T>(run: (programFd: number) => Promise<T>): Promise<T> => {
    const programFd = native.loadPass("other");
    try {
      return await run(programFd);
    } finally {
      native.closeFd(programFd);
    }
  };

  it("for the MTU of the other end", async () => {
    await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
    expect(await refusalOf(stage.attach(programs.pass, "native"))).toMatchObject({
      ...{ code: "ERANGE", operation: "RTM_SETLINK", extack: "veth: Peer MTU is too large to set XDP" },
      means: expect.stringMatching(/^the MTU 9000 of its other end peer in namespace \S+ is too large/),
      next: 'make it at most 3506, or declare the program SEC("xdp.frags")',
      refused: { place: stage.places.port, mode: "native" },
      message: expect.stringMatching(
        /^attach pass to port in native mode: .*\(ERANGE\): veth: Peer MTU.*; the MTU 9000/,
      ),
    });
  });

  it("for queues", async () => {
    await stage.ethtool(stage.host, "-L", "peer", "tx", "4");
    await withPass(async (fd) => {
      expect(await refusalOf(straight("native", fd))).toMatchObject({
        ...{ code: "ENOSPC", extack: "veth: XDP expects number of rx queues not less than peer tx queues" },
        next: expect.stringMatching(/ethtool -L port rx N$/),
      });
    });
  });

  it("for generic beside native, and for what is attached already", async () => {
    await stage.attach(programs.pass, "native");
    await withPass(async (fd) => {
      expect(await refusalOf(straight("skb", fd))).toMatchObject({
        ...{ code: "EEXIST", extack: "Native and generic XDP can't be active at the same time" },
        means: expect.stringMatching(/^a program runs there in native mode/),
        next: "detach that first, or choose the mode that it runs in",
      });
      expect(await refusalOf(straight("native", fd))).toMatchObject({
        ...{ code: "EEXIST", extack: "Active program does not match expected" },
        next: "look again, then choose whether to replace it",
      });
    });
  });

  it("for a link in the way, with its number and its holder", async () => {
    await withPass(async (programFd) => {
      const { ifindex } = stage.places.port;
      const linkFd = inBox(() => native.xdpLink({ ifindex, mode: "native", programFd }));
      try {
        const [now] = attached();
        const link = native.linkIds().find((id) => native.linkInfo(id).programId === now?.programId);
        expect(await refusalOf(stage.attach(programs.pass, "native", now?.programId ?? 0))).toMatchObject({
          ...{ code: "EBUSY", extack: "Can't replace active BPF XDP link" },
          means: expect.stringMatching(new RegExp(`bpf_link ${link} of .*\\(pid ${process.pid}\\)`)),
          next: expect.stringContaining(`bpftool link detach id ${link}`),
        });
        const detaching = detachPlace(stage.helpers, stage.attachments, {
          ...{ place: stage.places.port, replace: now?.programId ?? 0 },
        });
        expect(await refusalOf(detaching)).toMatchObject({
          ...{ code: "EBUSY", next: expect.stringContaining(`bpftool link detach id ${link}`) },
        });
        // between modes too: the first step is refused, and nothing was taken off
        const changing = stage.attach(programs.pass, "skb", now?.programId ?? 0);
        expect((await refusalOf(changing)).means).toMatch(/hangs on bpf_link/);
        expect(attached()).toEqual([now]);
      } finally {
        native.closeFd(linkFd);
      }
    });
  });

  it("for hardware that is none, by what the workbench knows and by what the kernel says", async () => {
    expect(await failureOf(stage.attach(programs.pass, "hw"))).toMatchObject({ kind: "unsupported" });
    await withPass(async (fd) => {
      expect(await refusalOf(straight("hw", fd))).toMatchObject({
        ...{ code: "EINVAL", extack: null, means: "veth takes no program in its hardware" },
        next: "choose native or skb mode",
      });
    });
    const load = (): number => inBox(() => native.loadPass("offloaded", stage.places.port.ifindex));
    expect(load).toThrow(/EINVAL|EOPNOTSUPP/);
  });

  it("for a program that belongs into a map", async () => {
    const bytes = compile(`SEC("xdp/devmap") int out(struct xdp_md *ctx) { return XDP_PASS; }`);
    const loaded = await native.loadObject(loading(bytes, "out"));
    try {
      expect(await refusalOf(straight("native", loaded.programFd))).toMatchObject({
        ...{ code: "EINVAL", extack: "BPF_XDP_DEVMAP programs can not be attached to a device" },
        means: "the program is for the values of a devmap or cpumap, and no interface takes it",
      });
    } finally {
      loaded.close();
    }
  });

  it("for want of privilege", async () => {
    const within = ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"];
    const helper = await startElevated({ within });
    try {
      const up = helper.peer.request("attach.fix", { do: "set-up", place: stage.places.port });
      expect(await failureOf(up)).toMatchObject({
        ...{ kind: "no-privilege", message: expect.stringMatching(/^set port up: .*EPERM.*unlock/) },
      });
    } finally {
      await helper.stop();
    }
  });

  it("of a mode that the device has not", async () => {
    await stage.ip(stage.box, "link", "add", "hub", "index", "31", "type", "bridge");
    await withPass(async (programFd) => {
      const place = { netns: stage.box, ifindex: 31, name: "hub" };
      const attach = async (): Promise<void> =>
        inBox(() =>
          naming({ doing: "attach x to hub", ...attachingAt(native, place, "native") }, () =>
            native.xdpAttach({ ifindex: 31, mode: "native", programFd, expectedFd: null }),
          ),
        );
      expect(await refusalOf(attach())).toMatchObject({
        ...{ code: "EOPNOTSUPP", extack: "Underlying driver does not support XDP in native mode" },
        means: "bridge has no native XDP",
        next: "choose skb mode, which works on every interface",
      });
    });
    await stage.ip(stage.box, "link", "del", "hub");
  });

  it("of a link comes with the words of the kernel's tracepoint", async () => {
    await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
    const { ifindex } = stage.places.port;
    await withPass(async (programFd) => {
      const tryLink = (mode: XdpMode) => () => {
        try {
          native.closeFd(inBox(() => native.xdpLink({ ifindex, mode, programFd })));
        } catch {
          // heard below
        }
      };
      const context = { native, ledger: createLedger() };
      expect(await hearingLinkWords(context, tryLink("native"))).toBe("veth: Peer MTU is too large to set XDP");
      expect(await hearingLinkWords(context, tryLink("skb"))).toBe(null);
      expect(context.ledger.held()).toEqual([]);
    });
    const helper = await stage.helpers.elevated("test");
    const probed = await helper.request("interfaces.probe", { place: stage.places.port, mode: "native" });
    expect(probed).toMatchObject({
      works: false,
      why: expect.stringMatching(/ERANGE\): veth: Peer MTU .*at most 3506/),
    });
    expect(attached()).toEqual([]);
  });

  it("is gone around by auto, which tells the kernel's words", async () => {
    await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
    expect(await stage.preflight(programs.pass, "auto")).toMatchObject({
      mode: "skb",
      modeWhy: expect.stringMatching(/^auto: native is tried first and expected to be refused: .*9000/),
    });
    const { program, modeWhy } = await stage.attach(programs.pass, "auto");
    expect(program.mode).toBe("skb");
    expect(modeWhy).toMatch(
      /^the kernel refused native \(ERANGE, "veth: Peer MTU is too large to set XDP": the MTU 9000/,
    );
    await stage.reset();
    const native_ = await stage.attach(programs.pass, "auto");
    expect(native_).toMatchObject({
      program: { mode: "native" },
      modeWhy: "veth has native XDP, the kernel reports it",
    });
  });

  it("at one of several places is gone around there alone", async () => {
    await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
    const params = { input: stage.input(programs.pass), program: null, mode: "auto", replace: [] } as const;
    const places = [stage.places.side, stage.places.port];
    const { attached: all } = await attachEverywhere(stage.helpers, stage.attachments, {
      ...params,
      places,
      replace: [],
    });
    expect(all.attachments.map(({ place, program }) => [place.name, program.mode])).toEqual([
      ["side", "native"],
      ["port", "skb"],
    ]);
    expect(all.attachments.map(({ modeWhy }) => /Peer MTU/.test(modeWhy ?? ""))).toEqual([false, true]);
  });

  it("is gone around under a deadline too", async () => {
    await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
    const asked = { input: stage.input(programs.pass), program: null, place: stage.places.port, replace: null };
    const attach = (mode: "native" | "auto") =>
      attachInput(stage.helpers, stage.attachments, { ...asked, mode, confirmWithin: 60 });
    const refusal = await refusalOf(attach("native"));
    expect(refusal).toMatchObject({ code: "ERANGE", means: expect.stringMatching(/MTU 9000/) });
    const { attachment } = await attach("auto");
    expect(attachment).toMatchObject({ program: { mode: "skb" }, guard: { state: "waiting" } });
    expect(attachment.modeWhy).toMatch(/Peer MTU is too large/);
    const elevated = await stage.helpers.elevated("test");
    await elevated.request("guards.rollBack", { guard: attachment.guard?.guard ?? "" });
    expect(attached()).toEqual([]);
  });

  it("is told before the attach on the command line, with what mends it", async () => {
    const scene = openScene();
    try {
      await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
      const file = join(scene.folder, "pass.bpf.c");
      writeFileSync(file, programs.pass);
      const words = ["attach", file, "--netns", stage.box, "--dev", "port"];
      const refused = await scene.run(...words, "--mode", "native");
      expect(refused).toMatchObject({ status: 1, out: "" });
      expect(refused.err).toMatch(/expected to stop it: port: The other end peer .* MTU 9000/);
      expect(refused.err).toContain(`$ ip -n ${stage.host} link set dev peer mtu 3506`);
      expect(refused.err).toMatch(/veth: Peer MTU is too large to set XDP; the MTU 9000 .*; make it at most 3506/);
      const auto = await scene.run(...words, "--json");
      expect(auto).toMatchObject({ status: 0, err: "" });
      expect(auto.json).toMatchObject({ program: { mode: "skb" }, mode_why: expect.stringMatching(/Peer MTU/) });
    } finally {
      await scene.end();
    }
  });

  it("between modes puts back what ran, and tells how long nothing did; auto tells it too", async () => {
    const before = await stage.attach(programs.pass, "skb");
    await stage.ip(stage.host, "link", "set", "peer", "mtu", "9000");
    const refusal = await refusalOf(stage.attach(programs.back, "native"));
    const { id } = before.program;
    expect(refusal.message).toMatch(
      new RegExp(`program id ${id} is back in skb mode, and nothing ran for \\d+\\.\\d{3} ms$`),
    );
    expect(Number(refusal.refused?.gapNanoseconds)).toBeGreaterThan(0);
    expect(attached()).toEqual([{ mode: "skb", programId: id }]);

    const after = await stage.attach(programs.back, "auto");
    expect(after).toMatchObject({ program: { mode: "skb" }, replaced: { id }, gapNanoseconds: null });
    expect(after.modeWhy).toMatch(/what ran there was detached for the try, and nothing ran for \d+\.\d{3} ms/);
    expect(attached()).toEqual([{ mode: "skb", programId: after.program.id }]);

    await stage.ip(stage.host, "link", "set", "peer", "mtu", "1500");
    const changed = await stage.attach(programs.pass, "native");
    expect(Number(changed.gapNanoseconds)).toBeGreaterThan(0);
    expect(attached()).toEqual([{ mode: "native", programId: changed.program.id }]);
  });
});
