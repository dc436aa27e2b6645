import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clangFlags, headerFlags } from "../../helper/toolchain/arguments.ts";
import { parseClang } from "../../helper/toolchain/diagnostics.ts";
import { lookAtHeaders, parseIncludes, unchanged } from "../../helper/toolchain/header-files.ts";
import { includeBlock } from "../../helper/toolchain/include-block.ts";
import { flagFolders } from "../../helper/toolchain/sandbox.ts";

describe("the leading include block", () => {
  it("ends with the last include before other C, and keeps the rest on its lines", () => {
    const source = [
      "// a licence",
      "/* more",
      " * of it */",
      '#define KBUILD_MODNAME "x" // for tracing',
      "#include <linux/bpf.h> /* the context */",
      "",
      '#  include "own.h"\r',
      "#define AFTER 1",
      "int x;",
      "#include <late.h>",
      "",
    ].join("\n");
    const block = includeBlock(source);
    expect(block?.text).toBe('\n\n\n#define KBUILD_MODNAME "x"\n#include <linux/bpf.h>\n\n#  include "own.h"\n');
    expect(block?.rest).toBe(`${"\n".repeat(7)}#define AFTER 1\nint x;\n#include <late.h>\n`);
  });

  it("is the same whatever its comments say, not where they stand", () => {
    const one = includeBlock("// one\n#include <a.h>\nint x;\n");
    expect(includeBlock("/* another */\n#include <a.h>\nint y;\n")?.text).toBe(one?.text);
    expect(includeBlock("// one\n\n#include <a.h>\n")?.text).not.toBe(one?.text);
  });

  it.each([
    ["", "int x;\n#include <a.h>\n"],
    ["", "#include <a.h>"],
    ["", "\ufeff#include <a.h>\n"],
    ["", "#ifdef X\n#include <a.h>\n#endif\n"],
    ["", "#include NAME\n"],
    ["", "#define X \\\n 1\n#include <a.h>\n"],
    ["", "#include <a.h> /* goes\n on */\n"],
    ["#include <a.h>\n", "#include <a.h>\n#if 1\n#include <b.h>\n#endif\n"],
    ["#include <a.h>\n", '#include <a.h>\n#define HAS __has_include("b.h")\n#include <b.h>\n'],
    ['#include "a//b.h"\n', '#include "a//b.h"\n'],
    ["#include <a/*b.h>\n", "#include <a/*b.h>\n"],
  ])("is %j of %j", (text, source) => {
    expect(includeBlock(source)?.text ?? "").toBe(text);
  });

  it("never breaks, and never moves a line", () => {
    const piece = fc.constantFrom(
      "#include <a.h>\n",
      "// x\n",
      "/*",
      "*/",
      "\n",
      '"',
      "'",
      "#define A 1\n",
      "\\\n",
      "x",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const source = pieces.join("");
        const block = includeBlock(source);
        if (block === null) return;
        expect(block.rest.split("\n").length).toBe(source.split("\n").length);
        expect(source.endsWith(block.rest.replace(/^\n*/, ""))).toBe(true);
      }),
    );
    expect(includeBlock("/".repeat(5_000_000))).toBe(null);
    expect(includeBlock("#include <a.h>\n".repeat(400_000))?.rest.endsWith("#include <a.h>\n")).toBe(true);
  });
});

