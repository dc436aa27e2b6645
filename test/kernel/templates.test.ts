/** The templates build without a warning, say of themselves what is true, and pass the running kernel's verifier. */
import { execFile } from "node:child_process";
import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openScene, type Scene } from "./cli/run-xdpw.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../bpf-templates/", import.meta.url));
const names = [
  "pass",
  "drop",
  "packet-counters",
  "header-parser",
  "ipv4-blocklist",
  "port-filter",
  "rate-limiter",
  "icmp-echo",
  "vlan-push-pop",
  "l2-forward",
  "ipv4-router",
  "fib-router",
  "load-balancer",
  "cpu-steering",
  "afxdp-steering",
  "event-sampler",
] as const;

const template = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1).max(30),
  summary: z.string().min(1).max(90).endsWith("."),
  program: z.string().regex(/^[a-z0-9-]+\.bpf\.c$/),
  order: z.number().int().min(1),
  maps: z.array(
    z.strictObject({
      name: z.string().regex(/^\w{1,15}$/),
      what: z.string().min(1),
    }),
  ),
  names: z
    .array(z.strictObject({ id: z.string(), what: z.string(), default: z.string() }))
    .min(1)
    .max(3),
  try: z.array(z.string().min(1)).min(1),
});

const readTemplate = async (name: string) =>
  template.parse(JSON.parse(await readFile(join(root, name, "template.json"), "utf8")));

const readProgram = async (name: string) => readFile(join(root, name, (await readTemplate(name)).program), "utf8");

/** What the compiler would predefine for the host, which `-target bpf` takes away; glibc's headers ask for it. */
const hosts: Readonly<Record<string, { readonly flags: readonly string[]; readonly triple: string }>> = {
  x64: {
    flags: ["-D__x86_64__", "-D__TARGET_ARCH_x86"],
    triple: "x86_64-linux-gnu",
  },
  arm64: {
    flags: ["-D__aarch64__", "-D__TARGET_ARCH_arm64"],
    triple: "aarch64-linux-gnu",
  },
};
const warnings = "-Wall -Wno-unused-value -Wno-pointer-sign -Wno-compare-distinct-pointer-types -Werror".split(" ");

/** clang to LLVM IR, then llc to an object; answers with what the two printed */
async function build(name: string, object: string): Promise<string> {
  const host = hosts[process.arch] ?? { flags: [], triple: "" };
  const source = join(root, name, "program.bpf.c");
  const ir = object.replace(/\.o$/, ".ll");
  const clang = await run("clang", [
    ...["-S", "-target", "bpf", "-D__BPF_TRACING__", ...host.flags, `-I/usr/include/${host.triple}`, ...warnings],
    ...["-O2", "-emit-llvm", "-c", "-g", "-o", ir, source],
  ]);
  const llc = await run("llc", ["-march=bpf", "-filetype=obj", "-o", object, ir]);
  return clang.stdout + clang.stderr + llc.stdout + llc.stderr;
}

let folder = "";
let scene: Scene;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "xdpwt-templates-"));
  scene = openScene();
});
afterAll(async () => {
  await scene.end();
  await rm(folder, { recursive: true, force: true });
});

describe("the gallery", () => {
  it("holds these templates, each with an order of its own", async () => {
    const folders = await readdir(root, { withFileTypes: true });
    const found = folders.filter((entry) => entry.isDirectory() && entry.name !== "LICENSES").map(({ name }) => name);
    expect(found.toSorted()).toEqual([...names].toSorted());
    const orders = await Promise.all(names.map(async (name) => (await readTemplate(name)).order));
    expect(orders).toEqual(names.map((_, index) => index + 1));
  });

  it("ships the text of both licences", async () => {
    await access(join(root, "LICENSES/GPL-2.0.txt"));
    await access(join(root, "LICENSES/BSD-2-Clause.txt"));
  });
});

describe.each(names)("template %s", (name) => {
  it("describes itself: fields, README, source", async () => {
    expect((await readTemplate(name)).name).toBe(name);
    expect(await readFile(join(root, name, "README.md"), "utf8")).toMatch(/^# \S/);
    const source = await readProgram(name);
    expect(source).toMatch(/^\/\/ SPDX-License-Identifier: GPL-2\.0 OR BSD-2-Clause\n/);
    expect(source).toContain('char LICENSE[] SEC("license") = "Dual BSD/GPL";');
  });

  it("names the maps of its source, all of them", async () => {
    const source = await readProgram(name);
    const defined = [...source.matchAll(/^} (\w+) SEC\("\.maps"\);$/gm)].map((match) => match[1]);
    const named = (await readTemplate(name)).maps.map((map) => map.name);
    expect(new Set(named)).toEqual(new Set(defined));
  });

  it("names functions and maps that the kernel does not cut short", async () => {
    const functions = [...(await readProgram(name)).matchAll(/^SEC\("xdp"\)\nint (\w+)\(/gm)].map((match) => match[1]);
    expect(functions).toHaveLength(1);
    expect(functions[0]?.length).toBeLessThanOrEqual(15);
  });

  it("builds without a warning", async () => {
    expect(await build(name, join(folder, `${name}.o`))).toBe("");
  });

  it("is accepted by the verifier", async (context) => {
    context.skip(process.getuid?.() !== 0, "loading a program needs root");
    const object = join(folder, `${name}-load.o`);
    await build(name, object);
    // A bpffs in a mount namespace of its own: the pin goes when the shell ends, and the program with it.
    const script = 'mount -t bpf bpf "$1" && bpftool prog load "$2" "$1/it" && bpftool -j prog show pinned "$1/it"';
    const mountPoint = await mkdtemp(join(folder, "bpffs-"));
    const shell = await run("unshare", ["-m", "sh", "-c", script, "sh", mountPoint, object]);
    const shown = z.object({ type: z.string(), name: z.string() }).parse(JSON.parse(shell.stdout));
    expect(shown.type).toBe("xdp");
    expect(await readProgram(name)).toContain(`int ${shown.name}(`);
  });

  it("does with each packet of its packets.json what it should", async (context) => {
    context.skip(process.getuid?.() !== 0, "running a program on packets needs root");
    const { status, json } = await scene.run("test", join(root, name), "--json");
    const report = z.object({
      passed: z.number(),
      cases: z.array(z.object({ name: z.string(), passed: z.boolean() })),
    });
    const { passed, cases } = report.parse(json);
    expect(cases.filter((one) => !one.passed)).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(5);
    expect(status).toBe(0);
  });
});
