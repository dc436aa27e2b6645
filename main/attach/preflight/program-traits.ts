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
  /** calls bpf_redirect or bpf_redirect_map, towards devices, CPUs or sockets */
  readonly redirects: boolean;
  /** towards devices: bpf_redirect, or a map of devices */
  readonly redirectsToDevices: boolean;
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
/** `rN = imm` and `rN = rM`, in 64 and 32 bits */
const moveImmediate: ReadonlySet<number> = new Set([0xb7, 0xb4]);
const moveRegister: ReadonlySet<number> = new Set([0xbf, 0xbc]);
const xdpTx = 3;
const redirect = 23;
const redirectMap = 51;

export function programTraits({ bytes, contents }: BuiltObject, program: ObjectProgram): ProgramTraits {
  const read = readElf(bytes);
  const elf = read.ok ? read.elf : null;
  const code = elf === null ? emptyCode : readCode(elf, contents, program.name);
  const mapTypes = new Set(contents.maps.map(({ type }) => type));
  const otherTargets = mapTypes.has("cpumap") || mapTypes.has("xskmap");
  const deviceMap = mapTypes.has("devmap") || mapTypes.has("devmap_hash") || !otherTargets;
  return {
    name: program.name,
    section: program.section,
    attachesTo: program.attachesTo,
    fragments: /^\??xdp\.frags(\/|$)/.test(program.section),
    redirects: code.helpers.has(redirect) || code.helpers.has(redirectMap),
    redirectsToDevices: code.helpers.has(redirect) || (code.helpers.has(redirectMap) && deviceMap),
    ...code,
    mapTypes,
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
    const moves = createMoves();
    const symbols = new Map(relocations?.get(one.sectionIndex)?.map((each) => [each.offset, each.symbolIndex]));
    for (let at = 0; at < one.instructions; at += 1) {
      const offset = (one.start + at) * instructionSize;
      const opcode = view.getUint8(offset);
      const registers = view.getUint8(offset + 1);
      const [target, source] = elf.littleEndian ? [registers & 0xf, registers >> 4] : [registers >> 4, registers & 0xf];
      const immediate = view.getInt32(offset + 4, elf.littleEndian);
      if (moveImmediate.has(opcode) && immediate === xdpTx) moves.holds(target);
      if (moveRegister.has(opcode)) moves.copies(source, target);
      if (opcode !== call) continue;
      if (source === helperCall) helpers.add(immediate);
      const symbol = elf.symbols[symbols.get(offset) ?? -1];
      if (symbol?.sectionIndex === 0 && symbol.name !== "") kernelFunctions.add(symbol.name);
    }
    if (moves.mayReach(0)) sendsBack = true;
  }
  return { helpers, kernelFunctions: [...kernelFunctions], sendsBack };
}

/** Which registers may hold a constant, whatever the order of instructions: enough to tell what may be returned. */
function createMoves() {
  const holders = new Set<number>();
  const copied = new Map<number, Set<number>>();
  return {
    holds: (register: number) => holders.add(register),
    copies(from: number, to: number) {
      copied.set(to, (copied.get(to) ?? new Set()).add(from));
    },
    mayReach(register: number): boolean {
      const seen = new Set<number>();
      const pending = [register];
      for (let now = pending.pop(); now !== undefined; now = pending.pop()) {
        if (holders.has(now)) return true;
        if (seen.has(now)) continue;
        seen.add(now);
        pending.push(...(copied.get(now) ?? []));
      }
      return false;
    },
  };
}

/** .BTF.ext: magic, version, flags, hdr_len, then offset and length of three tables; the third is of CO-RE. */
function hasCoRe(elf: Elf): boolean {
  const bytes = elf.sections.find(({ name }) => name === ".BTF.ext")?.data;
  if (bytes === undefined || bytes.length < 32) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(4, elf.littleEndian);
  return headerLength >= 32 && view.getUint32(28, elf.littleEndian) > 0;
}
