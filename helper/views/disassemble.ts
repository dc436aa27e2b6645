/**
 * machine code ─views▶ text, by llvm-objdump, confined as clang is. llvm-mc would take bare bytes, but leaves out what it
 * cannot decode without a word of where; llvm-objdump tells the address of each instruction.
 */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import { Failed, fail } from "../../protocol/failures.ts";
import type { disassembled, disassembleParams } from "../../protocol/views.ts";
import type { HelperContext } from "../context.ts";
import { missingTool } from "../run.ts";
import { findTool, searchIn } from "../toolchain/find.ts";
import { confined, sandboxKind, toolFolders } from "../toolchain/sandbox.ts";
import { startConfined } from "../toolchain/start-confined.ts";
import { machines, wrapCode } from "./wrap-code.ts";

type Disassembled = z.infer<typeof disassembled>;

const timeout = 30_000;
const maximumOutput = 128 * 1024 * 1024;
/** of a program of a million instructions, some megabytes */
const maximumCode = 16 * 1024 * 1024;

/** @throws Failed `missing-tool`, `unsupported` (the machine), `too-large`, `cancelled` */
export async function disassemble(
  context: Pick<HelperContext, "ledger" | "environment">,
  params: z.infer<typeof disassembleParams>,
  token?: CancellationToken,
): Promise<Disassembled> {
  const code = Buffer.from(params.bytes, "base64");
  if (code.length === 0) return { instructions: [] };
  const machine = machines[params.machine];
  if (machine === undefined) {
    return fail({
      kind: "unsupported",
      feature: `machine code of ${params.machine}`,
      since: null,
      message: `disassemble: machine code of ${params.machine} is not known here, only of ${Object.keys(machines).join(", ")}`,
    });
  }
  if (code.length > maximumCode) return tooLarge();
  const base = BigInt(params.address);
  const printed = await runTool(context, wrapCode(code, base, machine), token);
  return { instructions: readListing(printed, code, base) };
}

async function runTool(
  context: Pick<HelperContext, "ledger" | "environment">,
  file: Buffer,
  token?: CancellationToken,
): Promise<string> {
  const { ledger, environment } = context;
  const tool = await findTool("llvm-objdump", searchIn(environment));
  if (tool === null) {
    return fail({
      kind: "missing-tool",
      tool: "llvm-objdump",
      package: "llvm",
      message: "disassemble: llvm-objdump is not installed: install the package llvm and look again",
    });
  }
  const sandbox = await sandboxKind(context);
  const readable = sandbox === "bwrap" ? await toolFolders([tool.path]) : [];
  const words = [tool.path, "--disassemble", "--disassemble-zeroes", "--no-show-raw-insn", "-"] as const;
  const done = await startConfined({
    ...{ ledger, environment, argv: confined(sandbox, words, readable), input: file, timeout, maximumOutput },
    ...(token === undefined ? {} : { token }),
  }).finished.catch((error: unknown) => {
    throw missingTool(sandbox === "bwrap" ? "bwrap" : "llvm-objdump", error);
  });
  if (done.killed === "cancelled") throw new Failed({ kind: "cancelled", message: "disassemble: cancelled" });
  if (done.killed === "output") return tooLarge();
  if (done.exit !== 0) {
    const said = done.errors.trim().split("\n").at(-1) ?? "";
    return fail({
      kind: "unsupported",
      feature: "disassembly by this llvm-objdump",
      since: null,
      message: `disassemble: ${tool.typed} failed${done.killed === "timeout" ? " (it took too long)" : ""}: ${said || `exit ${done.exit ?? "by a signal"}`}`,
    });
  }
  return done.output.toString("utf8");
}

function tooLarge(): never {
  return fail({
    kind: "too-large",
    limit: maximumCode,
    message: `disassemble: more than ${maximumCode / 1024 / 1024} MiB of machine code are not taken`,
  });
}

/** Lines such as `ffffffffc0201234: \tmovq\t%rsp, %rbp`; what lies between them and is not listed is bytes. */
export function readListing(text: string, code: Uint8Array, base: bigint): Disassembled["instructions"] {
  const found: { offset: number; text: string }[] = [];
  for (const match of text.matchAll(/^\s*([0-9a-f]{1,16}):[ \t]+(\S.*)$/gm)) {
    const offset = Number(BigInt.asUintN(64, BigInt(`0x${match[1] ?? "0"}`) - base));
    const last = found.at(-1)?.offset ?? -1;
    if (offset <= last || offset >= code.length) continue;
    const words = (match[2] ?? "").replace(/\s+/g, " ").trim();
    found.push({ offset, text: words });
  }
  joinPrefixes(found);
  const instructions: Disassembled["instructions"] = [];
  let at = 0;
  const raw = (from: number, to: number): void => {
    const bytes = [...code.subarray(from, to)].map((byte) => `0x${byte.toString(16).padStart(2, "0")}`);
    instructions.push({ offset: from, bytes: to - from, text: `.byte ${bytes.join(", ")}` });
  };
  for (const [index, one] of found.entries()) {
    const end = found[index + 1]?.offset ?? code.length;
    if (one.offset > at) raw(at, one.offset);
    // no instruction of any machine is longer than 15 bytes
    if (/^<unknown>|\(bad\)/.test(one.text) || end - one.offset > 16) raw(one.offset, end);
    else instructions.push({ offset: one.offset, bytes: end - one.offset, text: one.text });
    at = end;
  }
  for (; at < code.length; at += 8) raw(at, Math.min(at + 8, code.length));
  return instructions;
}

/** llvm-objdump prints a prefix on a line of its own, as if it were an instruction. */
function joinPrefixes(found: { offset: number; text: string }[]): void {
  for (let index = found.length - 2; index >= 0; index--) {
    const [prefix, next] = [found[index], found[index + 1]];
    if (prefix === undefined || next === undefined || next.offset !== prefix.offset + 1) continue;
    if (!/^(?:lock|rep[nz]?[ez]?|data16|notrack)$/.test(prefix.text)) continue;
    found.splice(index, 2, { offset: prefix.offset, text: `${prefix.text} ${next.text}` });
  }
}
