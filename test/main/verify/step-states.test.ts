import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldLog } from "../../../main/verify/fold-log.ts";
import { readLog } from "../../../main/verify/read-log.ts";
import { stepStates } from "../../../main/verify/step-states.ts";

// Linux 6.18, log level 1.
const log = `0: R1=ctx() R10=fp0
; void *data_end = (void *)(long)ctx->data_end; @ a.bpf.c:6
0: (61) r2 = *(u32 *)(r1 +4)          ; R1=ctx() R2=pkt_end()
; void *data = (void *)(long)ctx->data; @ a.bpf.c:5
1: (61) r7 = *(u32 *)(r1 +0)          ; R1=ctx() R7=pkt(r=0)
; if ((void *)(eth + 1) > data_end) @ a.bpf.c:8
2: (bf) r3 = r7                       ; R3=pkt(r=0) R7=pkt(r=0)
3: (07) r3 += 14                      ; R3=pkt(off=14,r=0)
;  @ a.bpf.c:0
4: (7b) *(u64 *)(r10 -8) = r7         ; R7=pkt(r=0) R10=fp0 fp-8=pkt(r=0)
; if ((void *)(eth + 1) > data_end) @ a.bpf.c:8
5: (2d) if r3 > r2 goto pc+10         ; R2=pkt_end() R3=pkt(off=14,r=14)
; if (bpf_xdp_adjust_head(ctx, 14)) @ a.bpf.c:10
6: (b7) r2 = 14                       ; R2=14
7: (85) call bpf_xdp_adjust_head#44   ; R0=scalar()
8: (55) if r0 != 0x0 goto pc+7 16: R0=scalar() R7=scalar() R10=fp0 refs=2
16: (71) r1 = *(u8 *)(r7 +12)
R7 invalid mem access 'scalar'
`;

describe("stepStates", () => {
  const { steps } = readLog(log);
  const states = stepStates(steps);

  it("carries forward what the log leaves out", () => {
    expect(states.count).toBe(10);
    expect([...states.before(0).registers]).toEqual([
      ["R1", "ctx()"],
      ["R10", "fp0"],
    ]);
    expect(states.after(1).registers.get("R2")).toBe("pkt_end()");
    expect(states.after(4).stack.get("fp-8")).toBe("pkt(r=0)");
  });

  it("spreads the proved bytes to all packet pointers", () => {
    expect(states.after(5).registers.get("R7")).toBe("pkt(r=14)");
    expect(states.after(5).stack.get("fp-8")).toBe("pkt(r=14)");
    expect(states.before(5).registers.get("R7")).toBe("pkt(r=0)");
  });

  it("forgets packet pointers and arguments with the call that moves the packet", () => {
    const { registers, stack } = states.after(7);
    expect(registers.get("R7")).toBe("scalar()");
    expect(stack.get("fp-8")).toBe("scalar()");
    expect(registers.has("R2")).toBe(false);
    expect(registers.get("R0")).toBe("scalar()");
  });

  it("takes a path up with its whole state", () => {
    expect(steps[8]).toMatchObject({ text: "if r0 != 0x0 goto pc+7", instruction: 8 });
    const { registers, stack, references } = states.before(9);
    expect([...registers.keys()]).toEqual(["R0", "R7", "R10"]);
    expect(stack.size).toBe(0);
    expect(references).toEqual([2]);
  });

  it("knows nothing of what came before lines that were left out", () => {
    const [head = "", tail = ""] = log.split(/(?<=R7=pkt\(r=0\)\n)/);
    const cut = readLog(`${head}; 77 lines left out here\n${tail}`);
    const at = cut.steps.findIndex(({ resumed }) => resumed);
    expect(cut.steps[at]?.source?.text).not.toContain("left out");
    expect([...stepStates(cut.steps).before(at).registers]).toEqual([["R10", "fp0"]]);
  });

  it("keeps frames apart", () => {
    const calls = readLog(
      "0: R1=ctx() R10=fp0\n0: (85) call pc+2\ncaller:\n R10=fp0\ncallee:\n frame1: R1=ctx() R10=fp0\n3: frame1: R1=ctx() R10=fp0\n3: (b7) r0 = 7    ; frame1: R0=7\n4: (95) exit\nreturning from callee:\n frame1: R0=7 R10=fp0\nto caller at 1:\n R0=7 R10=fp0\n\nfrom 4 to 1: R0=7 R10=fp0\n1: (07) r0 += 1    ; R0=8\n2: (95) exit\n",
    );
    const through = stepStates(calls.steps);
    expect(through.after(0)).toMatchObject({ frame: 1 });
    expect(through.after(1).registers.get("R0")).toBe("7");
    expect(through.before(3)).toMatchObject({ frame: 0 });
    expect(through.after(3).registers.get("R0")).toBe("8");
    expect(calls.errors).toEqual([]);
  });

  it("is linear in long logs and answers everywhere", () => {
    const many = readLog(
      `0: R1=ctx() R10=fp0\n${"12: (07) r1 += 1                      ; R1=scalar(umax=4)\n".repeat(100_000)}`,
    );
    const through = stepStates(many.steps);
    expect(through.after(99_999).registers.get("R1")).toBe("scalar(umax=4)");
    for (const odd of [-1, 1e9, 0.5, Number.NaN]) expect(through.after(odd).registers.get("R10")).toBe("fp0");
    expect(stepStates([]).before(0).registers.size).toBe(0);
  });
});

describe("foldLog", () => {
  it("groups the steps by C line", () => {
    const { steps } = readLog(log);
    expect(foldLog(steps).map(({ line, steps: range }) => [line, ...range])).toEqual([
      [6, 0, 0],
      [5, 1, 1],
      [8, 2, 5],
      [10, 6, 9],
    ]);
    expect(foldLog([])).toEqual([]);
  });

  it("covers every step of any log exactly once", () => {
    const line = fc.constantFrom(...log.split("\n"), "; x @ b.c:3", "1: (95) exit", "from 1 to 2: R0=1 R10=fp0");
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { steps } = readLog(lines.join("\n"));
        const covered = foldLog(steps).flatMap(({ steps: [from, to] }) =>
          Array.from({ length: to - from + 1 }, (_, index) => from + index),
        );
        expect(covered).toEqual(steps.map((_, index) => index));
        stepStates(steps).after(steps.length - 1);
      }),
    );
  });
});
