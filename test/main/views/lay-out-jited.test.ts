import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readListing } from "../../../helper/views/disassemble.ts";
import { wrapCode } from "../../../helper/views/wrap-code.ts";
import { disassembleXlated } from "../../../main/views/disassemble-xlated.ts";
import { layOutJited, splitJited } from "../../../main/views/lay-out-jited.ts";
import { readDump } from "../../../main/views/read-dump.ts";
import { code as codeSchema, type ProgramDump } from "../../../protocol/views.ts";
import { compileBpf, preamble } from "../object/compile-bpf.ts";
import { read } from "./build-template.ts";

const base = 0xffff_ffff_c000_0000n;
const code = Buffer.from("554889e50f1f00e8f0ffffff7402ebf5c30606", "hex");

describe("a listing of machine code", () => {
  const listing = `
ffffffffc0000000 <.text>:
ffffffffc0000000: \tpushq\t%rbp
ffffffffc0000001: \tmovq\t%rsp, %rbp
ffffffffc0000004: \tnopl\t(%rax)
ffffffffc0000007: \tcallq\t0xffffffffbffffffc
ffffffffc000000c: \tje\t0xffffffffc0000010 <.text+0x10>
ffffffffc000000e: \tjmp\t0xffffffffc0000005 <.text+0x5>
ffffffffc0000010: \tretq
ffffffffc0000011: \t<unknown>
ffffffffc0000012: \tlock
`;

  it("gives each instruction's place and length, and bytes for what is none", () => {
    expect(readListing(listing, code, base)).toEqual([
      { offset: 0, bytes: 1, text: "pushq %rbp" },
      { offset: 1, bytes: 3, text: "movq %rsp, %rbp" },
      { offset: 4, bytes: 3, text: "nopl (%rax)" },
      { offset: 7, bytes: 5, text: "callq 0xffffffffbffffffc" },
      { offset: 12, bytes: 2, text: "je 0xffffffffc0000010 <.text+0x10>" },
      { offset: 14, bytes: 2, text: "jmp 0xffffffffc0000005 <.text+0x5>" },
      { offset: 16, bytes: 1, text: "retq" },
      { offset: 17, bytes: 1, text: ".byte 0x06" },
      { offset: 18, bytes: 1, text: "lock" },
    ]);
  });

  it("shows all bytes, whatever the tool printed", () => {
    expect(
      readListing("nothing to see", code, base)
        .map(({ text }) => text)
        .join(" "),
    ).toMatch(/^\.byte 0x55, 0x48/);
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 64 }), (text, bytes) => {
        const lines = text.replaceAll("~", "\n").replaceAll("!", "\nffffffffc0000004: \tnop\n");
        let next = 0;
        for (const { offset, bytes: length } of readListing(lines, bytes, base)) {
          expect(offset).toBe(next);
          next += length;
        }
        expect(next).toBe(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it("joins a prefix with what it belongs to", () => {
    const bytes = Buffer.from("f0480107c3", "hex");
    const text = "0: \tlock\n1: \taddq\t%rax, (%rdi)\n4: \tretq\n";
    expect(readListing(text, bytes, 0n)).toEqual([
      { offset: 0, bytes: 4, text: "lock addq %rax, (%rdi)" },
      { offset: 4, bytes: 1, text: "retq" },
    ]);
  });

  it("wraps code as an ELF file of either byte order", () => {
    const little = wrapCode(code, base, { number: 62, littleEndian: true });
    expect(little.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
    expect(little.readUInt16LE(18)).toBe(62);
    expect(little.includes(code)).toBe(true);
    const table = Number(little.readBigUInt64LE(40));
    expect(little.readBigUInt64LE(table + 64 + 16)).toBe(base);
    expect(wrapCode(code, 0n, { number: 22, littleEndian: false }).readUInt16BE(18)).toBe(22);
  });
});

const empty: ProgramDump = {
  ...{ id: 7, name: "whole", tag: "0011223344556677", xlated: "", jited: "", jitedBytes: 0, jitedFunctions: [] },
  ...{ lines: [], jitedLines: [], functions: [], maps: [], callBase: null, symbols: [], btf: null, machine: "x64" },
};

describe("machine code as lines", () => {
  const dump: ProgramDump = {
    ...empty,
    ...{ jited: code.toString("base64"), jitedBytes: code.length, xlated: Buffer.alloc(24, 0xb7).toString("base64") },
    jitedFunctions: [{ address: base.toString(), bytes: code.length }],
    symbols: [{ address: "18446744072635809788", name: "kernel_thing" }],
  };

  it("labels targets inside, names what is outside, and counts offsets from the function", () => {
    const known = readDump(dump, true);
    const [only] = splitJited(dump, code, known);
    expect(only).toMatchObject({ name: "whole", address: base });
    const instructions = readListing(
      "ffffffffc0000000: \tpushq\t%rbp\nffffffffc0000001: \tnop\nffffffffc0000007: \tcallq\t0xffffffffbffffffc\nffffffffc000000c: \tje\t0xffffffffc0000010 <.text+0x10>\nffffffffc000000e: \tjmp\t0xffffffffc0000001 <.text+0x1>\nffffffffc0000010: \tjmp\t0xffffffffdeadbeef\n",
      code.subarray(0, 18),
      base,
    );
    const view = layOutJited(known, [{ name: "whole", address: base, bytes: 18, instructions }], [], (file) => file);
    expect(view.lines.map(({ text }) => text)).toEqual([
      "whole:",
      "     0: pushq %rbp",
      "L1:",
      "     1: nop",
      "     7: callq kernel_thing",
      "     c: je 0x10 <L2>",
      "     e: jmp 0x1 <L1>",
      "L2:",
      "    10: jmp 0xffffffffdeadbeef",
    ]);
    expect(view.functions).toEqual([{ name: "whole", line: 0 }]);
  });

  it("answers dumps that make no sense", () => {
    const { elf } = read(compileBpf(`${preamble}int x = 3; SEC("xdp") int p(struct xdp_md *c) { return x; }`));
    const btf = Buffer.from(elf.sections.find(({ name }) => name === ".BTF")?.data ?? []).toString("base64");
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
    const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(String);
    fc.assert(
      fc.property(
        fc.record({
          xlated: fc.uint8Array({ maxLength: 128 }).map((bytes) => Buffer.from(bytes).toString("base64")),
          jitedFunctions: fc.array(fc.record({ address: u64, bytes: u32 }), { maxLength: 4 }),
          lines: fc.array(fc.tuple(u32, u32, u32, u32), { maxLength: 8 }),
          jitedLines: fc.array(u64, { maxLength: 8 }),
          functions: fc.array(fc.tuple(u32, u32), { maxLength: 4 }),
          btf: fc.constantFrom(null, btf, ""),
        }),
        (parts) => {
          const hostile: ProgramDump = { ...empty, ...parts };
          const known = readDump(hostile, true);
          const functions = splitJited(hostile, code, known).map(({ name, address, code: own }) => ({
            ...{ name, address, bytes: own.length, instructions: readListing("", own, address) },
          }));
          layOutJited(known, functions, hostile.jitedLines.map(BigInt), (file) => file);
          const shown = disassembleXlated(known, { nameFile: (file) => file, kernelFunction: () => null });
          const about = { kind: "xlated", program: null, machine: "BPF", commands: [], notes: [] };
          codeSchema.parse({ ...shown, ...about });
        },
      ),
      { numRuns: 300 },
    );
  });
});