describe("headers that were read", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "xdpwt-headers-"));
    await put("src/own.h", "");
    await put("common/far.h", "");
  });
  afterEach(() => rm(root, { recursive: true }));
  const put = async (name: string, text: string) => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  };
  const read = () =>
    lookAtHeaders(
      [join(root, "src/own.h"), join(root, "src/../common/far.h"), "/usr/include/linux/bpf.h"],
      [join(root, "src"), join(root, "common")],
      Date.now() + 1000,
    );

  it("are named by clang -H; anything else that it says is in the way", () => {
    expect(parseIncludes(". /a/b c.h\n.. /d.h\n. /a/b c.h\n")).toEqual(["/a/b c.h", "/d.h"]);
    expect(parseIncludes(". /a.h\n/a.h:1:1: warning: x\n")).toBe(null);
    expect(parseIncludes(". a.h\n")).toBe(null);
  });

  it("are unchanged until one is touched, grows, or goes", async () => {
    const headers = read();
    if (headers === null) throw new Error("not looked at");
    expect(unchanged(headers)).toBe(true);
    await utimes(join(root, "src/own.h"), 1, 1);
    expect(unchanged(headers)).toBe(false);
    const again = read();
    await rm(join(root, "common/far.h"));
    expect(again !== null && unchanged(again)).toBe(false);
    expect(read()).toBe(null);
  });

  it.each(["src/far.h", "src/linux/bpf.h", "common/own.h"])("are not where %s would be found first", async (name) => {
    const headers = read();
    expect(headers !== null && unchanged(headers)).toBe(true);
    await put(name, "");
    expect(headers !== null && unchanged(headers)).toBe(false);
  });

  it("are not sure where another of their name has come meanwhile", async () => {
    const paths = [join(root, "common/far.h")];
    const folders = [join(root, "src"), join(root, "common")];
    await new Promise((resolve) => setTimeout(resolve, 40));
    const before = Date.now();
    expect(lookAtHeaders(paths, folders, before)).not.toBe(null);
    await put("src/far.h", "");
    expect(lookAtHeaders(paths, folders, before)).toBe(null);
    expect(lookAtHeaders(paths, folders, before + 1000)).not.toBe(null);
  });

  it("are not sure where they have just been written", () => {
    expect(lookAtHeaders([join(root, "src/own.h")], [], Date.now())).toBe(null);
  });
});

describe("the one step", () => {
  it("has the same flags, without those that make it two", () => {
    const choice = { arch: "x64", includes: ["/src"], own: null } as const;
    const two = clangFlags({ ...choice, pipeline: "two-stage" });
    const one = clangFlags({ ...choice, pipeline: "one-step" });
    expect(one).toEqual(two.filter((flag) => flag !== "-S" && flag !== "-emit-llvm"));
    expect(headerFlags(one)).toEqual(headerFlags(two));
  });

  it("takes a workspace's flags in place of the defaults, with what the kernel needs", () => {
    const flags = (own: string[]) => clangFlags({ arch: "x64", pipeline: "one-step", includes: [], own }).join(" ");
    expect(flags(["-DX"])).toBe("-target bpf -DX -O2 -c -g");
    expect(flags(["-O1", "-gdwarf-5"])).toBe("-target bpf -O1 -gdwarf-5 -c");
  });

  it("says what llc says, where llc says it", () => {
    const stack = "Looks like the BPF stack limit of 512 bytes is exceeded.";
    const note = "note: could not determine the original source location for";
    const text = [
      "/w/x.c:4:16: error: too many args to 0x240ddfa0: i64 = GlobalAddress<i32 (i32)* @many> 0, x.c:5:10",
      `/w/x.c:4:16: ${note} x.c:5:10`,
      `/w/x.c:7:16: error: ${stack}`,
      `/w/x.c:7:16: ${note} x.c:0:0`,
      `/w/x.c:7:16: error: ${stack}`,
      `/w/x.c:7:16: ${note} x.c:8:56`,
    ].join("\n");
    expect(parseClang(text, "/w/x.c").map(({ line, column, message }) => [line, column, message])).toEqual([
      [5, 10, "too many args"],
      [8, 56, stack],
    ]);
  });
});

describe("what the flags open to root's clang", () => {
  it("is what they name, but no home folder and nothing of the system's", () => {
    const named = ["/srv/libbpf/src/", "/root", "/home/u", "/", "/etc", "/etc/ssl", "/proc/1", "/usr/include", "rel"];
    expect(flagFolders(named, "/home/u")).toEqual(["/srv/libbpf/src"]);
  });
});
