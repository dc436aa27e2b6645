/** Code views through the real helpers: what the kernel made of a program, against what bpftool tells of it. */
import "vscode-jsonrpc/node";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHelperPool, type HelperPool } from "../../../main/helpers/helper-pool.ts";
import { viewBuilt } from "../../../main/views/view-built.ts";
import { viewLoaded } from "../../../main/views/view-loaded.ts";
import { viewObject } from "../../../main/views/view-object.ts";
import type { LoadOptions } from "../../../protocol/reload.ts";
import { code as codeSchema, type Code, objectTree } from "../../../protocol/views.ts";
import { sourceOf, templates } from "../../main/views/build-template.ts";
import { buildHelper, eventually, failureOf, skipReason } from "../helper/harness.ts";
import { aya, compile, modern, reversed, without, withoutLines } from "../legacy/object-shapes.ts";
import { loading, native } from "../native/support.ts";

const source = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct limits { __u32 least; __u32 most; };
const volatile struct limits limits = { 3, 1400 };
volatile __u64 seen_views;
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 64); __type(key, __u32); __type(value, __u64); } xdpwt_flows SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, __u32); } xdpwt_jumps SEC(".maps");
static long each(__u32 index, void *context) {
  seen_views += index;
  return 0;
}
static __noinline int too_long(struct xdp_md *ctx, __u32 most) {
  return ctx->data_end - ctx->data > most;
}
SEC("xdp") int xdpwt_looked_at(struct xdp_md *ctx) {
  __u32 key = ctx->ingress_ifindex;
  if (limits.least > 5)
    return XDP_ABORTED;
  __u64 *value = bpf_map_lookup_elem(&xdpwt_flows, &key);
  if (value)
    __sync_fetch_and_add(value, 1);
  if (too_long(ctx, limits.most))
    return XDP_DROP;
  bpf_loop(4, each, &key, 0);
  bpf_tail_call(ctx, &xdpwt_jumps, 1);
  return XDP_PASS;
}
SEC("xdp") int xdpwt_rejected(struct xdp_md *ctx) {
  return *(char *)(long)ctx->data;
}
char LICENSE[] SEC("license") = "GPL";
`;
/** a machine without bubblewrap adds a note of its own */
const isOurs = (note: string): boolean => !note.includes("sandbox");
const lineOf = (words: string): number => source.split("\n").findIndex((line) => line.includes(words)) + 1;

let helpers: HelperPool;
let folder = "";
let path = "";
beforeAll(async () => {
  if (skipReason !== "") return;
  await buildHelper();
  folder = mkdtempSync(join(tmpdir(), "xdpwt-views-"));
  path = join(folder, "program.bpf.c");
  writeFileSync(path, source);
  helpers = createHelperPool({ asking: { terminal: false }, changed: () => undefined, progress: () => undefined });
});
afterAll(async () => {
  await helpers?.close();
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

const built = (kind: Code["kind"], program: string | null = "xdpwt_looked_at", file = path): Promise<Code> =>
  viewBuilt(helpers, { input: { path: file, text: null }, kind, program });
const textOf = ({ lines }: Code): string => lines.map(({ text }) => text).join("\n");
/** code at a C line of the source */
const codeAt = (view: Code, words: string): string =>
  view.lines
    .filter(({ kind, at }) => kind === "code" && at[0]?.line === lineOf(words) && view.files[at[0].file] === path)
    .map(({ text }) => text)
    .join("\n");

function loadedNow(): string[] {
  const listed = JSON.parse(execFileSync("bpftool", ["-j", "prog", "list"], { encoding: "utf8" })) as {
    name?: string;
  }[];
  const maps = JSON.parse(execFileSync("bpftool", ["-j", "map", "list"], { encoding: "utf8" })) as { name?: string }[];
  return [...listed, ...maps].flatMap(({ name }) => (/^xdpwt_(look|flows|jumps)/.test(name ?? "") ? [name ?? ""] : []));
}

describe.skipIf(skipReason !== "")(`code views${skipReason === "" ? "" : `: ${skipReason}`}`, () => {
  it("shows xlated code with names, functions and C lines, and leaves nothing behind", async () => {
    const view = await built("xlated");
    expect(codeSchema.parse(view)).toMatchObject({ kind: "xlated", program: null, machine: "BPF" });
    expect(view.functions.map(({ name }) => name)).toEqual(
      ["xdpwt_looked_at", "each", "too_long"].toSorted(order(view)),
    );
    const text = textOf(view);
    expect(text).toContain("= map xdpwt_flows ll");
    expect(text).toMatch(/= &limits( \+ 4)? ll/);
    expect(text).toContain("= &seen_views ll");
    expect(codeAt(view, "if (too_long")).toMatch(/call too_long$/m);
    expect(codeAt(view, "bpf_map_lookup_elem(")).toMatch(/call \w*htab\w*lookup\w*|call bpf_map_lookup_elem/);
    expect(codeAt(view, "bpf_tail_call(")).toContain("bpf_tail_call#12");
    expect(codeAt(view, "seen_views += index")).toMatch(/\*\(u64 \*\)\(r\d \+ 0\) = r\d/);
    expect(view.lines.filter(({ kind, at }) => kind === "code" && at.length === 0)).toEqual([]);
    expect(await eventually(loadedNow, (names) => names.length === 0)).toEqual([]);
  });

  /** functions are laid out by libbpf, in the order in which they are met */
  function order({ functions }: Code): (one: string, other: string) => number {
    const at = (name: string): number => functions.find((entry) => entry.name === name)?.line ?? -1;
    return (one, other) => at(one) - at(other);
  }

  it.skipIf(process.arch !== "x64")("shows machine code by function, with calls, labels and C lines", async () => {
    const view = await built("jited");
    expect(codeSchema.parse(view)).toMatchObject({ kind: "jited", program: null, machine: "x86-64" });
    expect(view.notes.filter(isOurs)).toEqual([]);
    expect(view.functions.map(({ name }) => name).toSorted()).toEqual(["each", "too_long", "xdpwt_looked_at"]);
    const text = textOf(view);
    expect(codeAt(view, "if (too_long")).toMatch(/callq? too_long$/m);
    expect(text).toMatch(/callq? __htab_map_lookup_elem$|callq? \w*map_lookup_elem$/m);
    const labels = view.lines.filter(({ text: words }) => /^L\d+:$/.test(words)).length;
    expect(labels).toBeGreaterThan(1);
    expect([...text.matchAll(/ 0x[0-9a-f]+ <L\d+>$/gm)].length).toBeGreaterThanOrEqual(labels);
    expect(text).not.toContain(".text");
    expect(codeAt(view, "seen_views += index")).toMatch(/addq/);
    const length = source.split("\n").length;
    for (const { at } of view.lines) for (const { line } of at) expect(line).toBeLessThanOrEqual(length);
    // offsets grow within each function, and each begins at 0
    for (const [index, { line }] of view.functions.entries()) {
      const end = view.functions[index + 1]?.line ?? view.lines.length;
      const offsets = view.lines
        .slice(line, end)
        .filter(({ kind }) => kind === "code")
        .map(({ text: words }) => Number.parseInt(words, 16));
      expect(offsets[0]).toBe(0);
      expect(offsets).toEqual(offsets.toSorted((one, other) => one - other));
      expect(new Set(offsets).size).toBe(offsets.length);
    }
    expect(await eventually(loadedNow, (names) => names.length === 0)).toEqual([]);
  });

  it("decodes what runs exactly as bpftool dumps it", async () => {
    const loaded = await native.loadObject(loading(compile(source), "xdpwt_looked_at"));
    try {
      const id = loaded.programId;
      const file = join(folder, "xlated");
      execFileSync("bpftool", ["prog", "dump", "xlated", "id", `${id}`, "file", file]);
      const raw = readFileSync(file);
      const view = await viewLoaded(helpers, { sourceOf: () => null }, { id, kind: "xlated" });
      expect(view.program).toMatchObject({ id, name: "xdpwt_looked_at" });
      expect(view.commands[0]).toContain(`bpftool prog dump xlated id ${id}`);
      const ours = view.lines
        .filter(({ kind }) => kind === "code")
        .map(({ text }) => [Number.parseInt(text, 10), text.replace(/^ *\d+: /, "")] as const);
      // opcode by opcode
      let next = 0;
      for (const [at, text] of ours) {
        expect(at).toBe(next);
        const code = raw[at * 8] ?? 0;
        next += code === 0x18 ? 2 : 1;
        expect(text).not.toContain("<unknown>");
        expect(text, text).toMatch(shapes(code));
      }
      expect(next * 8).toBe(raw.length);
      // line by line: bpftool names the same C lines before the same instructions
      const printed = execFileSync("bpftool", ["prog", "dump", "xlated", "id", `${id}`, "linum"], { encoding: "utf8" });
      const theirs = new Map<number, number>();
      let line = 0;
      for (const text of printed.split("\n")) {
        // line 0 is code of clang's own making: it counts to the line before
        line = Number(/line_num:(\d+)/.exec(text)?.[1] ?? 0) || line;
        const at = /^\s*(\d+): \(/.exec(text)?.[1];
        if (at !== undefined) theirs.set(Number(at), line);
      }
      const ourLines = new Map(
        view.lines.flatMap(({ kind, text, at }) =>
          kind === "code" ? [[Number.parseInt(text, 10), at[0]?.line]] : [],
        ) as [number, number][],
      );
      expect(ourLines).toEqual(theirs);
    } finally {
      loaded.close();
    }
  });

  it("has the machine code that the kernel has, with lines that only go forward in it", async () => {
    const loaded = await native.loadObject(loading(compile(source), "xdpwt_looked_at"));
    try {
      const raw = native.dumpProgram(loaded.programId);
      expect(raw.jited.length).toBe(raw.jitedLength);
      expect(raw.jitedLengths.reduce((sum, one) => sum + one, 0)).toBe(raw.jitedLength);
      expect(raw.jitedLines.length).toBe(raw.lines.length);
      const offsets = raw.lines.map(([at]) => at);
      expect(offsets).toEqual(offsets.toSorted((one, other) => one - other));
      for (const [index, address] of raw.jitedAddresses.entries()) {
        const end = address + BigInt(raw.jitedLengths[index] ?? 0);
        const own = raw.jitedLines.filter((line) => line >= address && line < end);
        expect(own.length).toBeGreaterThan(0);
        expect(own).toEqual(own.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0)));
      }
    } finally {
      loaded.close();
    }
  });

  it("says why where there is nothing to show", async () => {
    expect(await failureOf(built("xlated", "xdpwt_rejected"))).toMatchObject({
      kind: "rejected",
      diagnostics: [expect.objectContaining({ file: path, line: lineOf("*(char *)(long)ctx->data") })],
    });
    expect(await failureOf(built("xlated", null))).toMatchObject({ kind: "ambiguous" });
    expect(await failureOf(built("jited", "none"))).toMatchObject({ kind: "not-found" });
    expect(await failureOf(built("llvm", "none"))).toMatchObject({ kind: "not-found" });
    expect(await failureOf(built("assembly", "none"))).toMatchObject({ kind: "not-found" });
    const gone = viewLoaded(helpers, { sourceOf: () => null }, { id: 0xffff_fff0, kind: "jited" });
    expect(await failureOf(gone)).toMatchObject({ kind: "not-found", message: expect.stringContaining("4294967280") });
    const broken = viewBuilt(helpers, { input: { path, text: "int x = ;" }, kind: "llvm", program: null });
    expect(await failureOf(broken)).toMatchObject({ kind: "build-failed" });
  });

  it("loads with the globals and sizes that were set: what they decide is left out", async () => {
    const looked = (load: LoadOptions): Promise<Code> =>
      viewBuilt(helpers, { input: { path, text: null }, kind: "xlated", program: "xdpwt_looked_at", load });
    const without = await looked({});
    expect(codeAt(without, "bpf_loop(")).not.toBe("");
    const set = await looked({
      globals: [{ name: "limits", value: '{"least":9,"most":10}' }],
      maxEntries: [{ map: "xdpwt_flows", entries: 1_000_000 }],
    });
    expect(codeAt(set, "bpf_loop(")).toBe("");
    expect(await failureOf(looked({ globals: [{ name: "nothing", value: "1" }] }))).toMatchObject({
      kind: "bad-value",
    });
  });

  it("builds what the editor shows, and not the file", async () => {
    const text = `\n\n\n${source}`;
    for (const kind of ["llvm", "assembly"] as const) {
      const view = await viewBuilt(helpers, { input: { path, text }, kind, program: "xdpwt_looked_at" });
      expect(codeSchema.parse(view).kind).toBe(kind);
      const called = view.lines.filter(({ at }) => at[0]?.line === lineOf("if (too_long") + 3);
      expect(called.map((line) => line.text).join("\n")).toMatch(kind === "llvm" ? /@too_long\(/ : /call too_long/);
      expect(view.commands.join("\n")).toContain("clang");
    }
  });

  it("shows an object as a tree", async () => {
    const tree = objectTree.parse(await viewObject(helpers, { path, text: null }));
    expect(tree).toMatchObject({ path, format: "ELF 64-bit little-endian, BPF", license: "GPL" });
    expect(tree.notes.filter(isOurs)).toEqual([]);
    expect(tree.programs[0]).toMatchObject({
      ...{ name: "xdpwt_looked_at", section: "xdp", type: "xdp", maps: ["xdpwt_flows", "xdpwt_jumps"] },
      at: { file: path, line: lineOf("int xdpwt_looked_at") },
    });
    expect(tree.programs[0]?.calls.toSorted()).toEqual(["each", "too_long"]);
    expect(tree.maps[0]).toMatchObject({
      ...{ name: "xdpwt_flows", type: "hash", key: "__u32", value: "__u64", maxEntries: 64, flags: [], pinned: false },
      at: { file: path, line: lineOf("xdpwt_flows SEC") },
    });
    expect(tree.globals).toContainEqual({
      ...{ section: ".rodata", name: "limits", type: "struct limits", bytes: 8, value: '{"least":3,"most":1400}' },
    });
    expect(tree.types).toContainEqual(
      expect.objectContaining({ kind: "struct", name: "limits", members: ["0: __u32 least", "4: __u32 most"] }),
    );
  });

  it.each(templates)("of the template %s: every instruction decoded, every line of code placed", async (name) => {
    const file = sourceOf(name);
    const length = readFileSync(file, "utf8").split("\n").length;
    for (const kind of ["xlated", "jited"] as const) {
      const view = await built(kind, null, file);
      expect(view.notes.filter(isOurs)).toEqual([]);
      const codes = view.lines.filter((line) => line.kind === "code");
      expect(codes.length).toBeGreaterThan(1);
      expect(codes.filter(({ text }) => /<unknown>|\.byte|__bpf_call_base|<address hidden>/.test(text))).toEqual([]);
      expect(codes.filter(({ at }) => at.length === 0)).toEqual([]);
      const own = view.files.indexOf(file);
      for (const { at } of codes)
        for (const place of at) if (place.file === own) expect(place.line).toBeLessThanOrEqual(length);
    }
  });

  const foreign: readonly (readonly [string, () => Buffer, RegExp | null])[] = [
    ["clang in one step", () => compile(modern), null],
    ["without .BTF.ext", () => without(compile(modern), ".BTF.ext"), /line records/],
    [".BTF.ext without line records", () => withoutLines(compile(modern)), /line records/],
    ["sections in reverse order", () => reversed(compile(modern)), null],
    ["Aya's maps and names, without BTF", () => compile(aya, []), /BTF/],
    ["Aya's maps and names", () => compile(aya), /libbpf 1\.0/],
  ];
  it.each(foreign)("an object built elsewhere: %s", async (name, make, note) => {
    const file = join(folder, `${name.replace(/\W+/g, "-")}.o`);
    const bytes = make();
    writeFileSync(file, bytes);
    const tree = objectTree.parse(await viewObject(helpers, { path: file, text: null }));
    expect(tree.programs.length).toBeGreaterThan(0);
    const assembly = await built("assembly", null, file);
    expect(assembly.lines.length).toBeGreaterThan(tree.programs.length);
    expect(textOf(assembly)).toMatch(/= map \w+ ll/);
    if (note !== null) expect([...assembly.notes, ...tree.notes].join("\n")).toMatch(note);
    const [program] = tree.programs;
    for (const kind of ["xlated", "jited"] as const) {
      const view = await built(kind, program?.name ?? "", file);
      expect(view.functions.length).toBe(1 + (program?.calls.length ?? 0));
      expect(view.lines.filter((line) => line.kind === "code").length).toBeGreaterThan(3);
    }
    expect(await failureOf(built("llvm", null, file))).toMatchObject({ kind: "unsupported" });
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });
});

/** What the text of an opcode looks like, so that a wrong decoding shows. */
function shapes(code: number): RegExp {
  const kind = code & 7;
  if (code === 0x18) return /^r\d+ = .+ ll$/;
  if (code === 0x85) return /^call \S/;
  if (code === 0x95) return /^exit$/;
  if (kind === 1) return /^r\d+ = \*\([us](8|16|32|64) \*\)\(r\d+ [+-] \d+\)$/;
  if (kind === 2 || kind === 3) return /\([us](8|16|32|64) \*\)\(r\d+ [+-] \d+\)/;
  if (kind === 4) return /^(w\d+ |r\d+ = (be|le))/;
  if (kind === 7) return /^r\d+ /;
  return /goto [+-]\d+( <L\d+>)?$/;
}
