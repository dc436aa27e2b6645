import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { spawnSync } from "node:child_process";
import { type ObjectContents, inspectObject } from "../../../main/object/inspect-object.ts";
import { layOutProgram } from "../../../main/object/lay-out-program.ts";
import { diagnose as diagnoseWhole } from "../../../main/verify/diagnose.ts";
import { readLog } from "../../../main/verify/read-log.ts";
import { compileBpf, lineOf, preamble } from "../object/compile-bpf.ts";

const source = `${preamble}
static __noinline int sub(struct xdp_md *ctx) {
  unsigned char *data = (void *)(long)ctx->data;
  return data[20]; // beyond
}
SEC("xdp") int insub(struct xdp_md *ctx) {
  return sub(ctx) + 1;
}
`;

/** The finding alone, without libbpf, bytes and source. */
function diagnose(given: { object: ObjectContents | null; program: string; log: string; error: string }) {
  return diagnoseWhole({ ...given, bytes: null, libbpf: "", source: null }).diagnostic;
}

function contents(bytes: Uint8Array): ObjectContents {
  const result = inspectObject(bytes, "test.o");
  if (!result.ok) throw new Error(result.failure.message);
  return result.object;
}

describe("diagnose", () => {
  const object = contents(compileBpf(source));
  const start = layOutProgram(object, "insub")[1]?.start ?? 0;
  const log = `; return data[20]; @ other.c:9\n${start + 1}: (71) r0 = *(u8 *)(r1 +20)\ninvalid access to packet, off=20 size=1, R1(id=0,off=20,r=0)\nR1 offset is outside of the packet\nprocessed 3 insns (limit 1000000)\n`;

  it("takes the place from the object's line records", () => {
    const found = diagnose({ object, program: "insub", log, error: "EACCES: permission denied" });
    expect(found).toMatchObject({
      line: lineOf(source, "// beyond"),
      severity: "error",
      class: "missing-bounds-check",
    });
    expect(found.column).toBeGreaterThan(0);
    expect(found.file).toMatch(/test\.bpf\.c$/);
    expect(found.message).toMatch(
      /^program insub: invalid access to packet, off=20 size=1, R1\(id=0,off=20,r=0\); R1 offset is outside of the packet\. Reading data\[20\] /,
    );
  });

  it("falls back on the log's own lines, then on nothing", () => {
    const bare = contents(compileBpf(source, { flags: [] }));
    expect(diagnose({ object: bare, program: "insub", log, error: "" })).toMatchObject({
      file: "other.c",
      line: 9,
      column: 0,
    });
    expect(
      diagnose({ object: null, program: "insub", log: "", error: "EPERM: operation not permitted" }),
    ).toMatchObject({
      file: "",
      line: 0,
      class: "no-privilege",
    });
    expect(diagnose({ object, program: "insub", log: "", error: "EINVAL: invalid argument" })).toMatchObject({
      line: lineOf(source, "sub(ctx) + 1"),
      message: expect.stringMatching(/^program insub: EINVAL: invalid argument\. /),
    });
  });
});

/** Rejections by the kernel of this machine, each with the text that marks the line to blame. */
const rejected: readonly { readonly name: string; readonly class: string; readonly code: string }[] = [
  {
    name: "main program",
    class: "missing-bounds-check",
    code: `SEC("xdp") int prog(struct xdp_md *ctx) {
      unsigned char *data = (void *)(long)ctx->data;
      if (ctx->rx_queue_index == 3) return 1;
      return data[34]; // here
    }`,
  },
  {
    name: "subprogram",
    class: "missing-bounds-check",
    code: source.replace(preamble, "").replace("// beyond", "// here"),
  },
  {
    name: "second of two subprograms",
    class: "null-map-value",
    code: `struct { __uint(type, 1); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } m SEC(".maps");
    static __noinline int later(struct xdp_md *ctx) { __u32 key = 1;
      __u64 *value = map_lookup(&m, &key);
      return *value; // here
    }
    static __noinline int sooner(struct xdp_md *ctx) { return ctx->rx_queue_index * 3; }
    SEC("xdp") int prog(struct xdp_md *ctx) { return sooner(ctx) + later(ctx); }`,
  },
  {
    name: "endless loop",
    class: "unbounded-loop",
    code: `SEC("xdp") int prog(struct xdp_md *ctx) { volatile int i = 0;
      while (i < 2) ; // here
      return 2; }`,
  },
];

const root = process.getuid?.() === 0;

describe.skipIf(!root)("diagnose, of what this kernel rejects (needs root)", () => {
  it.each(rejected)("marks the line: $name", ({ code, class: kind }) => {
    const text = `${preamble}\n${code}\n`;
    const pin = `/sys/fs/bpf/xdpwt_${process.pid}`;
    let output = "";
    const bytes = compileBpf(text, {
      inspect: (path) => {
        output = spawnSync("bpftool", ["-d", "prog", "load", path, pin], { encoding: "utf8" }).stderr;
      },
    });
    rmSync(pin, { force: true });
    const log = /BEGIN PROG LOAD LOG --\n(.*?)-- END PROG LOAD LOG/s.exec(output)?.[1] ?? "";
    expect(log, output).not.toBe("");
    const object = contents(bytes);
    const found = diagnose({ object, program: object.programs[0]?.name ?? "", log, error: "EACCES" });
    expect(found).toMatchObject({ class: kind, line: lineOf(text, "// here") });

    // Every line that the kernel itself shows beside an instruction is the line that we find.
    for (const step of readLog(log).steps) {
      if (!step.source?.line) continue;
      const own = diagnose({
        object,
        program: object.programs[0]?.name ?? "",
        log: `fails at insn ${step.instruction}`,
        error: "",
      });
      expect([step.instruction, own.line]).toEqual([step.instruction, step.source.line]);
    }
  });
});
