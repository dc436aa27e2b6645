import { execFileSync } from "node:child_process";
import { CancellationTokenSource } from "vscode-jsonrpc";
import { describe, expect, it } from "vitest";
import { environmentFor } from "../../helper/environment.ts";
import { createLedger } from "../../helper/ledger.ts";
import { disassemble } from "../../helper/views/disassemble.ts";
import { Failed } from "../../protocol/failures.ts";

const context = { ledger: createLedger(), environment: environmentFor("plain", process.env) };
const base64 = (hex: string): string => Buffer.from(hex.replaceAll(" ", ""), "hex").toString("base64");
const has = (() => {
  try {
    return /aarch64|AArch64/.test(execFileSync("llvm-objdump", ["--version"], { encoding: "utf8" }));
  } catch {
    return false;
  }
})();

async function failureOf(running: Promise<unknown>): Promise<string> {
  try {
    await running;
  } catch (error) {
    if (error instanceof Failed) return error.failure.kind;
    throw error;
  }
  return "none";
}

describe.skipIf(!has)("machine code as text", () => {
  it("of x86-64, with targets by address and bytes that are no instruction", async () => {
    const bytes = base64("55 4889e5 eb02 06 90 f048 0107 c3 ff");
    const { instructions } = await disassemble(context, { bytes, address: "4096", machine: "x64" });
    expect(instructions.map(({ offset, bytes: length, text }) => [offset, length, text])).toEqual([
      [0, 1, expect.stringMatching(/^pushq?\s+%rbp$/)],
      [1, 3, expect.stringMatching(/^movq?\s+%rsp, %rbp$/)],
      [4, 2, expect.stringMatching(/^jmp\s+0x1008/)],
      [6, 1, ".byte 0x06"],
      [7, 1, "nop"],
      [8, 4, expect.stringMatching(/^lock\s+addq?\s+%rax, \(%rdi\)$/)],
      [12, 1, expect.stringMatching(/^retq?$/)],
      [13, 1, ".byte 0xff"],
    ]);
  });

  it("of ARM64, and of zeros", async () => {
    const bytes = base64("fd7bbfa9 ffffffff 00000000 02000094 c0035fd6");
    const { instructions } = await disassemble(context, { bytes, address: "0", machine: "arm64" });
    expect(instructions.map(({ offset, bytes: length }) => [offset, length])).toEqual(
      [0, 4, 8, 12, 16].map((at) => [at, 4]),
    );
    expect(instructions.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^stp x29, x30/),
      ".byte 0xff, 0xff, 0xff, 0xff",
      expect.any(String),
      expect.stringMatching(/^bl 0x14/),
      "ret",
    ]);
  });

  it("of nothing, of a machine that is not known, and cancelled", async () => {
    expect(await disassemble(context, { bytes: "", address: "0", machine: "x64" })).toEqual({ instructions: [] });
    const bytes = base64("c3");
    expect(await failureOf(disassemble(context, { bytes, address: "0", machine: "pdp11" }))).toBe("unsupported");
    const source = new CancellationTokenSource();
    source.cancel();
    const cancelled = disassemble(context, { bytes, address: "0", machine: "x64" }, source.token);
    expect(await failureOf(cancelled)).toBe("cancelled");
    expect(context.ledger.held()).toEqual([]);
  });
});
