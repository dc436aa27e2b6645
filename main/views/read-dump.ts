/** What a dump of a loaded program says of its functions, C lines and the things that its code points to. */
import type { ProgramDump } from "../../protocol/views.ts";
import type { BtfDataSection } from "../object/btf-types.ts";
import { type Btf, btfType, readBtf } from "../object/read-btf.ts";
import type { LineRecord } from "../object/read-btf-ext.ts";
import { decodeInstructions, type Instruction, instructionBytes, isCall, pseudo } from "./bpf/decode.ts";

export interface ReadDump {
  readonly id: number;
  readonly instructions: readonly Instruction[];
  /** instructions of 8 bytes */
  readonly length: number;
  readonly btf: Btf | null;
  /** sorted; indices of the xlated code */
  readonly lines: readonly LineRecord[];
  /** sorted by where they begin; the first is the program itself */
  readonly functions: readonly { readonly name: string; readonly start: number }[];
  readonly maps: ReadonlyMap<number, string>;
  /** of .rodata, .data, .bss and such, as libbpf laid them out */
  readonly dataSections: readonly BtfDataSection[];
  readonly symbols: ReadonlyMap<bigint, string>;
  readonly callBase: bigint | null;
}

export function readDump(dump: ProgramDump, littleEndian: boolean): ReadDump {
  const xlated = Buffer.from(dump.xlated, "base64");
  const instructions = decodeInstructions(xlated, littleEndian);
  const length = Math.floor(xlated.length / instructionBytes);
  const read = dump.btf === null ? null : readBtf(Buffer.from(dump.btf, "base64"));
  const btf = read?.ok === true ? read.btf : null;
  return {
    ...{ id: dump.id, instructions, length, btf },
    lines: dump.lines
      .map(([instruction, fileOffset, textOffset, place]) => ({
        ...{ instruction, fileOffset, textOffset },
        // struct bpf_line_info: 22 bits of line, 10 of column
        line: place >>> 10,
        column: place & 0x3ff,
      }))
      .toSorted((one, other) => one.instruction - other.instruction),
    functions: functionsOf(dump, instructions, length, btf),
    maps: new Map(dump.maps.map(({ id, name }) => [id, name])),
    dataSections: btf === null ? [] : dataSectionsOf(btf),
    symbols: new Map(dump.symbols.map(({ address, name }) => [BigInt(address), name])),
    callBase: dump.callBase === null ? null : BigInt(dump.callBase),
  };
}

function dataSectionsOf(btf: Btf): readonly BtfDataSection[] {
  const found: BtfDataSection[] = [];
  for (let id = btf.firstId; id < btf.typeCount; id++) {
    const type = btfType(btf, id);
    if (type.kind === "dataSection") found.push(type);
  }
  return found;
}

/** From function records; without them the targets of calls within the program are heads too, and have no names. */
function functionsOf(
  dump: ProgramDump,
  instructions: readonly Instruction[],
  length: number,
  btf: Btf | null,
): ReadDump["functions"] {
  const named = dump.functions.map(([start, typeId], index) => {
    const type = btf === null ? null : btfType(btf, typeId);
    const name = type?.kind === "function" ? type.name : "";
    return { start, name: name || (index === 0 ? dump.name : `function_${start}`) };
  });
  if (named.length > 0) return named.toSorted((one, other) => one.start - other.start);
  const heads = new Set([0]);
  for (const instruction of instructions) {
    const target = calledInstruction(instruction);
    if (target !== null && target > 0 && target < length) heads.add(target);
  }
  return [...heads]
    .toSorted((one, other) => one - other)
    .map((start) => ({ start, name: start === 0 ? dump.name || `program_${dump.id}` : `function_${start}` }));
}

/** The verifier moves a call's distance into its offset, and uses the immediate for itself (jit_subprogs, verifier.c). */
export function calledInstruction(instruction: Instruction): number | null {
  if (!isCall(instruction) || instruction.src !== pseudo.call) return null;
  const distance = instruction.offset === 0 ? instruction.immediate : instruction.offset;
  return instruction.at + 1 + distance;
}
