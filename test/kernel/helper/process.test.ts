/** The process itself: whom it serves, what it keeps, how it ends. */
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { keptCapabilities } from "../../../helper/capabilities.ts";
import { buildHelper, execute, type Launched, launch, noAddon, notRoot, startElevated, startPlain } from "./harness.ts";

beforeAll(buildHelper);
const running: Launched[] = [];
const track = <T extends Launched>(one: T): T => {
  running.push(one);
  return one;
};
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});

describe.skipIf(noAddon !== "")("whom it serves", () => {
  it("a listener of its own user", async () => {
    const { peer } = track(await startPlain());
    expect((await peer.request("toolchain.describe", {})).sandbox).toMatch(/user|bwrap|none/);
  });

  it("nobody where the command line is not main's", async () => {
    const done = await launch({ role: "plain", crossed: "sideways" });
    expect(await done.ended).toEqual({ code: 2, signal: null });
    await done.stop();
  });

  it.skipIf(notRoot !== "")("not a listener of another user: exit 4, in silence", async () => {
    const done = await launch({ role: "elevated", crossed: "sudo", environment: { SUDO_UID: "1000" } });
    expect(await done.ended).toEqual({ code: 4, signal: null });
    expect(done.output()).toBe("");
    await done.stop();
  });

  it.skipIf(notRoot !== "")("not by a SUDO_UID that this start did not set", async () => {
    const { peer } = track(await startElevated({ crossed: "none", environment: { SUDO_UID: "1000" } }));
    expect((await peer.request("helper.describe", {})).uid).toBe(0);
  });

  it.skipIf(notRoot !== "")("the user who crossed with sudo or pkexec", async () => {
    for (const [crossed, name] of [
      ["sudo", "SUDO_UID"],
      ["pkexec", "PKEXEC_UID"],
    ] as const) {
      const one = track(await startElevated({ crossed, environment: { [name]: "0" } }));
      expect((await one.peer.request("helper.describe", {})).pid).toBe(one.process.pid);
    }
  });
});

describe.skipIf(noAddon !== "" || notRoot !== "")("what the elevated instance keeps", () => {
  it("only the listed capabilities, on every thread, and no way to new ones", async () => {
    const { peer, process } = track(await startElevated());
    const described = await peer.request("helper.describe", {});
    expect(described.capabilities.toSorted()).toEqual([...keptCapabilities].toSorted());
    const tasks = `/proc/${process.pid}/task`;
    const effective = readdirSync(tasks).map((task) => {
      const status = readFileSync(`${tasks}/${task}/status`, "utf8");
      return [/^CapEff:\s*(\w+)$/m, /^CapBnd:\s*(\w+)$/m, /^NoNewPrivs:\s*(\d)$/m].map((one) => one.exec(status)?.[1]);
    });
    expect(effective.length).toBeGreaterThan(4);
    expect(new Set(effective.map(([caps]) => caps)).size).toBe(1);
    for (const [caps, bounding, noNewPrivs] of effective) {
      expect(bounding).toBe(caps);
      expect(noNewPrivs).toBe("1");
    }
  });

  it("nothing of the environment but a fixed PATH and LANG, and the root folder", async () => {
    const { peer, process } = track(await startElevated({ environment: { LD_PRELOAD: "", SECRET: "x" } }));
    await peer.request("helper.describe", {});
    expect((await execute("readlink", [`/proc/${process.pid}/cwd`])).stdout.trim()).toBe("/");
  });

  it("silence on its outputs", async () => {
    const one = track(await startElevated());
    await one.peer.request("interfaces.list", {});
    await one.stop();
    expect(one.output()).toBe("");
  });
});

describe.skipIf(noAddon !== "")("how it ends", () => {
  it("with its socket, with exit 0", async () => {
    const one = track(await startPlain());
    await one.peer.request("toolchain.describe", {});
    one.socket?.destroy();
    expect(await one.ended).toEqual({ code: 0, signal: null });
  });

  it("in the middle of a build, taking clang with it", async () => {
    const one = track(await startPlain());
    // minutes of work for the preprocessor
    const bomb = `#define A(x) x x x x x x x x x x\n${"BCDEFGHIJ"
      .split("")
      .map((name, index) => `#define ${name}(x) ${"ABCDEFGHI"[index]}(${"ABCDEFGHI"[index]}(x))`)
      .join("\n")}\nint x = 0 J(+1);\n`;
    const build = one.peer
      .request("build.compile", { path: "/tmp/xdpwt-bomb.c", text: bomb, emit: "obj" })
      .catch(() => "gone");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const children = (await execute("pgrep", ["-P", String(one.process.pid)]).catch(() => ({ stdout: "" }))).stdout
      .trim()
      .split("\n");
    expect(children.filter((pid) => pid !== "").length).toBeGreaterThan(0);
    one.socket?.destroy();
    // the build alone would take minutes: the test's own limit is far below
    await one.ended;
    expect(await build).toBe("gone");
    for (const pid of children) {
      expect((await execute("ps", ["-o", "pid=", "-p", pid]).catch(() => ({ stdout: "" }))).stdout.trim()).toBe("");
    }
  });
});
