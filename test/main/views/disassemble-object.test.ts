import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { code as codeSchema } from "../../../protocol/views.ts";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { readElf } from "../../../main/object/read-elf.ts";
import { disassembleObject } from "../../../main/views/disassemble-object.ts";
import { compileBpf, lineOf, preamble } from "../object/compile-bpf.ts";
import { buildObject, read, sourceOf, templates } from "./build-template.ts";

function disassemble(bytes: Uint8Array, program: string | null = null, path = "/tmp/test.o") {
  const { contents, elf } = read(bytes);
  return disassembleObject(contents, elf, program, path);
}

const hasObjdump = (() => {
  try {
    execFileSync("llvm-objdump", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

/** What both sides agree on: labels, names of calls and relocated constants are each one's own. */
function common(text: string): string {
  return text
    .replace(/ <[^>]*>$/, "")
    .replace(/^call .*/, "call")
    .replace(/^(r\d+ = ).* ll$/, "$1… ll")
    .replace(/0x([0-9a-f]+)/g, (_, digits: string) => `${Number.parseInt(digits, 16)}`)
    .replace(/^lock (.*) w(\d+)$/, "lock $1 r$2")
    .replace(/atomic64_fetch/, "atomic_fetch")
    .trim();
}

function ofObjdump(file: string): string[] {
  const printed = execFileSync("llvm-objdump", ["-d", "--no-show-raw-insn", file], { encoding: "utf8" });
  return [...printed.matchAll(/^\s+(\d+):\s+(.*)$/gm)].map((match) => `${match[1]}: ${common(match[2] ?? "")}`);
}

function ofOurs(bytes: Uint8Array): string[] {
  return disassemble(bytes)
    .lines.filter(({ kind }) => kind === "code")
    .map(({ text }) => {
      const [, at, rest] = /^\s*(\d+): (.*)$/.exec(text) ?? [];
      return `${at}: ${common(rest ?? "")}`;
    });
}

describe.skipIf(!hasObjdump)("BPF assembly says what llvm-objdump says", () => {
  it.each(templates)("of %s", (name) => {
    let expected: string[] = [];
    const bytes = buildObject(sourceOf(name), [], (file) => {
      expected = ofObjdump(file);
    });
    expect(expected.length).toBeGreaterThan(1);
    expect(ofOurs(bytes)).toEqual(expected);
  });

  it.each(templates)("of %s for cpu v3", (name) => {
    let expected: string[] = [];
    const bytes = buildObject(sourceOf(name), ["-mcpu=v3"], (file) => {
      expected = ofObjdump(file);
    });
    expect(ofOurs(bytes)).toEqual(expected);
  });
});

const source = `${preamble}
struct config { __u32 first; __u32 second; };
const volatile struct config config = { 1, 2 };
static volatile __u64 seen;
struct { __uint(type, 1); __uint(max_entries, 8); __type(key, __u32); __type(value, __u64); } hits SEC(".maps");
static long (*loop)(__u32 n, void *call, void *context, __u64 flags) = (void *)181;
extern int kernel_thing(void *at) __attribute__((section(".ksyms")));
#define TWICE(x) ((x) + (x))
static __noinline long callback(__u32 index, void *context) { seen += index; return 0; }
static __noinline int parse(struct xdp_md *ctx, int x) {
  seen++;
  return ctx->data > TWICE(x);
}
static inline __attribute__((always_inline)) int inlined(struct xdp_md *ctx) {
  return ctx->rx_queue_index == config.second;
}
SEC("xdp") int first(struct xdp_md *ctx) {
  __u32 key = 0;
  __u64 *value = map_lookup(&hits, &key);
  if (value) (*value)++;
  loop(4, callback, &key, 0);
  if (inlined(ctx)) return 1;
  return parse(ctx, 7) + kernel_thing(ctx);
}
SEC("xdp") int second(struct xdp_md *ctx) { return ctx->data == 3; }`;

describe("BPF assembly of an object", () => {
  const bytes = compileBpf(source);
  const view = disassemble(bytes);
  const text = view.lines.map((line) => line.text).join("\n");

  it("names maps, variables, functions and what is called", () => {
    expect(text).toContain("= map hits ll");
    expect(text).toContain("call bpf_map_lookup_elem#1");
    expect(text).toContain("= function callback ll");
    expect(text).toContain("= &seen ll");
    expect(text).toMatch(/= &config( \+ 4)? ll/);
    expect(text).toMatch(/: call parse$/m);
    expect(text).toMatch(/: call kernel_thing$/m);
  });

  it("has a heading for each section, function and target of a jump", () => {
    expect(view.functions.map(({ name }) => name).toSorted()).toEqual(["callback", "first", "parse", "second"]);
    for (const { name, line } of view.functions) {
      expect(view.lines[line]).toMatchObject({ text: `${name}:`, kind: "heading" });
    }
    const labels = view.lines.filter(({ kind, text: words }) => kind === "heading" && /^L\d+:$/.test(words));
    const jumped = new Set([...text.matchAll(/<(L\d+)>/g)].map((match) => match[1]));
    expect(jumped.size).toBeGreaterThan(0);
    expect(labels.length).toBeGreaterThanOrEqual(jumped.size);
  });

  it("knows the C line of each instruction", () => {
    const at = (words: string): string[] =>
      view.lines
        .filter((line) => line.at.some((place) => place.line === lineOf(source, words)))
        .map((line) => line.text.replace(/^\s*\d+: /, ""));
    expect(at("map_lookup(&hits").join("; ")).toContain("call bpf_map_lookup_elem#1");
    expect(at("return parse(ctx, 7)").join("; ")).toContain("call parse");
    // a macro counts to the line where it is used, an inlined function to its own
    expect(at("TWICE(x);").join("; ")).toMatch(/if r\d >/);
    expect(at("rx_queue_index == config").join("; ")).toContain("&config");
    expect(view.files.every((file) => file.startsWith("/"))).toBe(true);
    const codes = view.lines.filter(({ kind }) => kind === "code");
    expect(codes.filter(({ at: places }) => places.length === 1).length).toBe(codes.length);
  });

  it("shows one program with what it calls", () => {
    expect(disassemble(bytes, "second").functions.map(({ name }) => name)).toEqual(["second"]);
    const names = disassemble(bytes, "first").functions.map(({ name }) => name);
    expect(names).toEqual(["first", "callback", "parse"]);
  });

  it("places relative files beside the source", () => {
    const { contents, elf } = read(bytes);
    const btf = contents.btf;
    if (btf === null) throw new Error("no BTF");
    // no longer absolute, and as long as before: records tell places in the strings by offset
    const [folder, relative] = [`${tmpdir()}/`, `${tmpdir().slice(1)}_/`];
    const renamed = {
      ...btf,
      strings: Buffer.from(Buffer.from(btf.strings).toString("latin1").replaceAll(folder, relative), "latin1"),
    };
    const moved = disassembleObject({ ...contents, btf: renamed }, elf, null, "/home/user/work/test.o");
    expect(moved.files[0]).toContain(`/home/user/work/${relative}`);
  });

  it("does without line records and BTF, and says so", () => {
    const bare = disassemble(compileBpf(source.replace("loop(4, callback, &key, 0);", ""), { flags: [] }));
    expect(bare.notes).toEqual(["the object carries no BTF: C lines are not known; build it with -g"]);
    expect(bare.lines.some(({ at }) => at.length > 0)).toBe(false);
    expect(bare.lines.some(({ text: words }) => words.includes("map hits ll"))).toBe(true);
  });

  it("reads a big-endian object alike", () => {
    const big = disassemble(compileBpf(source, { target: "bpfeb" }));
    const little = disassemble(compileBpf(source, { target: "bpfel" }));
    expect(big.notes.join()).toContain("big-endian");
    expect(big.lines.map((line) => line.text)).toEqual(little.lines.map((line) => line.text));
    expect(big.lines.map((line) => line.at)).toEqual(little.lines.map((line) => line.at));
  });

  it("answers objects with any bytes changed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
        (changes) => {
          const changed = Buffer.from(bytes);
          for (const [at, byte] of changes) changed[at] = byte;
          const inspected = inspectObject(changed, "x");
          const elf = readElf(changed);
          if (!inspected.ok || !elf.ok) return;
          const shown = disassembleObject(inspected.object, elf.elf, null, "/tmp/x.o");
          codeSchema.parse({ ...shown, kind: "assembly", program: null, machine: "BPF", commands: [] });
        },
      ),
      { numRuns: 150 },
    );
  });
});

it("the templates' C lines are lines of their sources", () => {
  for (const name of templates.slice(0, 4)) {
    const lines = readFileSync(sourceOf(name), "utf8").split("\n").length;
    const view = disassemble(buildObject(sourceOf(name)), null, sourceOf(name));
    const own = view.files.indexOf(sourceOf(name));
    expect(own).toBeGreaterThanOrEqual(0);
    for (const { at } of view.lines) {
      for (const place of at) if (place.file === own) expect(place.line).toBeLessThanOrEqual(lines);
    }
  }
});
