/** builds through the real process: clang, llc, and what they say. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc";
import type { Compiled } from "../../../protocol/build.ts";
import type { plainHelper } from "../../../protocol/helper-contracts.ts";
import { type Connected, execute, failureOf, noAddon, notRoot, startPlain } from "./harness.ts";

const good = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int xdp_good(struct xdp_md *ctx) { return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
`;

describe.skipIf(noAddon !== "")("build.compile", () => {
  let helper: Connected<typeof plainHelper>;
  let folder = "";
  beforeAll(async () => {
    helper = await startPlain();
    folder = await mkdtemp(join(tmpdir(), "xdpwt-build-"));
    await mkdir(join(folder, "src/include"), { recursive: true });
    await mkdir(join(folder, "common"));
    await mkdir(join(folder, 'odd "quotes\\ here'));
  });
  afterAll(async () => {
    await helper.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const compile = (text: string, file = "src/x.bpf.c", emit: "obj" | "ir" | "asm" = "obj"): Promise<Compiled> =>
    helper.peer.request("build.compile", { path: join(folder, file), text, emit });

  it("makes a BPF object with BTF, and shows what a user would type", async () => {
    const built = await compile(good);
    expect(built.diagnostics).toEqual([]);
    const bytes = Buffer.from(built.output ?? "", "base64");
    expect(bytes.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
    expect(bytes.readUInt16LE(18)).toBe(247);
    expect(bytes.includes(".BTF.ext")).toBe(true);
    expect(built.stages.map(({ name, exit }) => [name, exit])).toEqual([
      ["clang", 0],
      ["llc", 0],
    ]);
    const [clang, llc] = built.stages;
    expect(clang?.argv.slice(0, 5)).toEqual(["clang", "-S", "-target", "bpf", "-D__BPF_TRACING__"]);
    expect(clang?.argv.slice(-4)).toEqual(["-g", "-o", "x.bpf.ll", join(folder, "src/x.bpf.c")]);
    expect(llc?.argv).toEqual(["llc", "-march=bpf", "-filetype=obj", "-o", "x.bpf.o", "x.bpf.ll"]);
  });

  it("makes the same as the commands that it shows", async () => {
    const built = await compile(good);
    await writeFile(join(folder, "src/x.bpf.c"), good);
    for (const { argv } of built.stages) await execute(argv[0] ?? "", argv.slice(1), { cwd: join(folder, "src") });
    const sections = async (file: string) => {
      const { stdout } = await execute("llvm-objdump", ["-d", "--no-show-raw-insn", file]).catch(() =>
        execute("llvm-objdump-14", ["-d", "--no-show-raw-insn", file]),
      );
      return stdout.split("\n").slice(3).join("\n");
    };
    await writeFile(join(folder, "ours.o"), Buffer.from(built.output ?? "", "base64"));
    expect(await sections(join(folder, "ours.o"))).toBe(await sections(join(folder, "src/x.bpf.o")));
  });

  it("emits IR and assembly", async () => {
    const ir = await compile(good, "src/x.bpf.c", "ir");
    expect(Buffer.from(ir.output ?? "", "base64").toString()).toContain("define dso_local i32 @xdp_good");
    expect(ir.stages.length).toBe(1);
    const assembly = await compile(good, "src/x.bpf.c", "asm");
    expect(Buffer.from(assembly.output ?? "", "base64").toString()).toMatch(/xdp_good:[^]*exit/);
  });

  it("says of headers that include each other what to do, at the #include", async () => {
    await writeFile(join(folder, "src/one.h"), '#include "two.h"\n');
    await writeFile(join(folder, "src/two.h"), '\n#include "one.h"\n');
    for (const pipeline of ["two-stage", "one-step"] as const) {
      const path = join(folder, "src/round.bpf.c");
      const text = `${good}#include "one.h"\n`;
      const built = await helper.peer.request("build.compile", { path, text, emit: "obj", pipeline });
      expect(built.output).toBe(null);
      expect(built.diagnostics.map(({ file, line, severity }) => [file, line, severity])).toEqual([
        [expect.stringMatching(/src\/(?:one|two)\.h$/), expect.any(Number), "error"],
      ]);
      expect(built.diagnostics[0]?.message).toMatch(/^#include nested too deeply: .* #pragma once/);
    }
    const guarded = `#pragma once\n#include "two.h"\n`;
    await writeFile(join(folder, "src/one.h"), guarded);
    expect((await compile(`${good}#include "one.h"\n`)).diagnostics).toEqual([]);
  });

  it("puts errors on their line and column, and takes warnings for errors", async () => {
    const built = await compile("int a;\nint f(void) { int unused; return b; }\n");
    expect(built.output).toBe(null);
    expect(built.stages.length).toBe(1);
    const file = join(folder, "src/x.bpf.c");
    const common = { file, severity: "error", class: "compile" };
    expect(built.diagnostics).toContainEqual({
      ...{ ...common, line: 2, column: 34 },
      message: "use of undeclared identifier 'b'",
    });
  });

  it("keeps findings of a header in the header, found in the folders around the source", async () => {
    await writeFile(join(folder, "src/include/near.h"), "static inline int near(void) { return 1; }\n");
    await writeFile(join(folder, "common/far.h"), "int far = oops;\n");
    const near = await compile(`#include "near.h"\n${good}`);
    expect(near.diagnostics).toEqual([]);
    const far = await compile(`#include "far.h"\n${good}`);
    expect(far.diagnostics[0]).toMatchObject({ line: 1, column: 11, severity: "error" });
    expect(far.diagnostics[0]?.file).toMatch(/common\/far\.h$/);
  });

  it("names the file whatever its path is made of", async () => {
    const file = 'odd "quotes\\ here/x y.c';
    const built = await compile("int a = ;\n", file);
    expect(built.diagnostics[0]).toMatchObject({ file: join(folder, file), line: 1, column: 9 });
  });

  it("puts what llc refuses on the C line", async () => {
    const built = await compile(
      `${good}__attribute__((noinline)) int many(int a, int b, int c, int d, int e, int f) { return a + b * c - d * e + f; }\n` +
        'SEC("xdp") int args(struct xdp_md *ctx) {\n  return many(1, ctx->data, 3, 4, 5, 6);\n}\n',
    );
    expect(built.output).toBe(null);
    expect(built.stages.map(({ exit }) => exit)).toEqual([0, 1]);
    const found = built.diagnostics.find(({ message }) => message.startsWith("in function args: too many args"));
    expect(found).toMatchObject({ file: join(folder, "src/x.bpf.c"), line: 7, column: 10 });
  });

  it("answers what is not C, an empty text, and 10 MB", async () => {
    expect((await compile("\x7fELF\x00\x01\x02 not C at all")).diagnostics.length).toBeGreaterThan(0);
    expect((await compile("")).diagnostics).toEqual([]);
    const big = await compile(`${good}${"// filler filler filler filler filler\n".repeat(270_000)}`);
    expect(big.diagnostics).toEqual([]);
    expect(big.output).not.toBe(null);
    const many = await compile(Array.from({ length: 1000 }, (_, index) => `int a${index} = b${index};`).join("\n"));
    expect(many.diagnostics.length).toBeLessThanOrEqual(200);
  });

  it("needs no folder", async () => {
    expect((await compile(good, "not/there/x.c")).diagnostics).toEqual([]);
  });

  it("stops when it is cancelled", async () => {
    const source = new CancellationTokenSource();
    const names = "ABCDEFGHIJ".split("");
    const bomb = names.map((name, index) =>
      index === 0
        ? `#define A(x) ${"x ".repeat(10)}`
        : `#define ${name}(x) ${names[index - 1]}(${names[index - 1]}(x))`,
    );
    const path = join(folder, "src/x.bpf.c");
    const text = `${bomb.join("\n")}\nint x = 0 J(+1);\n`;
    const running = failureOf(helper.peer.request("build.compile", { path, text, emit: "obj" }, source.token));
    setTimeout(() => source.cancel(), 200);
    expect(await running).toMatchObject({ kind: "cancelled" });
  });

  it.skipIf(notRoot !== "")("reads no file of root's that is none of its business", async () => {
    const built = await compile('#include "/etc/shadow"\n');
    if (built.sandbox !== "bwrap") return;
    expect(built.diagnostics).toMatchObject([{ line: 1, message: "'/etc/shadow' file not found" }]);
    const describing = await helper.peer.request("toolchain.describe", {});
    expect(describing).toMatchObject({ sandbox: "bwrap", clang: expect.stringContaining("clang version") });
  });
});
