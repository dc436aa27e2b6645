import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findFlags, foldersUpwards } from "../../../main/flags/find-flags.ts";
import { readCompileCommands } from "../../../main/flags/read-compile-commands.ts";
import { splitCommand } from "../../../main/flags/split-command.ts";
import { Failed } from "../../../protocol/failures.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "xdpwt-flags-"));
  await mkdir(join(home, "work/src"), { recursive: true });
});
afterEach(() => rm(home, { recursive: true }));
const put = async (name: string, content: unknown) => {
  await mkdir(dirname(join(home, name)), { recursive: true });
  await writeFile(join(home, name), typeof content === "string" ? content : JSON.stringify(content));
};
const source = () => join(home, "work/src/x.bpf.c");
const find = () => findFlags(source(), home);
const refused = async () => {
  try {
    await find();
  } catch (error) {
    if (error instanceof Failed) return error.failure;
  }
  throw new Error("not refused");
};

describe("where flags come from", () => {
  it("goes from the source's folder to the home folder, not above", () => {
    expect(foldersUpwards("/home/u/w/s/x.c", "/home/u")).toEqual(["/home/u/w/s", "/home/u/w", "/home/u"]);
    expect(foldersUpwards("/srv/w/x.c", "/home/u")).toEqual(["/srv/w", "/srv", "/"]);
  });

  it("is nothing where there is no file: the defaults", async () => {
    expect(await find()).toEqual({ words: null, file: null, notes: [] });
  });

  it("is the nearest compile_flags.txt, a word a line, its paths absolute", async () => {
    await put("compile_flags.txt", "-DFAR\n");
    await put("work/compile_flags.txt", "-Iinclude\n\n  -isystem\n../sys\r\n-I/abs\n-DA=b c\n-c\n-xc\n");
    expect(await find()).toEqual({
      words: [`-I${home}/work/include`, "-isystem", join(home, "sys"), "-I/abs", "-DA=b c"],
      file: join(home, "work/compile_flags.txt"),
      notes: [],
    });
  });

  it("is the entry of compile_commands.json for the source, without its compiler, output and input", async () => {
    await put("work/build/compile_commands.json", [
      { directory: "../src", file: "other.c", command: "clang -DOTHER -c other.c" },
      {
        directory: "../src",
        file: "x.bpf.c",
        arguments: ["clang", "-target", "bpf", "-I", "inc", "-DX", "-c", "x.bpf.c"],
      },
    ]);
    expect((await find()).words).toEqual(["-I", join(home, "work/src/inc"), "-DX"]);
  });

  it("is the entry most like it where it has none of its own, and a file without C is passed over", async () => {
    const directory = join(home, "work");
    await put("work/compile_commands.json", [
      { directory, file: "far/a.c", command: "cc -DFAR -c far/a.c -o far/a.o" },
      { directory, file: "src/b.c", command: "cc -D'NEAR=1 2' -o src/b.o -c src/b.c" },
    ]);
    expect((await find()).words).toEqual(["-DNEAR=1 2"]);
    await put("work/compile_commands.json", [{ directory, file: "a.cpp", command: "c++ a.cpp" }]);
    await put("compile_flags.txt", "-DHOME");
    expect((await find()).words).toEqual(["-DHOME"]);
  });

  it.skipIf(process.getuid?.() !== 0)("is not somebody else's file in a shared folder", async () => {
    await put("compile_flags.txt", "-DEVIL");
    await chown(join(home, "compile_flags.txt"), 12345, 12345);
    const found = await find();
    expect(found.words).toBe(null);
    expect(found.notes[0]).toContain("belongs to somebody else (user 12345)");
  });
});

describe("what is refused", () => {
  it.each([
    ["-o\n/tmp/x", "-o"],
    ["-fplugin=/tmp/x.so", "-fplugin=/tmp/x.so"],
    ["-Xclang\n-load", "-Xclang"],
    ["@more", "@more"],
  ])("%j, by name and file", async (text, flag) => {
    await put("work/compile_flags.txt", `-Wall\n${text}\n`);
    expect(await refused()).toMatchObject({ kind: "bad-value", field: flag });
    expect((await refused()).message).toContain(`the flag ${flag} of ${home}/work/compile_flags.txt is refused: it `);
  });

  it("an output outside the build folder", async () => {
    const entry = { directory: join(home, "work"), file: "src/x.bpf.c" };
    await put("work/compile_commands.json", [{ ...entry, command: "cc -c src/x.bpf.c -o ../../x.o" }]);
    expect((await refused()).message).toContain("is refused: it writes outside the build folder");
    await put("work/compile_commands.json", [{ ...entry, command: "cc -c src/x.bpf.c -o out/x.o" }]);
    expect((await find()).words).toEqual([]);
  });

  it("a file that is not what it is called", async () => {
    for (const content of ["", "{", "[1]", "null", '[{"file":1}]', "[".repeat(50_000)]) {
      await put("work/compile_commands.json", content);
      expect(await refused()).toMatchObject({ kind: "bad-value", field: "compile_commands.json" });
    }
    await put("work/compile_commands.json", "a\0b");
    expect(await refused()).toMatchObject({ kind: "file", code: "binary" });
  });
});

describe("a command as words", () => {
  it("follows the shell's quoting and expands nothing", () => {
    expect(splitCommand(`cc  -D'A=b c' "-DX=\\"y\\"" a\\ b.c $(id) "" '`)).toEqual([
      ...["cc", "-DA=b c", '-DX="y"', "a b.c", "$(id)", "", ""],
    ]);
  });
  it("is read from an entry whatever is in it", () => {
    expect(readCompileCommands('[{"directory":"","file":"x.c"}]', "/w", "/w/x.c")).toMatchObject({
      ok: true,
      given: { words: [] },
    });
  });
});
