import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainRejection } from "../../../main/verify/explain-rejection.ts";
import { readLog } from "../../../main/verify/read-log.ts";

// Linux 6.18, log level 1.
const packet = `func#0 @0
func#1 @3
Live regs before insn:
      0: .1........ (85) call pc+2
      1: 0......... (07) r0 += 1
  1   2: 0......... (95) exit
0: R1=ctx() R10=fp0
; SEC("xdp") int insub(struct xdp_md *ctx) { return sub(ctx) + 1; } @ insub.c:8
0: (85) call pc+2
caller:
 R10=fp0
callee:
 frame1: R1=ctx() R10=fp0
3: frame1: R1=ctx() R10=fp0
; unsigned char *data = (void *)(long)ctx->data; @ insub.c:5
3: (61) r1 = *(u32 *)(r1 +0)          ; frame1: R1=pkt(r=0)
; return data[20]; @ insub.c:6
4: (71) r0 = *(u8 *)(r1 +20)
invalid access to packet, off=20 size=1, R1(id=0,off=20,r=0)
R1 offset is outside of the packet
verification time 78 usec
stack depth 0+16
processed 3 insns (limit 1000000) max_states_per_insn 1 total_states 2 peak_states 3 mark_read 4
`;

const explain = (log: string, libbpf = "") =>
  explainRejection({ object: null, bytes: null, program: "prog", log, libbpf, error: "EINVAL: …", source: null })
    .rejection;

