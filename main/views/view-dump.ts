/** A dump of a loaded program as code: what "xlated" and "jited" share, of what runs and of what was loaded for a look. */
import { endianness } from "node:os";
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../protocol/failures.ts";
import type { Code, ProgramDump } from "../../protocol/views.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { disassembleXlated } from "./disassemble-xlated.ts";
import { kernelFunctionName } from "./kernel-functions.ts";
import { layOutJited, type MachineFunction, splitJited } from "./lay-out-jited.ts";
import { type ReadDump, readDump } from "./read-dump.ts";

export type DumpCode = Pick<Code, "kind" | "files" | "lines" | "functions" | "machine" | "notes">;

/**
 * @param nameFile what a line record's file is called, for the files that are relative
 * @throws Failed `unsupported` (nothing was jited, a machine that is not known), `no-privilege` (addresses are hidden),
 * `missing-tool`, `cancelled`
 */
export async function viewDump(
  helpers: HelperPool,
  dump: ProgramDump,
  kind: "xlated" | "jited",
  nameFile: (file: string) => string,
  token?: CancellationToken,
): Promise<DumpCode> {
  const read = readDump(dump, endianness() === "LE");
  return kind === "xlated" ? viewXlated(dump, read, nameFile) : viewJited(helpers, dump, read, nameFile, token);
}

function viewXlated(dump: ProgramDump, read: ReadDump, nameFile: (file: string) => string): DumpCode {
  if (read.length === 0) return hidden(dump, "its instructions");
  const code = disassembleXlated(read, { nameFile, kernelFunction: kernelFunctionName });
  const notes = linesNotes(dump);
  if (dump.callBase === null) notes.push("kernel.kptr_restrict hides addresses: helpers are not named");
  return { kind: "xlated", ...code, machine: "BPF", notes };
}

async function viewJited(
  helpers: HelperPool,
  dump: ProgramDump,
  read: ReadDump,
  nameFile: (file: string) => string,
  token?: CancellationToken,
): Promise<DumpCode> {
  if (dump.jitedBytes === 0) {
    return fail({
      kind: "unsupported",
      feature: "machine code of an interpreted program",
      since: null,
      message: `show jited code of ${dump.name}: the kernel interprets it: turn its compiler on (sysctl net.core.bpf_jit_enable=1) and load the program again`,
    });
  }
  const jited = Buffer.from(dump.jited, "base64");
  // kernels that hide it answer nothing, older ones zeros
  if (jited.every((byte) => byte === 0)) return hidden(dump, "its machine code");
  const plain = await helpers.plain();
  const functions: MachineFunction[] = [];
  for (const { name, address, code } of splitJited(dump, jited, read)) {
    const { instructions } = await plain.request(
      "views.disassemble",
      { bytes: Buffer.from(code).toString("base64"), address: address.toString(), machine: dump.machine },
      token,
    );
    functions.push({ name, address, bytes: code.length, instructions });
  }
  const code = layOutJited(read, functions, dump.jitedLines.map(BigInt), nameFile);
  const notes = linesNotes(dump);
  if (dump.lines.length > 0 && dump.jitedLines.every((address) => address === "0")) {
    notes.push("the kernel does not tell where each line's machine code begins: C lines are not known");
  }
  return { kind: "jited", ...code, machine: machineNames[dump.machine] ?? dump.machine, notes };
}

const machineNames: Readonly<Record<string, string>> = {
  x64: "x86-64",
  arm64: "ARM64",
  riscv64: "RISC-V 64",
  s390x: "s390x",
};

function linesNotes({ btf, lines }: ProgramDump): string[] {
  if (btf === null) return ["the program was loaded without BTF: C lines are not known; build it with -g"];
  if (lines.length === 0) return ["the program was loaded without line records: C lines are not known"];
  return [];
}

function hidden({ name }: ProgramDump, what: string): never {
  return fail({
    kind: "no-privilege",
    need: "kernel addresses",
    message: `show ${name}: the kernel hides ${what}: lower kernel.kptr_restrict to 1 or 0 and look again`,
  });
}
