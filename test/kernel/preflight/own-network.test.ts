/** What would be cut off: the workbench runs in a namespace of its own here, with routes and connections made for it. */
import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { elevatedHelper, plainHelper } from "../../../protocol/helper-contracts.ts";
import { openScene, type Scene } from "../cli/run-xdpw.ts";
import {
  type Connected,
  eventually,
  execute,
  failureOf,
  skipReason,
  startElevated,
  startPlain,
  uniqueName,
} from "../helper/harness.ts";

/** listens as an SSH server does, or connects as its client does; tells its name to /proc */
const serve = (port: number, name: string): string =>
  `process.title = "${name}"; require("net").createServer().listen(${port}, "10.77.0.1", () => console.log("up"))`;
const connect = (port: number): string => `require("net").connect(${port}, "10.77.0.1", () => console.log("up"))`;

describe.skipIf(skipReason !== "")(`the workbench's own network ${skipReason}`, () => {
  const [home, far] = [uniqueName(), uniqueName()];
  const children: ChildProcess[] = [];
  let helper: Connected<typeof elevatedHelper>;
  let plain: Connected<typeof plainHelper>;
  let scene: Scene;
  const ip = (netns: string, ...words: string[]) => execute("ip", ["-n", netns, ...words]);
  const inside = (netns: string): string[] => ["nsenter", `--net=/run/netns/${netns}`];
  /** until it says that it is up */
  const run = (netns: string, script: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const [command, ...words] = [...inside(netns), process.execPath, "-e", script];
      const child = spawn(command, words, { stdio: ["ignore", "pipe", "inherit"] });
      children.push(child);
      child.stdout.once("data", () => resolve());
      child.once("exit", () => reject(new Error(`ended: ${script}`)));
    });
  const carries = async (name: string, ifindex: number, ssh: string | null = null, netns: string | null = null) => {
    const places = [{ netns, ifindex, name }];
    return (await helper.peer.request("attach.look", { places, redirects: false, ssh })).places[0]?.carries;
  };

  beforeAll(async () => {
    for (const name of [home, far]) await execute("ip", ["netns", "add", name]);
    for (const [name, index, other] of [
      ["wan", "11", "21"],
      ["lan", "12", "22"],
    ] as const) {
      const words = ["type", "veth", "peer", "name", `${name}-end`, "index", other, "netns", far];
      await ip(home, "link", "add", name, "index", index, ...words);
      for (const [netns, link] of [
        [home, name],
        [far, `${name}-end`],
      ] as const)
        await ip(netns, "link", "set", link, "up");
    }
    await ip(home, "addr", "add", "10.77.0.1/24", "dev", "wan");
    await ip(far, "addr", "add", "10.77.0.2/24", "dev", "wan-end");
    [helper, plain] = await Promise.all([
      startElevated({ within: inside(home) }),
      startPlain({ within: inside(home) }),
    ]);
    scene = openScene();
  });
  beforeEach(async () => {
    for (const family of ["-4", "-6"]) {
      while (
        await ip(home, family, "route", "del", "default").then(
          () => true,
          () => false,
        )
      );
    }
  });
  afterAll(async () => {
    for (const child of children) child.kill();
    await Promise.all([helper.stop(), plain.stop()]);
    await scene.end();
    for (const name of ["wan", "lan", "bridge0"]) await ip(home, "link", "del", name).catch(() => undefined);
    for (const name of [home, far]) await execute("ip", ["netns", "del", name]).catch(() => undefined);
  });

  it("is nothing until there is a route, then the default route, by port, VLAN and other end too", async () => {
    expect(await carries("wan", 11)).toEqual([]);
    await ip(home, "route", "add", "default", "via", "10.77.0.2");
    expect(await carries("wan", 11)).toEqual(["the default route (IPv4)"]);
    expect(await carries("lan", 12)).toEqual([]);
    const words = ["-6", "route", "add", "default", "dev", "wan"];
    await ip(home, ...words);
    expect(await carries("wan", 11)).toEqual(["the default route (IPv4 and IPv6)"]);
    expect(await carries("wan-end", 21, null, far)).toEqual([
      "the default route (IPv4 and IPv6), by way of its other end wan",
    ]);
    const asked = { places: [{ netns: null, ifindex: 11, name: "wan" }], redirects: false, ssh: null };
    const seen = await plain.peer.request("attach.look", asked);
    expect(seen.places[0]?.carries).toEqual(["the default route (IPv4 and IPv6)"]);

    await ip(home, ...words.with(2, "del"));
    await ip(home, "link", "add", "bridge0", "type", "bridge");
    await ip(home, "link", "set", "bridge0", "up");
    await ip(home, "link", "set", "lan", "master", "bridge0");
    await ip(home, "route", "replace", "default", "dev", "bridge0");
    expect(await carries("lan", 12)).toEqual(["the default route (IPv4), by way of bridge0"]);
    expect(await carries("wan", 11)).toEqual([]);
    await ip(home, "route", "replace", "default", "nexthop", "via", "10.77.0.2", "nexthop", "dev", "lan");
    expect(await carries("wan", 11)).toEqual(["the default route (IPv4)"]);
  });

  it("is all that can be seen without privilege: other namespaces want it", async () => {
    const asked = { places: [{ netns: far, ifindex: 21, name: "wan-end" }], redirects: false, ssh: null };
    expect(await failureOf(plain.peer.request("attach.look", asked))).toMatchObject({ kind: "no-privilege" });
    const gone = { places: [{ netns: null, ifindex: 4_000_000, name: "wan" }], redirects: false, ssh: null };
    expect(await failureOf(plain.peer.request("attach.look", gone))).toMatchObject({ kind: "not-found" });
  });

  it("is a live SSH connection, by its port or by who serves it, and whose it is", async () => {
    await run(home, serve(8022, "some-server"));
    await run(far, connect(8022));
    expect(await carries("wan", 11)).toEqual([]);
    await run(home, serve(22, "anything"));
    await run(far, connect(22));
    expect(await carries("wan", 11)).toEqual(["an SSH connection from 10.77.0.2"]);
    expect(await carries("wan", 11, "10.77.0.2")).toEqual(["your SSH connection from 10.77.0.2"]);
    expect(await carries("lan", 12)).toEqual([]);
    for (const child of children.splice(0)) child.kill();
    await run(home, serve(2222, "sshd-session"));
    await run(far, connect(2222));
    expect(
      await eventually(
        () => carries("wan", 11),
        (found) => found?.length === 1,
      ),
    ).toEqual(["an SSH connection from 10.77.0.2"]);
  });

  it("is told on the command line, with the deadline that goes with it", async () => {
    await ip(home, "route", "add", "default", "via", "10.77.0.2");
    const { finished } = scene.start(["preflight", "--dev", "wan", "--mode", "native", "--json"], {
      wrapped: inside(home),
    });
    const done = await finished;
    expect(done).toMatchObject({ status: 0, err: "" });
    expect(done.json).toEqual([
      expect.objectContaining({
        ...{ name: "wan", netns: null, mode: "native", confirm_within: 30 },
        carries: ["the default route (IPv4)", "an SSH connection from 10.77.0.2"],
        lines: expect.arrayContaining([expect.objectContaining({ about: "own-network", weight: "costs" })]),
      }),
    ]);
    const text = await scene.start(["preflight", "--dev", "wan", "--mode", "hw"], { wrapped: inside(home) }).finished;
    expect(text.status).toBe(1);
    expect(text.out).toMatch(/stops {2}mode: veth takes no program in hardware mode/);
    expect(text.out).toMatch(/attach with --confirm 30: it carries the default route/);
  });
});
