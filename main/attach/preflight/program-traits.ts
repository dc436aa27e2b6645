/** What of a program decides where and how it can run: read from the object, without the kernel. */
import type { BuiltObject } from "../../build/build-input.ts";
import type { ObjectProgram } from "../../object/inspect-object.ts";
import { layOutProgram } from "../../object/lay-out-program.ts";
import { type Elf, readElf, readRelocations } from "../../object/read-elf.ts";

export interface ProgramTraits {
  readonly name: string;
  readonly section: string;
  readonly attachesTo: ObjectProgram["attachesTo"];
  /** takes packets of several fragments: SEC("xdp.frags") */
  readonly fragments: boolean;
  /** calls bpf_redirect or bpf_redirect_map */
  readonly redirects: boolean;
  /** may return XDP_TX, as far as constants in its code tell */
  readonly sendsBack: boolean;
  /** numbers of the helper functions that it calls */
  readonly helpers: ReadonlySet<number>;
  /** functions of the kernel that it calls by name */
  readonly kernelFunctions: readonly string[];
  /** types of the object's maps, in bpftool's words */
  readonly mapTypes: ReadonlySet<string>;
  /** for the values of devmaps and cpumaps */
  readonly devicePrograms: readonly ObjectProgram[];
  /** relocations against the kernel's own types (CO-RE) */
  readonly coRe: boolean;
  readonly hasBtf: boolean;
}

const instructionSize = 8;
const call = 0x85;
const helperCall = 0;
/** `r0 = imm` in 64 and 32 bits */
const moveToR0: ReadonlySet<number> = new Set([0xb7, 0xb4]);
const xdpTx = 3;
const redirectHelpers = [23, 51] as const;

export function programTraits({ bytes, contents }: BuiltObject, program: ObjectProgram): ProgramTraits {
  const read = readElf(bytes);
  const elf = read.ok ? read.elf : null;
  const code = elf === null ? emptyCode : readCode(elf, contents, program.name);
  return {
    name: program.name,
    section: program.section,
    attachesTo: program.attachesTo,
    fragments: /^\??xdp\.frags(\/|$)/.test(program.section),
    redirects: redirectHelpers.some((id) => code.helpers.has(id)),
    ...code,
    mapTypes: new Set(contents.maps.map(({ type }) => type)),
    devicePrograms: contents.programs.filter(({ attachesTo }) => attachesTo === "devmap" || attachesTo === "cpumap"),
    coRe: elf !== null && hasCoRe(elf),
    hasBtf: contents.btf !== null,
  };
}

interface Code {
  readonly helpers: ReadonlySet<number>;
  readonly kernelFunctions: readonly string[];
  readonly sendsBack: boolean;
}
const emptyCode: Code = { helpers: new Set(), kernelFunctions: [], sendsBack: false };

/** Of the program and the functions that it calls. */
function readCode(elf: Elf, contents: BuiltObject["contents"], program: string): Code {
  const helpers = new Set<number>();
  const kernelFunctions = new Set<string>();
  let sendsBack = false;
  const relocations = readRelocations(elf);
  for (const { function: one } of layOutProgram(contents, program)) {
    const data = elf.sections[one.sectionIndex]?.data ?? new Uint8Array(0);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const symbols = new Map(relocations?.get(one.sectionIndex)?.map((each) => [each.offset, each.symbolIndex]));
    for (let at = 0; at < one.instructions; at += 1) {
      const offset = (one.start + at) * instructionSize;
      const opcode = view.getUint8(offset);
      const registers = view.getUint8(offset + 1);
      const [target, source] = elf.littleEndian ? [registers & 0xf, registers >> 4] : [registers >> 4, registers & 0xf];
      const immediate = view.getInt32(offset + 4, elf.littleEndian);
      if (moveToR0.has(opcode) && target === 0 && immediate === xdpTx) sendsBack = true;
      if (opcode !== call) continue;
      if (source === helperCall) helpers.add(immediate);
      const symbol = elf.symbols[symbols.get(offset) ?? -1];
      if (symbol?.sectionIndex === 0 && symbol.name !== "") kernelFunctions.add(symbol.name);
    }
  }
  return { helpers, kernelFunctions: [...kernelFunctions], sendsBack };
}

/** .BTF.ext: magic, version, flags, hdr_len, then offset and length of three tables; the third is of CO-RE. */
function hasCoRe(elf: Elf): boolean {
  const bytes = elf.sections.find(({ name }) => name === ".BTF.ext")?.data;
  if (bytes === undefined || bytes.length < 32) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(4, elf.littleEndian);
  return headerLength >= 32 && view.getUint32(28, elf.littleEndian) > 0;
}
