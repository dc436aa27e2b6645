import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { describe, expect, it } from "vitest";
import { Failed } from "../../../protocol/failures.ts";
import { logPage } from "../../../protocol/walk.ts";
import { createWalks } from "../../../main/verify/walks.ts";

// Linux 6.18, log level 5.
const log = `0: R1=ctx() R10=fp0
; void *data = (void *)(long)ctx->data; @ a.bpf.c:8
0: (61) r1 = *(u32 *)(r1 +0)          ; R1=pkt(r=0)
; __u64 zero = 0; @ a.bpf.c:9
1: (b7) r3 = 0                        ; R3=0
2: (7b) *(u64 *)(r10 -8) = r3         ; R3=0 R10=fp0 fp-8=0
; if (eth->h_proto == bpf_htons(ETH_P_IP)) @ a.bpf.c:10
3: (71) r2 = *(u8 *)(r1 +12)
invalid access to packet, off=12 size=1, R1(id=0,off=12,r=0)
R1 offset is outside of the packet
verification time 374 usec
stack depth 8
processed 4 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;
const object = "ab".repeat(32);
const named = { object, program: "one" };

function kept(text = log, of = object) {
  const judged = { object: of, contents: null, path: "/src/a.bpf.c", source: null };
  return { ...judged, logs: new Map([["one", text]]), accepted: new Set<string>(), again: () => Promise.resolve("") };
}

function failure(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error instanceof Failed ? error.failure : error;
  }
}

describe("walks", () => {
  const walks = createWalks();
  walks.keep(kept());

  it("tells what was known where the program was rejected, those concerned first", () => {
    const state = walks.state({ ...named, step: null });
    expect(state).toMatchObject({ steps: 4, step: 3, lines: 3, line: 2, first: 3, last: 3, instruction: 3, frame: 0 });
    expect(state.registers.map(({ register, concerned }) => [register, concerned])).toEqual([
      ["R1", true],
      ["R3", false],
      ["R10", false],
    ]);
    expect(state.registers[0]).toMatchObject({ is: "packet pointer, offset 0", proved: "0 bytes readable" });
    expect(state.stack).toEqual([{ slot: "fp-8", variable: null, is: "number", proved: "value = 0" }]);
    expect(state.changed).toEqual(["fp-8"]);
  });

  it("tells of any other step, and of the last for one that is too far", () => {
    expect(walks.state({ ...named, step: 0 })).toMatchObject({ step: 0, line: 0, changed: [], stack: [] });
    expect(walks.state({ ...named, step: 2 })).toMatchObject({ step: 2, line: 1, first: 1, last: 2, changed: ["R3"] });
    expect(walks.state({ ...named, step: 4_000_000_000 }).step).toBe(3);
  });

  it("sends lines, steps and text by the page", () => {
    expect(walks.lines({ ...named, from: 1, count: 1 })).toEqual({
      total: 3,
      lines: [{ file: "", line: 9, text: "__u64 zero = 0;", first: 1, last: 2 }],
    });
    expect(walks.steps({ ...named, from: 3, count: 500 })).toEqual({
      total: 4,
      steps: [{ instruction: 3, text: "r2 = *(u8 *)(r1 +12)", state: "" }],
    });
    expect(walks.steps({ ...named, from: 9, count: 1 }).steps).toEqual([]);
    const long = createWalks();
    long.keep(kept("x".repeat(logPage + 3)));
    expect(long.log({ ...named, from: 0 }).text).toHaveLength(logPage);
    expect(long.log({ ...named, from: logPage })).toEqual({ text: "xxx", total: logPage + 3 });
  });

  it("has no step where the verifier took none", () => {
    const none = createWalks();
    none.keep(kept("libbpf: failed to find BTF\n"));
    expect(none.state({ ...named, step: null })).toMatchObject({ steps: 0, registers: [] });
    expect(none.lines({ ...named, from: 0, count: 10 })).toEqual({ total: 0, lines: [] });
  });

  it("forgets the oldest and says so", () => {
    const many = createWalks();
    for (let at = 0; at < 20; at++) many.keep(kept(log, `${at}`.padStart(64, "0")));
    const oldest = { object: "0".repeat(64), program: "one" };
    expect(failure(() => many.state({ ...oldest, step: null }))).toMatchObject({ kind: "not-found", name: "one" });
    expect(many.state({ object: "19".padStart(64, "0"), program: "one", step: null }).steps).toBe(4);
    expect(failure(() => walks.log({ object, program: "other", from: 0 }))).toMatchObject({ kind: "not-found" });
  });

  it("has an accepted program told once more, once", async () => {
    const accepted = createWalks();
    let asked = 0;
    // Linux 6.18, log level 6.
    const everyStep = `0: R1=ctx() R10=fp0
; if (ctx->rx_queue_index > 5) @ a.bpf.c:8
0: (61) r1 = *(u32 *)(r1 +16)         ; R1=scalar(smin=0,smax=umax=0xffffffff)
1: (b7) r0 = 2                        ; R0=2
2: (25) if r1 > 0x5 goto pc+1         ; R1=scalar(smin=0,smax=umax=5)
; return XDP_DROP; @ a.bpf.c:9
3: (b7) r0 = 1                        ; R0=1
4: (95) exit
mark_precise: frame0: last_idx 2 first_idx 0 subseq_idx -1

from 2 to 4: R0=2 R1=scalar(smin=umin=6,smax=umax=0xffffffff) R10=fp0
; return XDP_DROP; @ a.bpf.c:9
4: R0=2 R1=scalar(smin=umin=6,smax=umax=0xffffffff) R10=fp0
4: (95) exit
frame 0: propagating r1
processed 6 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;
    const again = () => {
      asked += 1;
      return Promise.resolve(everyStep);
    };
    accepted.keep({ ...kept("processed 6 insns (limit 1000000)\n"), accepted: new Set(["one"]), again });
    const { token } = new CancellationTokenSource();
    expect(accepted.state({ ...named, step: 0 }).steps).toBe(0);
    expect(await accepted.walk(named, token)).toEqual({ steps: 6 });
    expect(await accepted.walk(named, token)).toEqual({ steps: 6 });
    expect(asked).toBe(1);
    expect(accepted.lines({ ...named, from: 0, count: 9 }).total).toBe(2);
    const last = accepted.state({ ...named, step: null });
    expect(last).toMatchObject({ steps: 6, step: 5, instruction: 4 });
    // "propagating r1" is no word about a rejection
    expect(last.registers.map(({ register, concerned }) => [register, concerned])).toEqual([
      ["R0", false],
      ["R1", false],
      ["R10", false],
    ]);
    const failing = failure(() => accepted.lines({ object: "cd".repeat(32), program: "one", from: 0, count: 1 }));
    expect(failing).toMatchObject({ kind: "not-found" });
    await expect(accepted.walk({ ...named, program: "two" }, token)).rejects.toThrow(Failed);
  });

  it("has nothing told again of a rejected one", async () => {
    const { token } = new CancellationTokenSource();
    expect(await walks.walk(named, token)).toEqual({ steps: 4 });
  });
});