describe("readLog", () => {
  it("reads steps, states, source lines, the error and the statistics", () => {
    const log = readLog(packet);
    expect(log.steps).toEqual([
      {
        instruction: 0,
        text: "call pc+2",
        before: "R1=ctx() R10=fp0",
        resumed: false,
        state: "frame1: R1=ctx() R10=fp0",
        source: { text: 'SEC("xdp") int insub(struct xdp_md *ctx) { return sub(ctx) + 1; }', file: "insub.c", line: 8 },
      },
      {
        instruction: 3,
        text: "r1 = *(u32 *)(r1 +0)",
        before: "frame1: R1=ctx() R10=fp0",
        resumed: false,
        state: "frame1: R1=pkt(r=0)",
        source: { text: "unsigned char *data = (void *)(long)ctx->data;", file: "insub.c", line: 5 },
      },
      {
        instruction: 4,
        text: "r0 = *(u8 *)(r1 +20)",
        before: "",
        resumed: false,
        state: "",
        source: { text: "return data[20];", file: "insub.c", line: 6 },
      },
    ]);
    expect(log.errors).toEqual([
      "invalid access to packet, off=20 size=1, R1(id=0,off=20,r=0)",
      "R1 offset is outside of the packet",
    ]);
    expect(log.failingInstruction).toBe(4);
    expect(log.statistics).toEqual({
      processed: 3,
      limit: 1_000_000,
      maxStatesPerInstruction: 1,
      totalStates: 2,
      peakStates: 3,
      markRead: 4,
      verificationMicroseconds: 78,
      stackDepths: [0, 16],
    });
    expect(log.report).toBeNull();
  });

  it("finds no error in the log of an accepted program", () => {
    const log = readLog(
      "func#0 @0\n0: R1=ctx() R10=fp0\n0: (b7) r0 = 2                        ; R0=2\n1: (95) exit\nverification time 21 usec\nstack depth 0\nprocessed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n",
    );
    expect(log).toMatchObject({ errors: [], failingInstruction: null, report: null });
    expect(log.steps).toHaveLength(2);
  });

  it.each([
    ["unreachable insn 7\n", 7, "unreachable-code"],
    ["jump out of range from insn 5 to 9\n", 5, "jump-out-of-range"],
    ["0: (b7) r0 = 1\nback-edge from insn 8 to 3\n", 8, "back-edge"],
    [
      "6: (6d) if r1 s> r2 goto pc-4\n6: R1=2 R2=0\ninfinite loop detected at insn 3\ncur state: R1=2 R2=0\nold state: R1=P2 R2=0\nstack depth 8\n",
      3,
      "unbounded-loop",
    ],
    ["7: (79) r0 = *(u64 *)(r0 +0)\nR0 invalid mem access 'map_value_or_null'\n", 7, "null-map-value"],
    ["2: (bf) r0 = r3\nR3 !read_ok\n", 2, "uninitialised-register"],
    ["2: (85) call 999\ninvalid func unknown#999\n", 2, "unknown-function"],
    ["BPF program is too large. Processed 1000001 insn\n", null, "too-many-instructions"],
  ])("names the failing instruction of %j", (text, instruction, kind) => {
    const log = readLog(text);
    expect(log.failingInstruction).toBe(instruction);
    expect(explain(text).class).toBe(kind);
  });

  it("reads source comments without a place (before Linux 6.10)", () => {
    const log = readLog("; return 2;\n0: (b7) r0 = 2\n");
    expect(log.steps[0]?.source).toEqual({ text: "return 2;", file: null, line: null });
  });

  it("reads the sections of newer kernels", () => {
    const log = readLog(
      `4: (71) r0 = *(u8 *)(r1 +20)\ninvalid access to packet, off=20 size=1\nVerification failed: packet access out of bounds\nReason: the range is not checked\n  against data_end\nAt: sub @ /src/insub.c:6:10\nSuggestion:\n  compare with data_end first\n\nprocessed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n`,
    );
    expect(log.report).toEqual({
      failed: "packet access out of bounds",
      reason: "the range is not checked against data_end",
      at: { function: "sub", file: "/src/insub.c", line: 6, column: 10 },
      suggestion: "compare with data_end first",
    });
    expect(log.errors).toEqual(["invalid access to packet, off=20 size=1"]);
    expect(log.failingInstruction).toBe(4);
  });

  it("lets the kernel's own sections win in an explanation", () => {
    const text = `; return data[20]; @ insub.c:6\n4: (71) r0 = *(u8 *)(r1 +20)\ninvalid access to packet, off=20 size=1, R1(id=0,off=20,r=0)\nVerification failed: packet access out of bounds\nReason: the range is not checked\nAt: sub @ /src/insub.c:16:10\nSuggestion: compare with data_end first\n`;
    expect(explain(text)).toMatchObject({
      class: "missing-bounds-check",
      telling: "packet access out of bounds",
      explanation: expect.stringMatching(/^the range is not checked\. Reading /),
      suggestion: "compare with data_end first",
      file: "/src/insub.c",
      line: 16,
      column: 10,
    });
    expect(explain("0: (95) exit\nVerification failed: new words\nReason: nobody knows\n")).toMatchObject({
      class: "verifier",
      telling: "new words",
      explanation: expect.stringMatching(/^nobody knows\. /),
    });
  });

  it("tells what libbpf refuses", () => {
    const words = "libbpf: elf: legacy map definitions in 'maps' section are not supported by libbpf v1.0+\n";
    expect(explain("", words)).toMatchObject({ class: "legacy-map", registers: [] });
    expect(explain("", "libbpf: something new\nlibbpf: failed to load object 'x'\n")).toMatchObject({
      class: "verifier",
      telling: "something new",
    });
  });

  it("is total", () => {
    const lines = packet.split("\n");
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(...lines),
      fc.constantFrom("At: x @ y:1:2", "Reason:", "; @ :1"),
    );
    fc.assert(
      fc.property(fc.array(line), (all) => {
        const { rejection, words } = explainRejection({
          object: null,
          bytes: null,
          program: "prog",
          log: all.join("\n"),
          libbpf: all.join("\n"),
          error: "",
          source: all.join("\n"),
        });
        expect(rejection.class).not.toBe("");
        expect(words).not.toBe("");
      }),
      { numRuns: 2000 },
    );
  });

  it("reads a long log in one pass", () => {
    const log = readLog("12: (07) r1 += 1                      ; R1=scalar(umax=4)\n".repeat(200_000));
    expect(log.steps).toHaveLength(200_000);
    expect(readLog(`; ${" ".repeat(100_000)}x\n`).steps).toEqual([]);
  });
});
