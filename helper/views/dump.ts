/** A loaded program's code as the kernel keeps it, with what names the things that it points to. */
import { endianness } from "node:os";
import { fail } from "../../protocol/failures.ts";
import type { ProgramDump } from "../../protocol/views.ts";
import { maximumMessageBytes } from "../../protocol/wire.ts";
import type { HelperContext } from "../context.ts";
import { hasCode, naming } from "../failures.ts";
import type { NativeFace, ProgramDump as RawDump } from "../native/face.ts";
import { readKernelSymbols } from "./kernel-symbols.ts";

/** @throws Failed `not-found`, `no-privilege`, `kernel` */
export async function dump({ native }: Pick<HelperContext, "native">, id: number): Promise<ProgramDump> {
  const what = { doing: `dump program id ${id}`, subject: { what: "program", name: `id ${id}` } };
  const [info, raw, maps, btf] = naming(what, () => {
    const code = native.dumpProgram(id);
    // while the numbers are fresh: a map may go with its program
    return [native.programInfo(id), code, code.mapIds.flatMap((map) => mapName(native, map)), btfOf(native, code)];
  });
  if (messageSize(raw, btf) > maximumMessageBytes) {
    return fail({
      kind: "too-large",
      limit: maximumMessageBytes,
      message: `dump ${info.name}: ${raw.xlated.length / instructionBytes} instructions are more than one message carries: use bpftool prog dump`,
    });
  }
  const { callBase, named } = await readKernelSymbols((base) => calledAddresses(raw.xlated, base));
  return {
    ...{ id, name: info.name, tag: info.tag },
    xlated: raw.xlated.toString("base64"),
    jited: raw.jited.toString("base64"),
    jitedBytes: raw.jitedLength,
    jitedFunctions: functionsOf(raw),
    lines: raw.lines.map((line) => [...line]),
    jitedLines: raw.jitedLines.map(String),
    functions: raw.functions.map((one) => [...one]),
    maps,
    callBase: callBase?.toString() ?? null,
    symbols: named.map(({ address, name }) => ({ address: address.toString(), name })),
    btf: btf?.toString("base64") ?? null,
    machine: process.arch,
  };
}

/** An estimate from above of the answer's JSON. */
function messageSize(raw: RawDump, btf: Buffer | null): number {
  const bytes = raw.xlated.length + raw.jited.length + (btf?.length ?? 0);
  return (bytes * 4) / 3 + raw.lines.length * 36 + raw.jitedLines.length * 23 + raw.functions.length * 80 + 65_536;
}

function mapName(native: NativeFace, id: number): ProgramDump["maps"] {
  try {
    return [{ id, name: native.mapInfo(id).name }];
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

function btfOf(native: NativeFace, { btfId }: RawDump): Buffer | null {
  return btfId === 0 ? null : native.btf(btfId);
}

function functionsOf({ jited, jitedAddresses, jitedLengths }: RawDump): ProgramDump["jitedFunctions"] {
  const address = (index: number): string => (jitedAddresses[index] ?? 0n).toString();
  // kernels before 4.18 tell no lengths: then all of it is one function
  if (jitedLengths.length === 0) return jited.length > 0 ? [{ address: address(0), bytes: jited.length }] : [];
  return jitedLengths.map((bytes, index) => ({ address: address(index), bytes }));
}

const instructionBytes = 8;
const codeCall = 0x85;
const pseudoCall = 1;

/** Where the helper and kernel functions lie that the instructions call: counted from __bpf_call_base. */
function* calledAddresses(xlated: Buffer, callBase: bigint): Generator<bigint> {
  const little = endianness() === "LE";
  for (let at = 0; at + instructionBytes <= xlated.length; at += instructionBytes) {
    if (xlated[at] !== codeCall) continue;
    const registers = xlated[at + 1] ?? 0;
    if ((little ? registers >> 4 : registers & 0xf) === pseudoCall) continue;
    const distance = little ? xlated.readInt32LE(at + 4) : xlated.readInt32BE(at + 4);
    yield BigInt.asUintN(64, callBase + BigInt(distance));
  }
}
