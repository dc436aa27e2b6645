import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeRegister } from "../../../main/verify/describe-register.ts";
import { parseState, parseValue } from "../../../main/verify/parse-state.ts";

describe("parseState", () => {
  it("reads registers, stack and references of a frame", () => {
    const state = parseState(
      "frame1: R0=scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff)) R1_w=pkt(off=14,r=14) R10=fp0 fp-8_rw=0000???? fp-16=ctx() refs=2,3 cb",
    );
    expect(state).toMatchObject({ frame: 1, complete: true, references: [2, 3] });
    expect([...state.values]).toEqual([
      ["R0", "scalar(smin=0,smax=umax=0xffffffff,var_off=(0x0; 0xffffffff))"],
      ["R1", "pkt(off=14,r=14)"],
      ["R10", "fp0"],
      ["fp-8", "0000????"],
      ["fp-16", "ctx()"],
    ]);
    expect(parseState("R1=2").complete).toBe(false);
  });

  it.each([
    [
      "pkt(id=1,off=14,r=20,smin=smin32=0,smax=umax=smax32=umax32=60,var_off=(0x0; 0x3c))",
      "packet pointer, offset 14 plus 0 to 60",
      "6 bytes readable",
    ],
    ["pkt(r=0)", "packet pointer, offset 0", "0 bytes readable"],
    ["pkt_end()", "end of the packet (data_end)", ""],
    ["scalar(smin=smin32=0,smax=umax=smax32=umax32=255,var_off=(0x0; 0xff))", "number", "0 ≤ value ≤ 255"],
    ["scalar(smin=0xffffffff80000000,smax=0x7fffffff)", "number", "-2147483648 ≤ value ≤ 2147483647"],
    ["scalar(id=1+2)", "number", ""],
    ["P5", "number", "value = 5"],
    ["-14", "number", "value = -14"],
    ["map_value_or_null(id=1,map=counts,ks=4,vs=8)", "value of map counts or NULL", "not compared with NULL"],
    ["map_value(map=counts,ks=4,vs=8,off=3)", "value of map counts, offset 3", "8 bytes in all"],
    ["map_ptr(map=counts,ks=4,vs=8)", "map counts", ""],
    ["fp-64", "stack pointer, offset -64", ""],
    ["fp(off=-64,smin=0,smax=umax=255)", "stack pointer, offset -64 plus 0 to 255", ""],
    ["ctx()", "context (struct xdp_md)", ""],
    ["ringbuf_mem(ref_obj_id=2,sz=16)", "record of a ring buffer", "16 bytes in all"],
    ["0000????", "bytes on the stack", "4 of 8 bytes written"],
    ["mmmmmmmm", "bytes on the stack", "all written"],
    // Linux 5.15
    ["inv(id=0,umax_value=255,var_off=(0x0; 0xff))", "number", "0 ≤ value ≤ 255"],
    ["inv5", "number", "value = 5"],
    ["invP0", "number", "value = 0"],
    ["inv", "number", ""],
    ["pkt(id=0,off=14,r=14,imm=0)", "packet pointer, offset 14", "0 bytes readable"],
    ["map_value_or_null(id=1,off=0,ks=4,vs=8,imm=0)", "value of a map or NULL", "not compared with NULL"],
    ["trusted_ptr_task_struct(ref_obj_id=2)", "pointer to task struct", ""],
  ])("says %s in words", (text, is, proved) => {
    expect(describeRegister(parseValue(text))).toEqual({ is, proved });
  });

  it("is total", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "R1=",
        "fp-8=",
        "pkt(",
        "id=1",
        ",",
        ")",
        "(",
        "off=",
        "=",
        "scalar",
        "inv",
        "0x",
        "-",
        " ",
        "refs=",
        "umax=",
        "99999999999999999999",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        for (const value of parseState(text).values.values()) describeRegister(parseValue(value));
        describeRegister(parseValue(text));
      }),
      { numRuns: 3000 },
    );
  });
});
