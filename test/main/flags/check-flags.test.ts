import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildFlags } from "../../../protocol/build.ts";
import { checkFlags } from "../../../protocol/build-flags.ts";

const refusal = (...words: string[]) => {
  const checked = checkFlags(words);
  return checked.ok ? null : checked;
};

describe("flags that a build takes", () => {
  it.each([
    ["-I", "include"],
    ["-Iinclude"],
    ["-isystem", "/opt/include"],
    ["-isystem/opt/include"],
    ["-iquote", "."],
    ["-include", "config.h"],
    ["--sysroot=/opt/root"],
    ["-DNAME"],
    ["-D", "NAME=a b"],
    ['-DQUOTED="x"'],
    ["-UNAME"],
    ["-O3"],
    ["-Os"],
    ["-g"],
    ["-gdwarf-5"],
    ["-std=gnu11"],
    ["-Wall"],
    ["-Wno-unused-value"],
    ["-Wframe-larger-than=512"],
    ["-w"],
    ["-mcpu=v3"],
    ["-Xclang", "-target-feature", "-Xclang", "+alu32"],
    ["-fno-builtin"],
    ["-fno-stack-protector"],
    ["-ffile-prefix-map=/a=/b"],
    ["-nostdinc"],
    ["-c"],
    ["-S", "-emit-llvm", "-target", "bpf", "-x", "c"],
    ["--target=bpf"],
  ])("%s %s", (...words) => {
    const checked = checkFlags(words.filter((word) => word !== undefined));
    expect(checked).toMatchObject({ ok: true });
  });

  it("tells the frame and the paths apart", () => {
    const checked = checkFlags(["-c", "-I", "a", "-Ib", "-include", "c.h", "--sysroot=d"]);
    expect(checked.ok && checked.flags.filter(({ frame }) => frame).flatMap(({ words }) => words)).toEqual(["-c"]);
    expect(checked.ok && checked.flags.flatMap(({ path }) => (path === null ? [] : [path.name]))).toEqual([
      "a",
      "b",
      "c.h",
      "d",
    ]);
  });
});

describe("flags that a build refuses, by name", () => {
  it.each([
    ["-o", "/tmp/x"],
    ["-o/tmp/x"],
    ["--output=/tmp/x"],
    ["-fplugin=/tmp/x.so"],
    ["-fplugin-arg-x-y"],
    ["-fpass-plugin=/tmp/x.so"],
    ["-Xclang", "-load", "-Xclang", "/tmp/x.so"],
    ["-Xclang", "-target-feature", "-Xclang", "-load"].slice(0, 2),
    ["-Xclang", "-target-feature", "-Xclang", "-load=/x"],
    ["-Xpreprocessor", "-MD"],
    ["-Xassembler", "x"],
    ["@/tmp/flags"],
    ["-save-temps"],
    ["--save-temps=obj"],
    ["-M"],
    ["-MD"],
    ["-MMD"],
    ["-MF", "/tmp/x"],
    ["-MF/tmp/x"],
    ["-MJ/tmp/x"],
    ["-B/tmp"],
    ["-specs=/tmp/x"],
    ["--config", "/tmp/x"],
    ["-wrapper", "x"],
    ["-Wp,-MD,/tmp/x"],
    ["-Wa,-a"],
    ["-Wl,-z"],
    ["-cc1"],
    ["-ccc-print-phases"],
    ["-include-pch", "/tmp/x"],
    ["-fmodules"],
    ["-fmodules-cache-path=/tmp"],
    ["-module-dependency-dir", "-Dx"],
    ["-mllvm", "-load=/x"],
    ["-mllvm=-load=/x"],
    ["-mmlir", "x"],
    ["-fuse-ld=/tmp/x"],
    ["-fno-integrated-as"],
    ["-fno-integrated-cc1"],
    ["-ftime-trace"],
    ["-ftime-trace=/tmp/x"],
    ["-fsave-optimization-record"],
    ["-foptimization-record-file=/tmp/x"],
    ["-fcrash-diagnostics-dir=/tmp"],
    ["-fproc-stat-report=/tmp/x"],
    ["-fstack-usage"],
    ["-gsplit-dwarf"],
    ["-gmodules"],
    ["-index-store-path", "/tmp"],
    ["-working-directory", "/"],
    ["-target", "x86_64"],
    ["--target=x86_64-linux-gnu"],
    ["-x", "c++"],
    ["-xc++"],
    ["-E"],
    ["-fsyntax-only"],
    ["--analyze"],
    ["-flto"],
    ["-serialize-diagnostics", "/tmp/x"],
    ["--serialize-diagnostics", "/tmp/x"],
    ["-dependency-file", "/tmp/x"],
    ["-dumpdir", "/tmp/x"],
    ["-lfoo"],
    ["other.c"],
    ["--"],
    ["-"],
    [""],
    ["-I"],
    ["-D", "@/tmp/flags"],
    ["-I", "@/tmp/flags"],
    ["-include", "@/tmp/flags"],
    ["-Dx\ny"],
    ["-I", "a\0b"],
  ])("%s %s", (...words) => {
    const given = words.filter((word) => word !== undefined);
    const refused = refusal("-Wall", ...given);
    expect(refused?.flag).toBe((given[0] ?? "").replaceAll(/[\n\0]/g, "?"));
    expect(refused?.why).not.toBe("");
    expect(buildFlags.safeParse(given).success).toBe(false);
  });

  it("holds with anything before it, and takes any words", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 6 }), (words) => {
        const checked = checkFlags(words);
        if (checked.ok) expect(checked.flags.flatMap((flag) => flag.words)).toEqual(words);
        // a word that the driver would expand is never let through
        if (words.some((word) => word.startsWith("@"))) expect(checked.ok).toBe(false);
      }),
    );
    expect(refusal(...Array.from({ length: 3000 }, () => "-Wall"))?.why).toContain("2000");
  });
});
