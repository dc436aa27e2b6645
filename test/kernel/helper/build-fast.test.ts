/** Standing compilers and precompiled headers through the real process: what comes out is the same without them. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc";
import type { Compiled, CompileParams } from "../../../protocol/build.ts";
import type { plainHelper } from "../../../protocol/helper-contracts.ts";
import { type Connected, eventually, failureOf, noAddon, root, startPlain } from "./harness.ts";

const good = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "own.h"

SEC("xdp") int xdp_good(struct xdp_md *ctx) { return OWN; }
char LICENSE[] SEC("license") = "GPL";
`;
const bomb = `#define A(x) ${"x ".repeat(10)}\n${"BCDEFGHIJ"
  .split("")
  .map((name, index) => `#define ${name}(x) ${"ABCDEFGHI"[index]}(${"ABCDEFGHI"[index]}(x))\n`)
  .join("")}int x = 0 J(+1);\n`;

let helper: Connected<typeof plainHelper>;
let folder = "";
let path = "";
const cached = async (): Promise<string[]> =>
  (await readdir(join(folder, "cache/xdp-workbench/headers")).catch(() => [])).filter((name) => name.endsWith(".pch"));

describe.skipIf(noAddon !== "")("fast builds", () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "xdpwt-fast-"));
    path = join(folder, "src/x.bpf.c");
    await mkdir(join(folder, "src/include"), { recursive: true });
    await mkdir(join(folder, "cache"));
    await writeHeader("#define OWN XDP_PASS\n");
    helper = await start();
  });
  afterEach(async () => {
    await helper.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const start = (cache = join(folder, "cache")) => startPlain({ environment: { XDG_CACHE_HOME: cache } });
  const writeHeader = async (text: string): Promise<void> => {
    await writeFile(join(folder, "src/include/own.h"), text);
    // a header of this very moment is not precompiled yet
    await new Promise((resolve) => setTimeout(resolve, 40));
  };
  const compile = (text = good, more: Partial<CompileParams> = {}): Promise<Compiled> =>
    helper.peer.request("build.compile", { path, text, emit: "obj", ...more });
  const standing = (): number[] => descendants(helper.process.pid ?? 0, /^(clang|llc)/);
  const stands = (count: number) => eventually(standing, (found) => found.length === count);
  const precompiled = () => eventually(cached, (files) => files.length > 0);
  const same = (one: Compiled, other: Compiled): void => {
    expect(one.output).toBe(other.output);
    expect(one.diagnostics).toEqual(other.diagnostics);
    expect(one.stages.map(({ name, argv, exit }) => [name, argv, exit])).toEqual(
      other.stages.map(({ name, argv, exit }) => [name, argv, exit]),
    );
  };
  /** by a helper that has built nothing before and has no cache */
  const plainly = async (text: string, more: Partial<CompileParams> = {}): Promise<Compiled> => {
    const other = await start(join(folder, "src/include/own.h"));
    try {
      return await other.peer.request("build.compile", { path, text, emit: "obj", ...more });
    } finally {
      await other.stop();
    }
  };

  it.each(["two-stage", "one-step"] as const)(
    "of %s stand ready after a build, and make the same",
    async (pipeline) => {
      await writeFile(path, good);
      const first = await compile(good, { pipeline });
      const count = pipeline === "two-stage" ? 2 : 1;
      expect((await stands(count)).length).toBe(count);
      // the ones that read the headers anew have made way
      await eventually(standing, (found) => found.some((pid) => command(pid).includes("-include-pch")));
      const stood = await stands(count);
      const second = await compile(good, { pipeline });
      same(second, first);
      same(second, await plainly(good, { pipeline }));
      expect(first.stages.length).toBe(count);
      expect((await stands(count)).some((pid) => stood.includes(pid))).toBe(false);
    },
  );

  it("find the same errors on the same lines, with and without", async () => {
    await compile();
    await precompiled();
    for (const text of [
      good.replace("return OWN", "int unused; return nope"),
      `${good}struct bpf_map_def { int again; };\nstruct xdp_md { int twice; };\n`,
      good.replace("int xdp_good", "long *xdp_good"),
      `${good}\n#define OWN 7\n#error stop\n`,
      "#include <nothing.h>\n",
      "",
    ]) {
      for (const pipeline of ["two-stage", "one-step"] as const) {
        await compile(good, { pipeline });
        const count = descendants(helper.process.pid ?? 0, /^clang/).length;
        await eventually(standing, (found) => found.length > count);
        same(await compile(text, { pipeline }), await plainly(text, { pipeline }));
      }
    }
  });

  it("see a header that changed, and one that comes to stand before it", async () => {
    const pass = await compile();
    await precompiled();
    same(await compile(), pass);
    await writeHeader("#define OWN XDP_DROP\n");
    const drop = await compile();
    expect(drop.output).not.toBe(pass.output);
    await writeHeader("#define OWN XDP_TX\n");
    expect((await compile()).output).not.toBe(drop.output);
    await writeHeader("#define OWN XDP_PASS\n");
    same(await compile(), pass);
    await eventually(cached, (files) => files.length > 0);
    await writeFile(join(folder, "src/own.h"), "#error the nearer one\n");
    expect((await compile()).diagnostics[0]).toMatchObject({ message: "the nearer one" });
  });

  it("do without a header that warns, one that is broken, and a cache that is not there", async () => {
    await writeHeader('#define OWN XDP_PASS\n#pragma message("hear this")\n');
    const said = await compile();
    expect(said.diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining("hear this")]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await cached()).toEqual([]);
    expect((await compile()).diagnostics).toEqual(said.diagnostics);

    await writeHeader("#define OWN XDP_PASS\n");
    const other = `${good}int other;\n`.replace("<linux/bpf.h>", "<linux/bpf.h>\n#include <linux/if_ether.h>");
    const whole = await compile(other);
    const [file = ""] = await precompiled();
    await truncate(join(folder, "cache/xdp-workbench/headers", file), 5_000);
    same(await compile(other), whole);
  });

  it("fall back to a fresh start where a standing one was killed", async () => {
    const first = await compile();
    for (let round = 0; round < 3; round++) {
      for (const pid of await stands(2)) process.kill(pid, "SIGKILL");
      same(await compile(), first);
    }
    await stands(2);
    const running = compile();
    for (let until = performance.now() + 30; performance.now() < until; ) {
      for (const pid of standing()) process.kill(pid, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect((await running).stages.length).toBeGreaterThan(0);
    same(await compile(), first);
  });

  it("are cancelled whole, and the next one works", async () => {
    const first = await compile();
    await stands(2);
    const source = new CancellationTokenSource();
    const running = failureOf(helper.peer.request("build.compile", { path, text: bomb, emit: "obj" }, source.token));
    setTimeout(() => source.cancel(), 200);
    expect(await running).toMatchObject({ kind: "cancelled" });
    same(await compile(), first);
  });

  it("say that they take long, and can be cancelled then", async () => {
    // each includes the next one twice: 2^25 headers, one at a time
    for (let depth = 0; depth < 25; depth++)
      await writeFile(join(folder, `src/h${depth}.h`), `#include "h${depth + 1}.h"\n`.repeat(2));
    await writeFile(join(folder, "src/h25.h"), "");
    const source = new CancellationTokenSource();
    const text = '#include "h0.h"\nint x;\n';
    const running = failureOf(helper.peer.request("build.compile", { path, text, emit: "obj" }, source.token));
    const said = await eventually(
      () => helper.progress,
      (lines) => lines.length > 0,
      15_000,
    );
    expect(said[0]).toContain("building x.bpf.c takes over 5 s: it can be cancelled");
    source.cancel();
    expect(await running).toMatchObject({ kind: "cancelled" });
    expect((await compile()).diagnostics).toEqual([]);
  });

  it("stand at most in two pairs, and end with the connection", async () => {
    for (const flags of [null, ["-DA"], ["-DB"], ["-DC"]])
      await compile("int x;\n", { flags, pipeline: "two-stage" }).then(() => new Promise((go) => setTimeout(go, 60)));
    expect((await stands(4)).length).toBe(4);
    const stood = standing();
    await helper.stop();
    const left = await eventually(
      () => stood.filter((pid) => alive(pid)),
      (found) => found.length === 0,
    );
    expect(left).toEqual([]);
  });

  it("stay where IR is asked for beside them", async () => {
    for (const pipeline of ["two-stage", "one-step"] as const)
      await compile("int x;\n", { pipeline }).then(() => new Promise((go) => setTimeout(go, 60)));
    const stood = new Set(await stands(3));
    expect(stood.size).toBe(3);
    for (const text of ["int x;\n", "int y;\n"]) {
      expect((await compile(text, { emit: "ir" })).output).not.toBeNull();
      await new Promise((go) => setTimeout(go, 60));
    }
    expect(new Set(await stands(3))).toEqual(stood);
  });

  it("leave nothing behind where the connection ends while they start", async () => {
    await helper.stop();
    for (let round = 0; round < 12; round++) {
      helper = await start();
      await compile("int x;\n");
      await new Promise((resolve) => setTimeout(resolve, 14 + (round % 8)));
      await helper.stop();
    }
    const left = await eventually(
      () => readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && command(Number(pid)).join(" ").includes(folder)),
      (found) => found.length === 0,
    );
    expect(left).toEqual([]);
  });

  it("take a workspace's flags, and none that they should not", async () => {
    const text = "#ifndef MINE\n#error no flag\n#endif\nint x = MINE;\n";
    const built = await compile(text, { flags: ["-DMINE=3", "-c"], pipeline: "one-step" });
    expect(built.diagnostics).toEqual([]);
    expect(built.stages[0]?.argv).toEqual([
      ...["clang", "-target", "bpf", "-DMINE=3", "-O2", "-c", "-g", "-o", "x.bpf.o", path],
    ]);
    expect(await failureOf(compile(text, { flags: ["-o", "/tmp/x"] }))).toMatchObject({ kind: "invalid-message" });
    // the source's own folder comes first for quoted names, as where clang opens the file itself
    await mkdir(join(folder, "other"));
    await writeFile(join(folder, "other/near.h"), "#error far\n");
    await writeFile(join(folder, "src/near.h"), "#define NEAR 1\n");
    const near = await compile('#include "near.h"\nint x = NEAR;\n', { flags: ["-iquote", join(folder, "other")] });
    expect(near.diagnostics).toEqual([]);
  });

  it("open folders that flags name", async () => {
    await mkdir(join(folder, "elsewhere"));
    await writeFile(join(folder, "elsewhere/far.h"), "#define FAR 1\n");
    const built = await compile("#include <far.h>\nint x = FAR;\n", { flags: [`-I${folder}/elsewhere`] });
    expect(built.diagnostics).toEqual([]);
  });

  it("say what clang says of headers that include each other without end", async () => {
    await writeHeader('#include "own.h"\n');
    const built = await compile();
    expect(built.output).toBe(null);
    expect(built.diagnostics[0]?.message).toMatch(/^#include nested too deeply: .*#pragma once/);
  });

  it("take 5 MB of source", async () => {
    const functions = Array.from(
      { length: 40_000 },
      (_, index) => `static int f${index}(int a) { return a + ${index}; }`,
    );
    const text = `${good}#pragma clang diagnostic ignored "-Wunused-function"\n${functions.join("\n")}\n${"// and on\n".repeat(350_000)}`;
    expect(text.length).toBeGreaterThan(5_000_000);
    for (const pipeline of ["two-stage", "one-step"] as const) {
      const built = await compile(text, { pipeline });
      expect(built.diagnostics).toEqual([]);
      expect(built.output).not.toBe(null);
    }
  });

  it("build every template to the same object in all ways", async () => {
    const templates = join(root, "bpf-templates");
    for (const name of readdirSync(templates)) {
      let text = "";
      try {
        text = readFileSync(join(templates, name, "program.bpf.c"), "utf8");
      } catch {
        continue;
      }
      const first = await compile(text);
      expect([name, first.diagnostics]).toEqual([name, []]);
      const files = await cached();
      await eventually(cached, (now) => now.length !== files.length, 2_000);
      same(await compile(text), first);
    }
  });
});

function descendants(pid: number, wanted: RegExp): number[] {
  const found: number[] = [];
  const visit = (one: number): void => {
    let children = "";
    try {
      children = readFileSync(`/proc/${one}/task/${one}/children`, "utf8");
    } catch {
      return;
    }
    for (const child of children.trim().split(" ").filter(Boolean).map(Number)) {
      try {
        if (wanted.test(readFileSync(`/proc/${child}/comm`, "utf8"))) found.push(child);
      } catch {
        // ended meanwhile
      }
      visit(child);
    }
  };
  visit(pid);
  return found;
}

function command(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
