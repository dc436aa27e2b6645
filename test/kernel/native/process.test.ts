import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readlinkSync, rmSync } from "node:fs";
import { createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Pair } from "./support.ts";
import { compile, failureOf, loading, makePair, native, openDescriptors, u32, unavailable } from "./support.ts";

const addon = JSON.stringify(join(process.cwd(), "dist/native/xdpw.node"));

/** Runs a script in a Node of its own, with the addon as `native`, and returns the JSON that it prints. */
function inChild(script: string): unknown {
  const text = `import { createRequire } from "node:module"; import * as fs from "node:fs";
    const native = createRequire("/")(${addon}); ${script}`;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "-e", text], { encoding: "utf8" }));
}

describe("the process", () => {
  it("knows libbpf and the machine", () => {
    expect(native.libbpfVersion).toMatch(/^\d+\.\d+$/);
    expect(native.possibleCpus()).toBeGreaterThan(0);
  });

  it("reads the peer of a unix socket", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xdpw-test-"));
    const path = join(folder, "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const client = new Socket().connect(path);
    await new Promise<void>((resolve) => client.once("connect", () => resolve()));
    const { fd } = (client as unknown as { _handle: { fd: number } })._handle;
    const peer = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() };
    expect(native.peerCredentials(fd)).toEqual(peer);
    client.destroy();
    server.close();
    const file = openSync(folder, "r");
    expect(failureOf(() => native.peerCredentials(file))).toMatchObject({ code: "ENOTSOCK", operation: "SO_PEERCRED" });
    closeSync(file);
    rmSync(folder, { recursive: true });
  });

  it("refuses to enter a namespace before the pool is warm", () => {
    const script = `try { native.inNetns(null, () => 1); } catch (error) { console.log(JSON.stringify(error.message)); }`;
    expect(inChild(script)).toContain("before warmPool()");
  });

  it.each(["1", "4", "9"])("warms a pool of %s threads", async (size) => {
    const script = `process.env.UV_THREADPOOL_SIZE = "${size}"; await native.warmPool();
      console.log(JSON.stringify(native.inNetns(null, () => "warm")));`;
    const text = `const native = require(${addon}); (async () => { ${script} })();`;
    expect(JSON.parse(execFileSync(process.execPath, ["-e", text], { encoding: "utf8" }))).toBe("warm");
  });
});

describe.skipIf(unavailable)("capabilities", () => {
  it("keeps the named ones only, on every thread, for good", () => {
    const result = inChild(`
      await fs.promises.readFile("/etc/hostname");
      native.keepCapabilities(["CAP_NET_ADMIN", "CAP_BPF", "CAP_NET_RAW"]);
      await native.warmPool();
      const fields = ["CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb", "NoNewPrivs"];
      const threads = fs.readdirSync("/proc/self/task").map((task) => {
        const status = fs.readFileSync("/proc/self/task/" + task + "/status", "utf8");
        return fields.map((field) => status.match(new RegExp(field + ":\\\\s*(\\\\w+)"))[1]).join(" ");
      });
      let refused = "";
      try { fs.chownSync("/proc/self/fd", 1, 1); } catch (error) { refused = error.code; }
      console.log(JSON.stringify({ names: native.capabilities(), threads: [...new Set(threads)], count: threads.length, refused }));
    `) as { names: string[]; threads: string[]; count: number; refused: string };
    expect(result.names).toEqual(["CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_BPF"]);
    const kept = ((1n << 12n) | (1n << 13n) | (1n << 39n)).toString(16).padStart(16, "0");
    expect(result.threads).toEqual([`${kept} ${kept} ${"0".repeat(16)} ${kept} ${"0".repeat(16)} 1`]);
    expect(result.count).toBeGreaterThan(4);
    expect(result.refused).toBe("EPERM");
  });

  it("refuses names that it does not know, before it drops anything", () => {
    const script = `let said; try { native.keepCapabilities(["CAP_NET_ADMIN", "CAP_FLY"]); } catch (error) { said = error.message; }
      console.log(JSON.stringify([said, native.capabilities().length > 1]));`;
    expect(inChild(script)).toEqual(["argument names has an unknown capability: CAP_FLY", true]);
  });
});

