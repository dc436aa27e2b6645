import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeInstructions, jumpTarget } from "../../../main/views/bpf/decode.ts";
import { printInstruction } from "../../../main/views/bpf/print.ts";

/** code, dst, src, offset, immediate, and the immediate of a second half */
function text(code: number, dst = 0, src = 0, offset = 0, immediate = 0, next?: number, little = true): string {
  const bytes = Buffer.alloc(next === undefined ? 8 : 16);
  bytes[0] = code;
  bytes[1] = little ? (src << 4) | dst : (dst << 4) | src;
  if (little) {
    bytes.writeInt16LE(offset, 2);
    bytes.writeInt32LE(immediate, 4);
    if (next !== undefined) bytes.writeInt32LE(next, 12);
  } else {
    bytes.writeInt16BE(offset, 2);
    bytes.writeInt32BE(immediate, 4);
    if (next !== undefined) bytes.writeInt32BE(next, 12);
  }
  const [first] = decodeInstructions(bytes, little);
  return first === undefined ? "" : printInstruction(first);
}

describe("an instruction as text", () => {
  it("loads and stores of each width, with signed offsets", () => {
    expect(text(0x71, 1, 2, 4)).toBe("r1 = *(u8 *)(r2 + 4)");
    expect(text(0x69, 1, 2, -4)).toBe("r1 = *(u16 *)(r2 - 4)");
    expect(text(0x61, 1, 2, 0)).toBe("r1 = *(u32 *)(r2 + 0)");
    expect(text(0x79, 1, 10, -8)).toBe("r1 = *(u64 *)(r10 - 8)");
    expect(text(0x91, 1, 2, 4)).toBe("r1 = *(s8 *)(r2 + 4)");
    expect(text(0x89, 1, 2, 4)).toBe("r1 = *(s16 *)(r2 + 4)");
    expect(text(0x81, 1, 2, 4)).toBe("r1 = *(s32 *)(r2 + 4)");
    expect(text(0x63, 10, 7, -4)).toBe("*(u32 *)(r10 - 4) = r7");
    expect(text(0x7a, 10, 0, -8, -1)).toBe("*(u64 *)(r10 - 8) = -1");
    expect(text(0x20, 0, 0, 0, 12)).toBe("r0 = *(u32 *)skb[12]");
    expect(text(0x50, 0, 3, 0, 14)).toBe("r0 = *(u8 *)skb[r3 + 14]");
  });

  it("arithmetic of 32 and 64 bits, signed division, sign extension and byte swaps", () => {
    expect(text(0x07, 2, 0, 0, -4)).toBe("r2 += -4");
    expect(text(0x1c, 1, 3)).toBe("w1 -= w3");
    expect(text(0x3f, 1, 2)).toBe("r1 /= r2");
    expect(text(0x3f, 1, 2, 1)).toBe("r1 s/= r2");
    expect(text(0x94, 1, 0, 1, 7)).toBe("w1 s%= 7");
    expect(text(0xc7, 1, 0, 0, 32)).toBe("r1 s>>= 32");
    expect(text(0x87, 4)).toBe("r4 = -r4");
    expect(text(0xbf, 1, 2)).toBe("r1 = r2");
    expect(text(0xbf, 1, 2, 8)).toBe("r1 = (s8)r2");
    expect(text(0xbf, 1, 2, 32)).toBe("r1 = (s32)r2");
    expect(text(0xbc, 1, 2, 16)).toBe("w1 = (s16)w2");
    expect(text(0xbf, 1, 2, 1, 0x10000)).toBe("r1 = addr_space_cast(r2, 1, 0)");
    expect(text(0xbf, 1, 2, -1)).toBe("r1 = &(void __percpu *)(r2)");
    expect(text(0xdc, 1, 0, 0, 16)).toBe("r1 = be16 r1");
    expect(text(0xd4, 1, 0, 0, 64)).toBe("r1 = le64 r1");
    expect(text(0xd7, 1, 0, 0, 32)).toBe("r1 = bswap32 r1");
  });

  it("atomic operations", () => {
    expect(text(0xdb, 0, 1, 8, 0)).toBe("lock *(u64 *)(r0 + 8) += r1");
    expect(text(0xc3, 0, 1, 0, 0xa0)).toBe("lock *(u32 *)(r0 + 0) ^= w1");
    expect(text(0xdb, 0, 1, 0, 0x01)).toBe("r1 = atomic64_fetch_add((u64 *)(r0 + 0), r1)");
    expect(text(0xc3, 0, 1, 0, 0x41)).toBe("w1 = atomic_fetch_or((u32 *)(r0 + 0), w1)");
    expect(text(0xdb, 2, 1, 0, 0xe1)).toBe("r1 = atomic64_xchg((u64 *)(r2 + 0), r1)");
    expect(text(0xdb, 2, 1, 0, 0xf1)).toBe("r0 = atomic64_cmpxchg((u64 *)(r2 + 0), r0, r1)");
    expect(text(0xd3, 2, 1, 4, 0x100)).toBe("r2 = load_acquire((u8 *)(r1 + 4))");
    expect(text(0xcb, 2, 1, 4, 0x110)).toBe("store_release((u16 *)(r2 + 4), r1)");
    expect(text(0xd3, 2, 1, 0, 0)).toContain("<unknown>");
  });

  it("jumps, near and far, calls by number and by name", () => {
    expect(text(0x2d, 3, 2, 5)).toBe("if r3 > r2 goto +5");
    expect(text(0x16, 1, 0, -3, 2)).toBe("if w1 == 2 goto -3");
    expect(text(0x66, 1, 0, 4, 6)).toBe("if w1 s> 6 goto +4");
    expect(text(0xd5, 1, 0, 4, -6)).toBe("if r1 s<= -6 goto +4");
    expect(text(0x45, 1, 0, 1, 8)).toBe("if r1 & 8 goto +1");
    expect(text(0x05, 0, 0, 7)).toBe("goto +7");
    expect(text(0x06, 0, 0, 0, -70_000)).toBe("gotol -70000");
    expect(text(0xe5, 0, 0, 2)).toBe("may_goto +2");
    expect(text(0x0d, 3)).toBe("gotox r3");
    expect(text(0x8d, 3)).toBe("callx r3");
    expect(text(0x95)).toBe("exit");
    expect(text(0x85, 0, 0, 0, 1)).toBe("call bpf_map_lookup_elem#1");
    expect(text(0x85, 0, 0, 0, 211)).toBe("call bpf_cgrp_storage_delete#211");
    expect(text(0x85, 0, 0, 0, 9999)).toBe("call 9999");
    expect(text(0x85, 0, 1, 0, 5)).toBe("call pc+5");
    expect(text(0x85, 0, 2, 0, 77)).toBe("call kernel-function#77");
  });

  it("constants of 64 bits, which take two places", () => {
    expect(text(0x18, 1, 0, 0, -1, -1)).toBe("r1 = 18446744073709551615 ll");
    expect(text(0x18, 1, 1, 0, 5, 0)).toBe("r1 = map[fd:5] ll");
    expect(text(0x18, 1, 2, 0, 5, 16)).toBe("r1 = map[fd:5][0] + 16 ll");
    // a first half alone
    expect(text(0x18, 1, 0, 0, 7)).toContain("<unknown> code 0x18");
  });

  it("of a big-endian object", () => {
    expect(text(0x61, 1, 2, 4, 0, undefined, false)).toBe("r1 = *(u32 *)(r2 + 4)");
    expect(text(0x18, 3, 0, 0, 2, 1, false)).toBe("r3 = 4294967298 ll");
  });

  it("answers any bytes, each instruction at its place", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 256 }), fc.boolean(), (bytes, little) => {
        const decoded = decodeInstructions(bytes, little);
        let next = 0;
        for (const instruction of decoded) {
          expect(instruction.at).toBe(next);
          next += instruction.next === null ? 1 : 2;
          expect(printInstruction(instruction)).not.toMatch(/undefined|NaN|null/);
          jumpTarget(instruction);
        }
        expect(next).toBe(Math.floor(bytes.length / 8));
      }),
      { numRuns: 2000 },
    );
  });

  it("knows a target of every jump that it prints with one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
        const [instruction] = decodeInstructions(bytes, true);
        if (instruction === undefined) return;
        const jumps = /goto[l ]/.test(printInstruction(instruction));
        expect(jumpTarget(instruction) !== null).toBe(jumps);
      }),
      { numRuns: 5000 },
    );
  });
});
