import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { code as codeSchema } from "../../../protocol/views.ts";
import { readLlvm } from "../../../main/views/llvm/read-llvm.ts";
import { unescapeText } from "../../../main/views/llvm/read-metadata.ts";
import { lineOf, preamble } from "../object/compile-bpf.ts";
import { buildIr, sourceOf, templates } from "./build-template.ts";

const header = `static inline __attribute__((always_inline)) int from_header(struct xdp_md *ctx)
{
	return ctx->rx_queue_index * 3;
}
`;
const source = `${preamble}
#include "part two.h"
struct { __uint(type, 1); __uint(max_entries, 8); __type(key, __u32); __type(value, __u64); } hits SEC(".maps");
#define TWICE(x) ((x) + (x))
static inline __attribute__((always_inline)) int inner(struct xdp_md *ctx) {
  return ctx->data_meta + from_header(ctx);
}
static inline __attribute__((always_inline)) int outer(struct xdp_md *ctx) {
  return inner(ctx) + 5;
}
static __noinline int called(struct xdp_md *ctx) { return ctx->data; }
SEC("xdp") int first(struct xdp_md *ctx) {
  __u32 key = TWICE(ctx->data_end);
  __u64 *value = map_lookup(&hits, &key);
  if (value)
    (*value)++;
  switch (ctx->ingress_ifindex) {
  case 1: return called(ctx);
  case 4: return 3;
  case 90: return ctx->data;
  case 17: return 1 + ctx->egress_ifindex;
  }
  return outer(ctx);
}
SEC("xdp") int second(struct xdp_md *ctx) { return ctx->data == 3; }
`;

