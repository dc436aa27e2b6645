/** The watch of interfaces through the real helper: what happens to any of them, in any namespace, is told, and not too often. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { elevatedHelper } from "../../../protocol/helper-contracts.ts";
import type { NetworkInterface } from "../../../protocol/interfaces.ts";
import { type Connected, eventually, execute, skipReason, startElevated, startPlain, uniqueName } from "./harness.ts";

describe.skipIf(skipReason !== "")("the watch of interfaces", () => {
  const netns = uniqueName();
  const link = uniqueName();
  let helper: Connected<typeof elevatedHelper>;
  const ip = (...words: string[]) => execute("ip", ["-n", netns, ...words]);

  beforeAll(async () => {
    helper = await startElevated();
    await execute("ip", ["netns", "add", netns]);
    await ip("link", "add", link, "type", "veth", "peer", "name", uniqueName());
    await helper.peer.request("interfaces.watch", {});
    await quiet();
  });
  afterAll(async () => {
    await ip("link", "del", link).catch(() => undefined);
    await execute("ip", ["netns", "del", netns]).catch(() => undefined);
    await helper.stop();
  });

  /** nothing is told for a second */
  const quiet = async (): Promise<void> => {
    for (let told = -1; told !== helper.changes.length; ) {
      told = helper.changes.length;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  };
  /** lists when told to, as the window does, until what was waited for is there */
  const told = async (
    what: () => Promise<unknown>,
    there: (all: readonly NetworkInterface[]) => boolean,
  ): Promise<void> => {
    const before = helper.changes.length;
    await what();
    let listed = before;
    await eventually(
      async () => {
        if (helper.changes.length === listed) return false;
        listed = helper.changes.length;
        return there((await helper.peer.request("interfaces.list", {})).interfaces);
      },
      (done) => done,
      10_000,
    ).then((done) => expect(done).toBe(true));
  };
  const find = (all: readonly NetworkInterface[], name: string, where: string | null = netns) =>
    all.find((one) => one.name === name && one.netns === where);

  it("tells of links that go up and down, get another MTU or another name, come and go", async () => {
    const [made, renamed] = [uniqueName(), uniqueName()];
    await told(
      () => ip("link", "set", link, "up"),
      (all) => find(all, link)?.up === true,
    );
    await told(
      () => ip("link", "set", link, "mtu", "1400"),
      (all) => find(all, link)?.mtu === 1400,
    );
    await told(
      () => ip("link", "set", link, "down"),
      (all) => find(all, link)?.up === false,
    );
    await told(
      () => ip("link", "add", made, "type", "bridge"),
      (all) => find(all, made) !== undefined,
    );
    await told(
      () => ip("link", "set", made, "name", renamed),
      (all) => find(all, renamed) !== undefined,
    );
    await told(
      () => ip("link", "del", renamed),
      (all) => find(all, renamed) === undefined,
    );
  });

  it("tells of namespaces that get a name and lose it, and does not keep them alive", async () => {
    const [other, far] = [uniqueName(), uniqueName()];
    await told(
      () => execute("ip", ["netns", "add", other]),
      (all) => find(all, "lo", other) !== undefined,
    );
    // heard by now: what happens in it is told
    await told(
      () =>
        execute("ip", ["-n", other, "link", "add", uniqueName(), "type", "veth", "peer", "name", far, "netns", netns]),
      (all) => find(all, far) !== undefined,
    );
    // its devices go with it, so the far end of the veth does
    await told(
      () => execute("ip", ["netns", "del", other]),
      (all) => find(all, far) === undefined,
    );
  });

  it("tells of namespaces of processes", async () => {
    const child = spawn("unshare", ["--net", "sh", "-c", "ip link set lo up; echo ready; exec sleep 60"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const name = `pid:${child.pid}`;
    await told(
      () => once(child.stdout, "data"),
      (all) => find(all, "lo", name) !== undefined,
    );
    await told(
      async () => {
        child.kill("SIGKILL");
        await once(child, "exit");
      },
      (all) => find(all, "lo", name) === undefined,
    );
  });

  it("tells of programs, whoever attaches them", async () => {
    const pass = await helper.peer.request("interfaces.list", {});
    expect(find(pass.interfaces, link)?.attached).toEqual([]);
    const { compile } = await import("../native/support.ts");
    const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
    const folder = await mkdtemp("/tmp/xdpwt-watch-");
    const object = `${folder}/pass.o`;
    await writeFile(object, compile('SEC("xdp") int somebody(struct xdp_md *ctx) { return XDP_PASS; }'));
    await told(
      () => ip("link", "set", "dev", link, "xdpgeneric", "object", object, "section", "xdp"),
      (all) => find(all, link)?.attached[0]?.name === "somebody",
    );
    expect(helper.changes.at(-1)?.interfaces).toBe(true);
    await eventually(() => helper.changes.some(({ programs }) => programs), Boolean, 10_000);
    expect(helper.changes.some(({ programs }) => programs)).toBe(true);
    await told(
      () => ip("link", "set", "dev", link, "xdpgeneric", "off"),
      (all) => find(all, link)?.attached.length === 0,
    );
    await rm(folder, { recursive: true });
  });

  it("tells of a program that comes and goes with a link", async () => {
    const { native } = await import("../native/support.ts");
    await native.warmPool();
    const { interfaces } = await helper.peer.request("interfaces.list", {});
    const ifindex = find(interfaces, link)?.ifindex ?? 0;
    const programFd = native.loadPass("by_a_link");
    let linkFd = -1;
    await told(
      async () => {
        linkFd = native.inNetns(`/run/netns/${netns}`, () => native.xdpLink({ ifindex, mode: "skb", programFd }));
      },
      (all) => find(all, link)?.attached[0]?.name === "by_a_link",
    );
    await told(
      async () => {
        native.closeFd(linkFd);
        native.closeFd(programFd);
      },
      (all) => find(all, link)?.attached.length === 0,
    );
  });

  it("tells of a flood at most four times a second, and the last list is right", async () => {
    await quiet();
    const before = helper.changes.length;
    const from = performance.now();
    // some thousand messages, more than the socket holds: the kernel drops some (ENOBUFS)
    const lines = Array.from({ length: 3_000 }, (_line, index) => `link set dev ${link} mtu ${1300 + (index % 100)}\n`);
    const child = execute("ip", ["-n", netns, "-force", "-batch", "-"]);
    child.child.stdin?.end(`${lines.join("")}link set dev ${link} mtu 1234\n`);
    await told(
      () => child,
      (all) => find(all, link)?.mtu === 1234,
    );
    await quiet();
    const seconds = (performance.now() - from) / 1000;
    const times = helper.changes.slice(before);
    expect(times.length).toBeGreaterThan(0);
    expect(times.length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1);
    const { interfaces } = await helper.peer.request("interfaces.list", {});
    expect(find(interfaces, link)?.mtu).toBe(1234);
  });

  it("is silent again after unwatch, and leaves no descriptor behind", async () => {
    const { readdir } = await import("node:fs/promises");
    const open = async () => (await readdir(`/proc/${helper.process.pid}/fd`)).length;
    const watching = await open();
    await helper.peer.request("interfaces.unwatch", {});
    const silent = await open();
    expect(silent).toBeLessThan(watching);
    const before = helper.changes.length;
    await ip("link", "set", link, "mtu", "1450");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(helper.changes.length).toBe(before);
    for (let round = 0; round < 5; round += 1) {
      await helper.peer.request("interfaces.watch", {});
      await helper.peer.request("interfaces.unwatch", {});
    }
    expect(await open()).toBe(silent);
    await helper.peer.request("interfaces.watch", {});
    await told(
      () => ip("link", "set", link, "mtu", "1460"),
      (all) => find(all, link)?.mtu === 1460,
    );
  });

  it("works without privilege for the own namespace", async () => {
    const plain = await startPlain();
    try {
      await plain.peer.request("interfaces.watch", {});
      await ip("link", "set", link, "mtu", "1470");
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(plain.changes).toEqual([]);
    } finally {
      await plain.stop();
    }
  });
});
