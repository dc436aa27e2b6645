import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type ObjectContents, inspectObject } from "../../../main/object/inspect-object.ts";
import { layOutProgram, loadedInstructions } from "../../../main/object/lay-out-program.ts";
import { sourceLine } from "../../../main/object/source-line.ts";
import { compileBpf, lineOf, preamble } from "./compile-bpf.ts";

const source = `${preamble}
static __noinline int deepest(struct xdp_md *ctx) {
  return ctx->rx_queue_index + 7; // in deepest
}
static __noinline int unused_by_second(struct xdp_md *ctx) {
  return ctx->ingress_ifindex * 3; // in unused_by_second
}
__noinline int global_one(struct xdp_md *ctx) {
  int sum = deepest(ctx); // first call of deepest
  return sum + unused_by_second(ctx);
}
SEC("xdp") int first(struct xdp_md *ctx) {
  if (global_one(ctx) > 3) return 1;
  return deepest(ctx); // again
}
SEC("xdp") int second(struct xdp_md *ctx) {
  if (ctx->data > 5)
    return 1;
  return deepest(ctx); // only call of second
}
`;

function contents(bytes: Uint8Array): ObjectContents {
  const result = inspectObject(bytes, "test.o");
  if (!result.ok) throw new Error(result.failure.message);
  return result.object;
}

describe("layOutProgram", () => {
  it("appends subprograms at the first call that meets them, depth first", () => {
    const object = contents(compileBpf(source));
    const names = (program: string) => layOutProgram(object, program).map((segment) => segment.function.name);
    expect(names("first")).toEqual(["first", "global_one", "deepest", "unused_by_second"]);
    expect(names("second")).toEqual(["second", "deepest"]);
    expect(names("missing")).toEqual([]);
    expect(object.programs.map((program) => program.name)).toEqual(["first", "second"]);
  });

  it("survives a chain of calls without end", () => {
    const object = contents(
      compileBpf(`${preamble}
      __noinline int even(struct xdp_md *ctx);
      __noinline int odd(struct xdp_md *ctx) { return ctx->data > 3 ? even(ctx) + 1 : 1; }
      __noinline int even(struct xdp_md *ctx) { return ctx->data > 7 ? odd(ctx) + 1 : 0; }
      SEC("xdp") int loops(struct xdp_md *ctx) { return even(ctx); }`),
    );
    expect(layOutProgram(object, "loops").map((segment) => segment.function.name)).toEqual(["loops", "even", "odd"]);
  });
});

describe("sourceLine", () => {
  for (const target of ["bpfel", "bpfeb"] as const) {
    it(`finds the lines of subprograms of ${target}`, () => {
      const object = contents(compileBpf(source, { target }));
      for (const [program, text, name] of [
        ["first", "// in deepest", "deepest"],
        ["first", "// in unused_by_second", "unused_by_second"],
        ["second", "// in deepest", "deepest"],
      ] as const) {
        const segment = layOutProgram(object, program).find((entry) => entry.function.name === name);
        const lines = Array.from({ length: segment?.function.instructions ?? 0 }, (_, index) =>
          sourceLine(object, program, (segment?.start ?? 0) + index),
        );
        expect(lines.map((line) => line?.line)).toContain(lineOf(source, text));
        expect(new Set(lines.map((line) => line?.function))).toEqual(new Set([name]));
      }
      const end = loadedInstructions(object, "second");
      expect(sourceLine(object, "second", end - 1)).not.toBeNull();
      expect(sourceLine(object, "second", end)).toBeNull();
      expect(sourceLine(object, "second", -1)).toBeNull();
      expect(sourceLine(object, "second", 0.5)).toBeNull();
    });
  }

  it("agrees with llvm-objdump on every instruction of a section with two programs", () => {
    let listing = "";
    const object = contents(
      compileBpf(source, {
        inspect: (path) => {
          listing = execFileSync("llvm-objdump", ["-d", "-l", "--no-show-raw-insn", "-j", "xdp", path], {
            encoding: "utf8",
          });
        },
      }),
    );
    const second = layOutProgram(object, "second")[0]?.function.start ?? 0;
    let expected = 0;
    let compared = 0;
    for (const line of listing.split("\n")) {
      const place = /^; .*test\.bpf\.c:(\d+)$/.exec(line);
      if (place) expected = Number(place[1]);
      const instruction = /^\s+(\d+):\t/.exec(line);
      if (!instruction) continue;
      const at = Number(instruction[1]);
      const found = at < second ? sourceLine(object, "first", at) : sourceLine(object, "second", at - second);
      if (expected === 0) continue;
      expect(found?.file).toMatch(/test\.bpf\.c$/);
      expect([at, found?.line]).toEqual([at, expected]);
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });

  it("names column and text, and nothing without -g", () => {
    const object = contents(compileBpf(source));
    const lines = Array.from({ length: 4 }, (_, index) => sourceLine(object, "second", index));
    const line = lines.find((entry) => entry?.line === lineOf(source, "ctx->data > 5"));
    expect(line?.text).toBe("if (ctx->data > 5)");
    expect(line?.column).toBeGreaterThan(0);
    expect(sourceLine(contents(compileBpf(source, { flags: [] })), "second", 0)).toBeNull();
  });

  it("takes the text that was built where it is given: clang's is that of the file on disk", () => {
    const object = contents(compileBpf(source));
    const line = lineOf(source, "ctx->data > 5");
    const at = Array.from({ length: 4 }, (_, index) => index).find(
      (one) => sourceLine(object, "second", one)?.line === line,
    );
    const file = sourceLine(object, "second", at ?? 0)?.file ?? "";
    const lines = source.replace("  if (ctx->data > 5)", "\tif (ctx->data > 7)").split("\n");
    const typed = sourceLine({ ...object, source: { file, lines } }, "second", at ?? 0);
    expect(typed).toMatchObject({ line, text: "if (ctx->data > 7)", indent: 1 });
    const other = sourceLine({ ...object, source: { file: "/other.c", lines } }, "second", at ?? 0);
    expect(other?.text).toBe("if (ctx->data > 5)");
  });
});
