/** A loaded program's instructions as the verifier left them. */
import { btfType } from "../object/read-btf.ts";
import { addFunction } from "./bpf/add-function.ts";
import { type Instruction, pseudo } from "./bpf/decode.ts";
import { helperName } from "./bpf/helper-names.ts";
import { lineTable } from "./bpf/line-table.ts";
import { behind } from "./bpf/object-symbols.ts";
import { type CodeText, createCodeBuilder } from "./code-builder.ts";
import { calledInstruction, type ReadDump } from "./read-dump.ts";

export interface Naming {
  readonly nameFile: (file: string) => string;
  /** of the kernel's BTF */
  readonly kernelFunction: (id: number) => string | null;
}

export function disassembleXlated(dump: ReadDump, { nameFile, kernelFunction }: Naming): CodeText {
  const builder = createCodeBuilder();
  const table = lineTable(dump.btf, dump.lines, nameFile);
  const heads = new Map(dump.functions.map(({ start, name }) => [start, name]));
  const around = {
    callee: (instruction: Instruction) => calleeOf(dump, heads, kernelFunction, instruction),
    constant: (instruction: Instruction) => constantOf(dump, heads, instruction),
  };
  let from = 0;
  for (const [index, { name, start }] of dump.functions.entries()) {
    const end = dump.functions[index + 1]?.start ?? dump.length;
    let to = from;
    while (to < dump.instructions.length && (dump.instructions[to]?.at ?? end) < end) to++;
    addFunction(builder, {
      ...{ name, start, end, around, digits: `${dump.length}`.length },
      instructions: dump.instructions.slice(from, to),
      at: (instruction) => table(start, instruction),
    });
    from = to;
  }
  return builder.done();
}

function calleeOf(
  { callBase, symbols }: ReadDump,
  heads: ReadonlyMap<number, string>,
  kernelFunction: Naming["kernelFunction"],
  instruction: Instruction,
): string | null {
  const { src, immediate, offset } = instruction;
  const own = calledInstruction(instruction);
  if (own !== null) return heads.get(own) ?? null;
  const known = callBase === null ? undefined : symbols.get(BigInt.asUintN(64, callBase + BigInt(immediate)));
  if (known !== undefined) return known;
  // far calls of kernel functions keep their BTF id; with an offset it is of a module's BTF
  if (src === pseudo.kernelCall) return offset === 0 ? kernelFunction(immediate) : null;
  // a tail call is an instruction of its own, and shown with its helper's number
  if (immediate === tailCall) return `${helperName(tailCall)}#${tailCall}`;
  if (callBase === null) return immediate === 0 ? "<address hidden>" : `__bpf_call_base + ${immediate}`;
  return `0x${BigInt.asUintN(64, callBase + BigInt(immediate)).toString(16)}`;
}

const tailCall = 12;

function constantOf(dump: ReadDump, heads: ReadonlyMap<number, string>, instruction: Instruction): string | null {
  const { src, immediate, next, at } = instruction;
  switch (src) {
    case pseudo.mapFd:
      return `map ${mapText(dump, immediate)}`;
    case pseudo.mapValue: {
      const offset = (next ?? 0) >>> 0;
      return variableAt(dump, immediate, offset) ?? `map ${mapText(dump, immediate)}[0]${behind(offset)}`;
    }
    case pseudo.function: {
      const name = heads.get(at + 1 + immediate);
      return name === undefined ? null : `function ${name}`;
    }
    default:
      return null;
  }
}

function mapText({ maps }: ReadDump, id: number): string {
  const name = maps.get(id);
  return name === undefined || name === "" ? `id:${id}` : name;
}

/** libbpf names a section's map after the object and the section, cut to 15 characters, and lays out its variables in BTF. */
function variableAt({ btf, maps, dataSections }: ReadDump, map: number, offset: number): string | null {
  const name = maps.get(map) ?? "";
  const suffix = name.includes(".") ? name.slice(name.indexOf(".")) : null;
  if (btf === null || suffix === null) return null;
  for (const section of dataSections) {
    if (!section.name.startsWith(suffix)) continue;
    if (section.name !== suffix && name.length < 15) continue;
    const holder = section.variables.find((one) => one.offset <= offset && offset < one.offset + one.size);
    const variable = holder === undefined ? null : btfType(btf, holder.type);
    if (holder !== undefined && variable?.kind === "variable") {
      return `&${variable.name}${behind(offset - holder.offset)}`;
    }
  }
  return null;
}
