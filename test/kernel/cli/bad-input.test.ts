/** Bad input and poor machines: each a clear word, the right exit status, and nothing lost or left. */
import { execFile, spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { gather, isRoot, needsRoot, openScene, type Scene, template, xdpwCommand } from "./run-xdpw.ts";

const run = promisify(execFile);
let scene: Scene;

const pastEnd = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int past_end(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data;

	return data[100] == 1 ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
`;
const markedLine = 9;

beforeAll(() => {
  scene = openScene();
});
afterAll(() => scene.end());

function write(name: string, content: string | Uint8Array): string {
  const path = join(scene.folder, name);
  writeFileSync(path, content);
  return path;
}

describe("a source", () => {
  it("that is not C gives places in it", async () => {
    write("not.bpf.c", "this is not C\n");
    const { status, err } = await scene.run("build", "not.bpf.c");
    expect(status).toBe(1);
    expect(err).toMatch(/^not\.bpf\.c:1:1: error: .+ \(compile\)$/m);
    expect(err).toContain("xdpw: build not.bpf.c: it does not compile\n");
    expect(existsSync(join(scene.folder, "not.bpf.o"))).toBe(false);
  });
  it("that vanished is named", async () => {
    const { status, json } = await scene.run("build", "gone.bpf.c", "--json");
    expect({ status, json }).toMatchObject({ status: 1, json: { failure: { kind: "file", code: "ENOENT" } } });
  });
  it("that is binary, or a folder, is said to be", async () => {
    write("nul.c", new Uint8Array([65, 0, 66]));
    expect((await scene.run("build", "nul.c", "--json")).json).toMatchObject({ failure: { code: "binary" } });
    expect((await scene.run("build", ".", "--json")).json).toMatchObject({ failure: { code: "EISDIR" } });
  });
  it("of 10 MB is built, a larger one refused", async () => {
    const comment = `/* ${"x".repeat(1020)} */\n`;
    write("large.bpf.c", `${comment.repeat(10_240)}${readFileSync(template("pass"), "utf8")}`);
    expect(await scene.run("build", "large.bpf.c")).toMatchObject({ status: 0 });
    write("larger.bpf.c", comment.repeat(13_000));
    const refused = await scene.run("build", "larger.bpf.c", "--json");
    expect(refused).toMatchObject({ status: 1, json: { failure: { kind: "too-large" } } });
  });
  it("is built to an object, to IR, to assembly, to standard output", async () => {
    const source = template("pass");
    for (const [emit, file, sign] of [
      ["obj", "program.bpf.o", "\u007fELF"],
      ["ir", "program.bpf.ll", "source_filename"],
      ["asm", "program.bpf.s", "xdp_pass:"],
    ] as const) {
      const built = await scene.run("build", source, "--emit", emit, "--json");
      expect(built).toMatchObject({ status: 0, json: { emit, output: join(scene.folder, file) } });
      expect(readFileSync(join(scene.folder, file), "latin1")).toContain(sign);
    }
    const { status, out, err } = await scene.run("build", source, "--emit", "asm", "-o", "-");
    expect(status).toBe(0);
    expect(out).toContain("xdp_pass:");
    expect(err).toContain("llc -march=bpf -filetype=asm -o - ");
    expect(await scene.run("build", source, "-o", "no/such/folder.o")).toMatchObject({ status: 1 });
    expect(await scene.run("build", source, "-o", "-", "--json")).toMatchObject({ status: 2 });
  });
});

describe("an object", () => {
  it("of another machine is said to be", async () => {
    write("other.o", readFileSync(realpathSync("/bin/true")));
    const { status, json } = await scene.run("verify", "other.o", "--json");
    expect({ status, json }).toMatchObject({ status: 1, json: { failure: { kind: "bad-object" } } });
  });
  it("that is cut short is said to be", async () => {
    await scene.run("build", template("packet-counters"), "-o", "whole.o");
    const whole = readFileSync(join(scene.folder, "whole.o"));
    for (const length of [4, 64, 700, whole.length - 1]) {
      write("cut.o", whole.subarray(0, length));
      const { status, json } = await scene.run("verify", "cut.o", "--json");
      expect({ status, json }).toMatchObject({ status: 1, json: { failure: { kind: "bad-object" } } });
    }
  });
});

describe("the verifier", () => {
  beforeEach((context) => context.skip(!isRoot, needsRoot));
  it("rejects a read past data_end, at its C line", async () => {
    const path = write("past-end.bpf.c", pastEnd);
    const { status, out } = await scene.run("verify", "past-end.bpf.c");
    expect(status).toBe(1);
    expect(out).toMatch(new RegExp(`^past-end\\.bpf\\.c:${markedLine}:\\d+: error: .*invalid access to packet`, "m"));
    expect(out).toContain("(missing-bounds-check)");
    expect(out).toMatch(/^rejected {2}past_end/m);
    const { json } = await scene.run("verify", "past-end.bpf.c", "--json");
    expect(json).toMatchObject({
      accepted: false,
      programs: [{ name: "past_end", section: "xdp", type: "xdp", accepted: false }],
      diagnostics: [{ file: path, line: markedLine, severity: "error", class: "missing-bounds-check" }],
      log: expect.stringContaining("invalid access to packet"),
    });
  });
  it("rejects it from an object too, and attach touches nothing", async () => {
    write("past-end.bpf.c", pastEnd);
    await scene.run("build", "past-end.bpf.c", "-o", "past-end.o");
    const { status, out } = await scene.run("verify", "past-end.o");
    expect(status).toBe(1);
    expect(out).toMatch(new RegExp(`past-end\\.bpf\\.c:${markedLine}:`));
    const attached = await scene.run("attach", "past-end.o", "--dev", "lo", "--mode", "skb", "--json");
    expect(attached).toMatchObject({
      status: 1,
      json: { failure: { kind: "rejected", diagnostics: [{ line: markedLine }] } },
    });
    expect((await run("ip", ["link", "show", "lo"])).stdout).not.toContain("xdp");
  });
  it("accepts every template", async () => {
    for (const name of ["pass", "drop", "packet-counters", "ipv4-blocklist", "l2-forward"]) {
      expect(await scene.run("verify", template(name), "--json")).toMatchObject({
        status: 0,
        json: { accepted: true, diagnostics: [] },
      });
    }
  });
});

describe("an interface", () => {
  beforeEach((context) => context.skip(!isRoot, needsRoot));
  it("or namespace that is not there is named, with those that are", async () => {
    const device = await scene.run("attach", template("pass"), "--dev", "nonesuch0");
    expect(device).toMatchObject({
      status: 1,
      err: expect.stringContaining("interface nonesuch0: not in this namespace, which has"),
    });
    const netns = await scene.run("attach", template("pass"), "--netns", "xdpwt-nonesuch", "--dev", "port0", "--json");
    expect(netns).toMatchObject({ status: 1, json: { failure: { kind: "not-found", what: "namespace" } } });
    expect(await scene.run("status", "--netns", "xdpwt-nonesuch")).toMatchObject({ status: 1 });
  });
  it("without a mode says which it has", async () => {
    const { status, json } = await scene.run("attach", template("pass"), "--dev", "lo", "--mode", "native", "--json");
    expect({ status, json }).toMatchObject({ status: 3, json: { failure: { kind: "unsupported" } } });
  });
});

describe("a map", () => {
  beforeEach((context) => context.skip(!isRoot, needsRoot));
  it("whose id or name is gone is named", async () => {
    const id = await scene.run("map", "dump", "id:4294967295", "--json");
    expect(id).toMatchObject({ status: 1, json: { failure: { kind: "not-found" } } });
    const name = await scene.run("map", "get", "xdpwt_nonesuch", "1", "--json");
    expect(name).toMatchObject({ status: 1, json: { failure: { kind: "not-found", name: "xdpwt_nonesuch" } } });
    const pin = await scene.run("map", "dump", "pinned:/sys/fs/bpf/xdpwt-nonesuch", "--json");
    expect(pin).toMatchObject({ status: 1 });
    const outside = await scene.run("map", "dump", "pinned:/etc/passwd", "--json");
    expect(outside).toMatchObject({ status: 1, json: { failure: { kind: "bad-value" } } });
  });
  it("refuses values and keys of the wrong shape, naming the field", async () => {
    const link = `xdpwt${process.pid % 10_000}`;
    await run("ip", ["link", "add", link, "type", "veth", "peer", "name", `${link}p`]);
    try {
      const attached = await scene.run("attach", template("packet-counters"), "--dev", link, "--mode", "skb", "--json");
      expect(attached.status).toBe(0);
      const here = ["--dev", link, "--json"];
      for (const [key, value, field] of [
        ["2", "abc", "value"],
        ["2", '{"rx_packets":"-1"}', "rx_packets"],
        ["2", '{"rx_packets":"18446744073709551616"}', "rx_packets"],
        ["2", '{"rx_pakets":"1"}', "rx_pakets"],
        ["2", '{"rx_packets":', "value"],
        ["2", "0x00", "value"],
        ["x", "{}", "key"],
      ] as const) {
        const refused = await scene.run("map", "set", "xdp_stats_map", key, value, ...here);
        expect(refused).toMatchObject({ status: 1, json: { failure: { kind: "bad-value", field } } });
      }
      const beyond = await scene.run("map", "get", "xdp_stats_map", "5", ...here);
      expect(beyond).toMatchObject({ status: 1, json: { failure: { kind: "not-found", what: "entry" } } });
      const fixed = await scene.run("map", "delete", "xdp_stats_map", "1", ...here);
      expect(fixed).toMatchObject({ status: 1, json: { failure: { kind: "bad-value" } } });
    } finally {
      await run("ip", ["link", "del", link]);
    }
  });
});

describe("a machine without", () => {
  beforeEach((context) => context.skip(!isRoot, "hiding a program from another process needs root"));
  it.each(["clang", "llc"] as const)("%s is told so, with the package", async (tool) => {
    const hidden = everyCopy(tool).map((path) => `mount --bind /dev/null '${path}'`);
    const wrapped = ["unshare", "--mount", "sh", "-c", `${hidden.join(" && ")} && exec "$@"`, "sh"];
    const { status, json } = await scene.start(["build", template("pass"), "--json"], { wrapped }).finished;
    expect({ status, json }).toMatchObject({ status: 3, json: { failure: { kind: "missing-tool", tool } } });
  });
  it("privilege still builds, and says what needs root", async () => {
    chmodSync(scene.folder, 0o755);
    const wrapped = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "env", "-i"];
    const home = [`PATH=${process.env["PATH"] ?? ""}`, `HOME=${join(scene.folder, "nobody")}`];
    await run("install", ["-d", "-o", "nobody", join(scene.folder, "nobody")]);
    const as = (...words: readonly string[]) => scene.start(words, { wrapped: [...wrapped, ...home] }).finished;
    const output = join(scene.folder, "nobody", "pass.o");
    expect(await as("build", template("pass"), "-o", output)).toMatchObject({ status: 0 });
    expect(await as("status", "--json")).toMatchObject({ status: 0 });
    for (const words of [
      ["verify", output],
      ["attach", output, "--dev", "lo"],
      ["map", "list"],
      ["lab", "up", "--name", scene.lab],
    ]) {
      const refused = await as(...words, "--json");
      expect(refused).toMatchObject({ status: 3, json: { failure: { kind: "no-privilege" } } });
    }
  });
});

describe("the lab", () => {
  beforeEach((context) => context.skip(!isRoot, needsRoot));
  it("does not take a name that somebody has", async () => {
    const taken = `${scene.lab}x`;
    await run("ip", ["netns", "add", `${taken}-box`]);
    try {
      const { status, json } = await scene.run("lab", "up", "--name", taken, "--json");
      expect({ status, json }).toMatchObject({ status: 1, json: { failure: { kind: "name-taken" } } });
      expect(readdirSync("/run/netns").filter((name) => name.startsWith(taken))).toEqual([`${taken}-box`]);
    } finally {
      await run("ip", ["netns", "del", `${taken}-box`]);
    }
  });
  it("that is down has no traffic", async () => {
    const words = ["--from", "host0", "--to", "port0", "--proto", "udp", "--count", "1"];
    expect(await scene.run("lab", "traffic", "--name", scene.lab, ...words, "--json")).toMatchObject({ status: 1 });
    const down = await scene.run("lab", "status", "--name", scene.lab, "--json");
    expect(down).toMatchObject({ status: 0, json: { state: "down", ports: [] } });
  });
  it("interrupted on its way up leaves nothing", async () => {
    const { child, finished } = scene.start(["lab", "up", "--name", scene.lab]);
    await until(() => existsSync(`/run/netns/${scene.lab}-box`));
    child.kill("SIGINT");
    expect(await finished).toMatchObject({ status: 130, err: expect.stringContaining("lab up: interrupted") });
    expect(readdirSync("/run/netns").filter((name) => name.startsWith(scene.lab))).toEqual([]);
  });
  it("stops sending when interrupted", async () => {
    expect(await scene.run("lab", "up", "--name", scene.lab)).toMatchObject({ status: 0 });
    const words = ["--from", "host0", "--to", "port0", "--proto", "udp", "--count", "100000", "--rate", "1000"];
    const { child, finished } = scene.start(["lab", "traffic", "--name", scene.lab, ...words, "--json"]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    child.kill("SIGINT");
    expect(await finished).toMatchObject({ status: 130, json: { failure: { kind: "cancelled" } } });
    expect(await scene.run("lab", "down", "--name", scene.lab, "--json")).toMatchObject({
      status: 0,
      json: { state: "down" },
    });
  });
});

describe("serve", () => {
  it("prints where it is, and ends on a signal", async () => {
    const { child, finished } = scene.start(["serve", "--port", "0", "--json"]);
    const line = await new Promise<string>((resolve) =>
      child.stdout?.once("data", (data: Buffer) => resolve(data.toString())),
    );
    const { url, port } = z.object({ url: z.string(), port: z.number() }).parse(JSON.parse(line));
    expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/\\?token=[\\w-]{43}$`));
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(401);
    child.kill("SIGTERM");
    expect(await finished).toMatchObject({ status: 0 });
  });
  it("says that a port is taken", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve(z.object({ port: z.number() }).parse(server.address()).port)),
    );
    try {
      const { status, json } = await scene.run("serve", "--port", `${port}`, "--json");
      expect({ status, json }).toMatchObject({ status: 3, json: { failure: { kind: "port-taken", port } } });
    } finally {
      server.close();
    }
    expect(await scene.run("serve", "--port", "65536")).toMatchObject({ status: 2 });
  });
});

describe("a reader that goes away", () => {
  it("is no error", async () => {
    const child = spawn("sh", ["-c", `${xdpwCommand.join(" ")} --help | head -1`], { cwd: scene.folder });
    const { status, out, err } = await gather(child);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toMatch(/^xdpw/);
  });
});

/** Where the workbench would look: PATH, and the folders of versions. */
function everyCopy(tool: string): readonly string[] {
  const folders = (process.env["PATH"] ?? "").split(":");
  const versions = readdirSync("/usr/lib").filter((name) => name.startsWith("llvm"));
  const found = [...folders, ...versions.map((name) => `/usr/lib/${name}/bin`)].flatMap((folder) => {
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name === tool || new RegExp(`^${tool}-\\d+$`).test(name))
      .map((name) => join(folder, name));
  });
  return [...new Set(found.filter((path) => existsSync(path)).map((path) => realpathSync(path)))];
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error("waited 5 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
