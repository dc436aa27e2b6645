import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { saysOnlyWarnings } from "../../protocol/build-flags.ts";
import { clangFlags, outputNames, withLineMarker } from "../../helper/toolchain/arguments.ts";
import { parseClang, parseLlc } from "../../helper/toolchain/diagnostics.ts";
import { findTools, wanted } from "../../helper/toolchain/find.ts";
import { readableFolders } from "../../helper/toolchain/sandbox.ts";

describe("finding clang and llc", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "xdpwt-find-"));
  });
  afterEach(() => rm(root, { recursive: true }));
  const install = async (...names: string[]) => {
    for (const name of names) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), "");
      await chmod(join(root, name), 0o755);
    }
  };
  const find = () => findTools({ path: [join(root, "a"), join(root, "b")], versions: join(root, "lib") });

  it("takes the plain names of PATH, in its order", async () => {
    await install("b/clang", "a/clang-19", "b/llc", "lib/llvm-20/bin/llc");
    const { clang, llc } = await find();
    expect(clang).toEqual({ path: join(root, "b/clang"), typed: "clang" });
    expect(llc?.typed).toBe("llc");
  });

  it("takes the highest version where there is no plain name", async () => {
    await install("a/clang-9", "b/clang-14", "b/clang-format-15", "b/llc-14");
    const { clang, llc } = await find();
    expect([clang?.typed, llc?.typed]).toEqual(["clang-14", "llc-14"]);
  });

  it("takes the llc beside clang, then LLVM's own folders", async () => {
    await install("lib/llvm-14/bin/clang", "lib/llvm-14/bin/llc", "lib/llvm-9/bin/clang", "a/llc-9");
    const { clang, llc } = await find();
    expect(clang?.path).toBe(join(root, "lib/llvm-14/bin/clang"));
    expect(llc?.path).toBe(join(root, "lib/llvm-14/bin/llc"));
  });

  it("finds nothing where nothing is, and names the package", async () => {
    await install("a/clang++");
    expect(await find()).toEqual({ clang: null, llc: null });
    expect(() => wanted(null, "llc")).toThrow("llc is not installed: install the package llvm");
    expect(() => wanted(null, "clang")).toThrow("install the package clang");
  });
});

describe("the flags", () => {
  it("are those of the tutorial's two stages, with the host's macros", () => {
    const flags = clangFlags({ arch: "x64", pipeline: "two-stage", includes: ["/src"], own: null });
    expect(flags.join(" ")).toBe(
      "-S -target bpf -D__BPF_TRACING__ -D__x86_64__ -D__TARGET_ARCH_x86 -Wall -Wno-unused-value -Wno-pointer-sign -Wno-compare-distinct-pointer-types -Werror -Wno-error=address-of-packed-member -Wno-error=pass-failed -I/src -O2 -emit-llvm -c -g",
    );
    expect(clangFlags({ arch: "arm64", pipeline: "two-stage", includes: [], own: null })).toContain(
      "-D__TARGET_ARCH_arm64",
    );
    expect(clangFlags({ arch: "pdp11", pipeline: "two-stage", includes: [], own: null })).not.toContain("-D__x86_64__");
  });

  it("of a workspace take their place, and those about warnings go behind them", () => {
    const choice = { arch: "x64", pipeline: "two-stage", includes: ["/src"] } as const;
    expect(clangFlags({ ...choice, own: ["-DX"] }).join(" ")).toBe("-S -target bpf -DX -O2 -emit-llvm -c -g");
    const added = clangFlags({ ...choice, own: null, added: ["-Wno-error"] });
    expect(added.indexOf("-Wno-error")).toBeGreaterThan(added.indexOf("-Werror"));
    expect(added).toContain("-I/src");
    expect([["-Wno-error", "-w"], ["-Wall", "-DX"], []].map(saysOnlyWarnings)).toEqual([true, false, false]);
  });

  it("name what comes out", () => {
    expect(outputNames("/a/x.bpf.c", "obj")).toEqual({ ir: "x.bpf.ll", output: "x.bpf.o" });
    expect(outputNames("/a/x.c", "asm").output).toBe("x.s");
  });

  it("keep any path in one line", () => {
    expect(withLineMarker('/a "b"\\\n.c', "int x;")).toBe('# 1 "/a \\"b\\"\\\\\\012.c"\nint x;');
  });
});

describe("what root's clang may read", () => {
  it.each([
    ["/root/lab/src/x.c", "/root", ["/root/lab"]],
    ["/root/lab/x.c", "/root", ["/root/lab"]],
    ["/home/u/x.c", "/home/u", ["/home/u"]],
    ["/tmp/abc/x.c", "/root", ["/tmp/abc"]],
    ["/x.c", "/root", []],
    ["/etc/x.c", "/root", []],
    ["/etc/xdp/x.c", "/root", ["/etc/xdp"]],
  ])("for %s in the home %s is %j", (path, home, folders) => {
    expect(readableFolders(path, home)).toEqual(folders);
  });
});

describe("what clang says", () => {
  it("of an error that was a warning tells the way out", () => {
    const [found] = parseClang("/w/x.c:2:7: error: unused variable 'a' [-Werror,-Wunused-variable]", "/w/x.c");
    expect(found).toMatchObject({ severity: "error", line: 2 });
    expect(found?.message).toMatch(
      /^unused variable 'a' \[-Wunused-variable\]: a warning that -Werror .* -Wno-error=unused-variable .* compile_flags\.txt/,
    );
    const [other] = parseClang("/w/x.c:2:7: warning: unused variable 'a' [-Wunused-variable]", "/w/x.c");
    expect(other?.message).toBe("unused variable 'a' [-Wunused-variable]");
  });

  it("becomes findings at places", () => {
    const text = [
      "In file included from /w/x.c:3:",
      "/w/h.h:1:11: error: use of undeclared identifier 'oops'",
      "/w/x.c:7:5: warning: something [-Wsome]",
      "/w/x.c:2:1: note: declared here",
      "/w/x.c:2:10: fatal error: 'nope.h' file not found",
      "error: unable to read PCH",
      "2 warnings and 1 error generated.",
    ].join("\n");
    expect(
      parseClang(text, "/w/x.c").map(({ file, line, column, severity }) => [file, line, column, severity]),
    ).toEqual([
      ["/w/h.h", 1, 11, "error"],
      ["/w/x.c", 7, 5, "warning"],
      ["/w/x.c", 2, 1, "note"],
      ["/w/x.c", 2, 10, "error"],
      ["/w/x.c", 0, 0, "error"],
    ]);
  });

  it("of llc too: once each, with a place where one is known", () => {
    const stack = "Looks like the BPF stack limit of 512 bytes is exceeded. Please move it.";
    const text = [
      `error: x.c:0:0: in function big i32 (%struct.xdp_md*): ${stack}`,
      "",
      `error: x.c:4:103: in function big i32 (%struct.xdp_md*): ${stack}`,
      "error: <unknown>:0:0: in function many i32 (i32, i32): defined with too many args",
      "LLVM ERROR: Cannot select: t1",
    ].join("\n");
    expect(parseLlc(text, "/w/x.c").map(({ file, line, column, message }) => [file, line, column, message])).toEqual([
      ["/w/x.c", 4, 103, `in function big: ${stack}`],
      ["/w/x.c", 0, 0, "in function many: defined with too many args"],
      ["/w/x.c", 0, 0, "llc: Cannot select: t1"],
    ]);
  });

  it("never breaks the reader", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const one of [...parseClang(text, "/x.c"), ...parseLlc(text, "/x.c")])
          expect(one.line).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
