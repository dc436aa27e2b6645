/** xdpw show: code and contents for a terminal and for scripts. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { code, objectTree } from "../../../protocol/views.ts";
import { isRoot, needsRoot, openScene, type Scene, template } from "./run-xdpw.ts";

let scene: Scene;
const counters = template("packet-counters");
const line = (words: string): number =>
  readFileSync(counters, "utf8")
    .split("\n")
    .findIndex((text) => text.includes(words)) + 1;

beforeAll(() => {
  scene = openScene();
});
afterAll(() => scene.end());

describe("xdpw show", () => {
  it("puts each C line before the code that was made of it, with where it was inlined", async () => {
    const assembly = await scene.run("show", "assembly", counters);
    expect(assembly).toMatchObject({ status: 0, err: "" });
    // the path is as short as it can be from where the command runs
    const place = new RegExp(`^; \\S*packet-counters/program\\.bpf\\.c:${line("rx_packets, 1")} `);
    const counted = assembly.out.split("\n").findIndex((text) => place.test(text));
    expect(assembly.out.split("\n")[counted]).toContain("__sync_fetch_and_add(&rec->rx_packets, 1);");
    expect(assembly.out.split("\n")[counted + 1]).toMatch(/^ +\d+: lock \*\(u64 \*\)\(r0 \+ 0\) \+= r1$/);
    const llvm = await scene.run("show", "llvm", counters, "-v");
    expect(llvm.status).toBe(0);
    expect(llvm.out).toMatch(new RegExp(`^; .*:\\d+ \\(inlined at .*:${line("chosen_action();")}\\)`, "m"));
    expect(llvm.err).toMatch(/^\$ clang .* -emit-llvm /m);
  });

  it("prints one JSON value of code and of an object", async () => {
    const shown = code.parse((await scene.run("show", "assembly", counters, "--prog", "xdp_count", "--json")).json);
    expect(shown).toMatchObject({ kind: "assembly", files: [counters], functions: [{ name: "xdp_count" }] });
    const { status, json } = await scene.run("show", "object", counters, "--json");
    expect(status).toBe(0);
    expect(json).toMatchObject({
      license: "Dual BSD/GPL",
      maps: [{ name: "xdp_stats_map", key_size: 4, value_size: 16, max_entries: 5 }, { name: "xdp_action" }],
    });
    expect(Object.keys(json as object).toSorted()).toEqual(Object.keys(objectTree.shape).toSorted());
  });

  it("prints an object as tables and C", async () => {
    const { status, out } = await scene.run("show", "object", counters);
    expect(status).toBe(0);
    expect(out).toMatch(/^xdp_count +xdp +xdp +\d+ +xdp_action, xdp_stats_map/m);
    expect(out).toMatch(/^xdp_stats_map +percpu_array|^xdp_stats_map +array/m);
    expect(out).toMatch(/^struct datarec \{\n {2}0: __u64 rx_packets\n {2}8: __u64 rx_bytes\n\}$/m);
  });

  it("says what it does not take", async () => {
    const wrong = async (...words: string[]) => {
      const { status, err } = await scene.run("show", ...words);
      expect(status, err).toBe(2);
      return err;
    };
    expect(await wrong("bytecode", counters)).toContain("give llvm, assembly, xlated, jited or object");
    expect(await wrong("assembly")).toContain("name a source or an object");
    expect(await wrong("assembly", "--id", "3")).toContain("xlated and jited code only");
    expect(await wrong("xlated", counters, "--id", "3")).toContain("leave the rest out");
    expect(await wrong("xlated", "--id", "0")).toContain("whole number");
    writeFileSync(join(scene.folder, "text.o"), "\x7fELF and no more");
    const cut = await scene.run("show", "object", "text.o", "--json");
    expect(cut).toMatchObject({ status: 1, json: { failure: { kind: "bad-object" } } });
    const missing = await scene.run("show", "assembly", counters, "--prog", "nobody", "--json");
    expect(missing).toMatchObject({ status: 1, json: { failure: { kind: "not-found", name: "nobody" } } });
  });
});

describe.skipIf(!isRoot)(`xdpw show of what the kernel made${isRoot ? "" : `: ${needsRoot}`}`, () => {
  it("shows xlated and jited code, and the commands that it names show the same", async () => {
    const { status, out } = await scene.run("show", "jited", counters);
    expect(status).toBe(0);
    expect(out).toMatch(/^xdp_count:\n; .*packet-counters/m);
    const shown = code.parse((await scene.run("show", "xlated", counters, "--json")).json);
    const printed = execFileSync("sh", ["-ec", shown.commands.join("\n")], { cwd: scene.folder, encoding: "utf8" });
    const theirs = [...printed.matchAll(/^ *(\d+): \(/gm)].map((match) => Number(match[1]));
    const ours = shown.lines.flatMap(({ kind, text }) => (kind === "code" ? [Number.parseInt(text, 10)] : []));
    expect(ours).toEqual(theirs);
  });

  it("knows no program of an id that is gone", async () => {
    const { status, json } = await scene.run("show", "xlated", "--id", "4294967280", "--json");
    expect({ status, json }).toMatchObject({ status: 1, json: { failure: { kind: "not-found", what: "program" } } });
  });
});