describe("LLVM IR", () => {
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-ir \u00fc-"));
  const path = join(folder, "main file.bpf.c");
  let ir = "";
  beforeAll(() => {
    writeFileSync(path, source);
    writeFileSync(join(folder, "part two.h"), header);
    ir = buildIr(path);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const linesAt = (view: ReturnType<typeof readLlvm>, words: string) =>
    view.lines.filter(({ at }) => at[0]?.line === lineOf(source, words) && view.files[at[0].file] === path);

  it("has its functions, and each instruction's C line", () => {
    const view = readLlvm(ir, null);
    expect(view.functions.map(({ name }) => name).toSorted()).toEqual(["called", "first", "second"]);
    for (const { name, line } of view.functions) {
      expect(view.lines[line]).toMatchObject({ kind: "heading" });
      expect(view.lines[line]?.text).toContain(`@${name}(`);
    }
    expect(linesAt(view, "map_lookup(&hits").map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/call .* ; bpf_map_lookup_elem$/),
    );
    expect(linesAt(view, "(*value)++").length).toBeGreaterThan(1);
    // a macro counts to the line where it is used
    expect(linesAt(view, "TWICE(ctx->data_end)").length).toBeGreaterThan(1);
    expect(linesAt(view, "int second").length).toBeGreaterThan(1);
  });

  it("names where inlined code was inlined, innermost first, through files", () => {
    const view = readLlvm(ir, "first");
    const chains = view.lines
      .filter(({ at }) => at.length > 1)
      .map(({ at }) => at.map(({ file, line }) => `${view.files[file]?.split("/").at(-1)}:${line}`).join(" < "));
    const chain = [
      "part two.h:3",
      `main file.bpf.c:${lineOf(source, "+ from_header(ctx)")}`,
      `main file.bpf.c:${lineOf(source, "inner(ctx) + 5")}`,
      `main file.bpf.c:${lineOf(source, "return outer(ctx)")}`,
    ].join(" < ");
    expect(chains).toContain(chain);
  });

  it("gives all lines of a switch the place of its end", () => {
    const view = readLlvm(ir, "first");
    const lines = linesAt(view, "switch (ctx->ingress");
    const texts = lines.map(({ text }) => text.trim());
    if (texts.some((text) => text.startsWith("switch "))) {
      expect(texts).toContain("]");
      expect(texts.filter((text) => /^i32 \d+, label/.test(text)).length).toBe(4);
    } else expect(texts.some((text) => text.startsWith("br "))).toBe(true);
  });

  it("leaves metadata, attributes and debug intrinsics out, and counts them", () => {
    const view = readLlvm(ir, null);
    const text = view.lines.map((line) => line.text).join("\n");
    expect(text).not.toMatch(/!dbg|!tbaa|llvm\.dbg\.|#dbg_|^attributes #|^!\d+ =| #\d+\b/m);
    expect(view.hidden.metadata).toBe([...ir.matchAll(/^![\w.]+ = /gm)].length);
    expect(view.hidden.metadata).toBeGreaterThan(20);
    expect(view.hidden.debug).toBeGreaterThan(0);
    expect(view.hidden.attributes).toBeGreaterThan(0);
  });

  it("shows one function with those that it calls", () => {
    expect(readLlvm(ir, "second").functions.map(({ name }) => name)).toEqual(["second"]);
    expect(
      readLlvm(ir, "first")
        .functions.map(({ name }) => name)
        .toSorted(),
    ).toEqual(["called", "first"]);
    expect(readLlvm(ir, "none").functions).toEqual([]);
  });

  it("places the definition of a map and of a function", () => {
    const view = readLlvm(ir, null);
    expect(linesAt(view, "hits SEC").map(({ text }) => text)).toContainEqual(expect.stringMatching(/^@hits = /));
    const head = view.lines[view.functions.find(({ name }) => name === "called")?.line ?? -1];
    expect(head?.at[0]?.line).toBe(lineOf(source, "int called"));
  });

  it("does without -g", () => {
    const view = readLlvm(buildIr(path, ["-g0"]), null);
    expect(view.functions.length).toBe(3);
    expect(view.lines.every(({ at }) => at.length === 0)).toBe(true);
  });

  it.each(templates)("of template %s has a line of it for most instructions", (name) => {
    const text = buildIr(sourceOf(name));
    const view = readLlvm(text, null);
    const own = view.files.indexOf(sourceOf(name));
    const length = readFileSync(sourceOf(name), "utf8").split("\n").length;
    const code = view.lines.filter(({ kind }) => kind === "code");
    const placed = code.filter(({ at }) => at.some(({ file, line }) => file === own && line <= length));
    // stack slots at the head of a function belong to no line, nor what clang made up (line 0)
    expect(placed.length).toBeGreaterThan(code.length * 0.7);
    const instructions = [...text.matchAll(/^ {2,}\S.*!dbg !\d+/gm)].filter(([line]) => !line.includes("@llvm.dbg."));
    expect(code.filter(({ at }) => at.length > 0).length).toBeGreaterThanOrEqual(instructions.length * 0.9);
  });

  it("reads the forms of newer LLVMs: opaque pointers and debug records", () => {
    const view = readLlvm(
      `define dso_local range(i32 0, 3) i32 @p(ptr noundef %0) local_unnamed_addr #0 section "xdp" !dbg !4 {
    #dbg_value(ptr %0, !9, !DIExpression(), !10)
  %2 = load i32, ptr %0, align 4, !dbg !11, !range !12
  %3 = tail call ptr inttoptr (i64 1 to ptr)(ptr noundef nonnull @m, ptr %0) #2, !dbg !13
  ret i32 %2, !dbg !14
}
!3 = !DIFile(filename: "a.c", directory: "/x y")
!4 = distinct !DISubprogram(name: "p", scope: !3, file: !3, line: 7, type: !5)
!10 = !DILocation(line: 0, scope: !4)
!11 = !DILocation(line: 8, column: 9, scope: !15)
!13 = !DILocation(line: 0, scope: !16, inlinedAt: !14)
!14 = !DILocation(line: 12, scope: !4)
!15 = distinct !DILexicalBlock(scope: !4, file: !3, line: 8, column: 2)
!16 = distinct !DISubprogram(name: "q", scope: !3, file: !3, line: 2)`,
      null,
    );
    expect(view.files).toEqual(["/x y/a.c"]);
    expect(
      view.lines.map(({ text, at }) => [text, at.map(({ line, column }) => `${line}:${column}`).join(" ")]),
    ).toEqual([
      ['define dso_local range(i32 0, 3) i32 @p(ptr noundef %0) local_unnamed_addr section "xdp" {', "7:0"],
      ["  %2 = load i32, ptr %0, align 4", "8:9"],
      [
        "  %3 = tail call ptr inttoptr (i64 1 to ptr)(ptr noundef nonnull @m, ptr %0) ; bpf_map_lookup_elem",
        // the compiler's own code of an inlined function counts to the line of the call
        "12:0",
      ],
      ["  ret i32 %2", "12:0"],
      ["}", ""],
    ]);
    expect(view.hidden).toEqual({ metadata: 8, debug: 1, attributes: 0 });
  });

  it("reads what LLVM escapes in file names", () => {
    expect(unescapeText("plain")).toBe("plain");
    expect(unescapeText("a\\22b\\5Cc")).toBe('a"b\\c');
    expect(unescapeText("\\C3\\BC")).toBe("\u00fc");
    expect(unescapeText("odd \\ end\\")).toBe("odd \\ end\\");
  });

  it("answers any text, rings of metadata among it", () => {
    const ring =
      "define void @f() !dbg !1 {\n  ret void, !dbg !2\n}\n!1 = !DILexicalBlock(scope: !1)\n!2 = !DILocation(line: 3, scope: !1, inlinedAt: !2)";
    expect(readLlvm(ring, null).functions).toEqual([{ name: "f", line: 0 }]);
    const pieces = fc.constantFrom(
      "define ",
      "@f(",
      "{\n",
      "}\n",
      "!dbg !1",
      "!1 = ",
      "!DILocation(line: 4, ",
      "scope: !1",
      ")",
      "\n",
      "  ",
      "switch [\n",
      "]",
      "#0",
      "\u0000",
      '"',
      ", ",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 60 }), (parts) => {
        const { hidden: _, ...shown } = readLlvm(parts.join(""), null);
        codeSchema.parse({ ...shown, kind: "llvm", program: null, machine: "LLVM", commands: [], notes: [] });
      }),
      { numRuns: 1000 },
    );
  });
});