describe.skipIf(unavailable)("network namespaces", () => {
  let pair: Pair;
  const own = () => readlinkSync("/proc/thread-self/ns/net");
  beforeAll(async () => {
    await native.warmPool();
    pair = makePair();
  });
  afterAll(() => pair.remove());

  it("enters, leaves, nests, and goes home inside", () => {
    const home = own();
    const seen = native.inNetns(pair.path, () => {
      const there = own();
      const back = native.inNetns(null, own);
      return [there, back, own()];
    });
    expect(seen[0]).not.toBe(home);
    expect(seen[1]).toBe(home);
    expect(seen[2]).toBe(seen[0]);
    expect(own()).toBe(home);
  });

  it("leaves when the function throws, with the very error", () => {
    const home = own();
    const error = new RangeError("inside");
    expect(
      failureOf(() =>
        native.inNetns(pair.path, () => {
          throw error;
        }),
      ),
    ).toBe(error);
    expect(own()).toBe(home);
    expect(() => native.inNetns(pair.path, async () => 1)).toThrow("synchronous");
    expect(own()).toBe(home);
    expect(failureOf(() => native.inNetns("/run/netns/xdpwt-none", own)).code).toBe("ENOENT");
  });
});

describe.skipIf(unavailable)("descriptors", () => {
  it("leaks none in 200 rounds", async () => {
    await native.warmPool();
    const good = compile(`
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u32); __uint(max_entries, 4); } map SEC(".maps");
SEC("xdp") int again(struct xdp_md *ctx) { __u32 k = 0; return bpf_map_lookup_elem(&map, &k) ? XDP_PASS : XDP_DROP; }
SEC("xdp") int bad(struct xdp_md *ctx) { return *(char *)(long)ctx->data; }`);
    const round = async () => {
      const loaded = await native.loadObject(loading(good, "again"));
      const handle = native.openMap(loaded.maps[0]?.id ?? 0);
      await handle.readBatch(null, 4);
      handle.lookup(u32(1));
      native.programInfo(loaded.programId);
      native.xdpQuery(1);
      native.genericQuery("netdev", 1, Buffer.alloc(0), true);
      native.linkDump();
      native.driverStatistics(1);
      native.inspectObject(good, "good");
      failureOf(() => native.mapInfo(4_000_000_000));
      await native.loadObject(loading(good, "bad")).catch(() => undefined);
      handle.close();
      loaded.close();
    };
    await round();
    const before = openDescriptors();
    for (let i = 0; i < 200; i += 1) await round();
    expect(openDescriptors()).toBe(before);
  });

  it("closes what was forgotten when it is collected", () => {
    const script = `
      const native = require(${addon});
      const fs = require("node:fs");
      const fd = native.loadPass("xdpwt_gc");
      const count = () => fs.readdirSync("/proc/self/fd").length;
      (async () => {
        const object = Buffer.from("${compile(`SEC("xdp") int forgotten(struct xdp_md *ctx) { return XDP_PASS; }`).toString("base64")}", "base64");
        const options = { bytes: object, name: "x", program: "forgotten", asXdp: false, netns: null, offloadIfindex: null, logLevel: 0 };
        (await native.loadObject(options)).close();
        const before = count();
        for (let i = 0; i < 20; i += 1) await native.loadObject(options);
        const during = count();
        for (let i = 0; i < 50 && count() > before; i += 1) { gc(); await new Promise((resolve) => setTimeout(resolve, 10)); }
        console.log(JSON.stringify([during > before, count() <= before]));
      })();`;
    const text = execFileSync(process.execPath, ["--expose-gc", "-e", script], { encoding: "utf8" });
    expect(JSON.parse(text)).toEqual([true, true]);
  });
});
