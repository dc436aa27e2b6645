/**
 * An instruction as text, in the notation that clang's assembler, llvm-objdump and the verifier's log share:
 * `r1 = *(u32 *)(r2 + 4)`. Every opcode of Documentation/bpf/standardization/instruction-set.rst, and those of the
 * kernel's own that a dump can hold.
 */
import { codeLoadImmediate64, type Instruction, jumpTarget, pseudo } from "./decode.ts";
import { helperName } from "./helper-names.ts";

/** What the surroundings of an instruction know of it. Each may answer null: then numbers are printed. */
export interface Surroundings {
  /** as "L3", of the instruction at a target */
  readonly label?: (target: number) => string | null;
  /** what a call calls, whole, as "bpf_map_lookup_elem#1" */
  readonly callee?: (instruction: Instruction) => string | null;
  /** what a 64-bit constant stands for, as "map blocklist" */
  readonly constant?: (instruction: Instruction) => string | null;
}

const sizes: Readonly<Record<number, { readonly unsigned: string; readonly signed: string }>> = {
  0x00: { unsigned: "u32", signed: "s32" },
  0x08: { unsigned: "u16", signed: "s16" },
  0x10: { unsigned: "u8", signed: "s8" },
  0x18: { unsigned: "u64", signed: "s64" },
};
const modes = { immediate: 0x00, absolute: 0x20, indirect: 0x40, memory: 0x60, signed: 0x80, atomic: 0xc0 } as const;

const arithmetic: Readonly<Record<number, string>> = {
  0x00: "+=",
  0x10: "-=",
  0x20: "*=",
  0x30: "/=",
  0x40: "|=",
  0x50: "&=",
  0x60: "<<=",
  0x70: ">>=",
  0x90: "%=",
  0xa0: "^=",
  0xb0: "=",
  0xc0: "s>>=",
};
const comparisons: Readonly<Record<number, string>> = {
  0x10: "==",
  0x20: ">",
  0x30: ">=",
  0x40: "&",
  0x50: "!=",
  0x60: "s>",
  0x70: "s>=",
  0xa0: "<",
  0xb0: "<=",
  0xc0: "s<",
  0xd0: "s<=",
};
const atomicNames: Readonly<Record<number, string>> = { 0x00: "add", 0x40: "or", 0x50: "and", 0xa0: "xor" };

export function printInstruction(instruction: Instruction, around: Surroundings = {}): string {
  return known(instruction, around) ?? unknown(instruction);
}

function known(instruction: Instruction, around: Surroundings): string | null {
  switch (instruction.code & 0x07) {
    case 0x00:
      return load(instruction, around);
    case 0x01:
      return loadMemory(instruction);
    case 0x02:
      return storeImmediate(instruction);
    case 0x03:
      return storeRegister(instruction);
    case 0x04:
    case 0x07:
      return compute(instruction);
    default:
      return jump(instruction, around);
  }
}

/** Its bytes' meaning is not known: its fields are. */
function unknown({ code, dst, src, offset, immediate }: Instruction): string {
  return `<unknown> code 0x${code.toString(16).padStart(2, "0")}, dst ${dst}, src ${src}, offset ${offset}, immediate ${immediate}`;
}

function load({ code, dst, src, immediate, next, ...rest }: Instruction, around: Surroundings): string | null {
  if (code === codeLoadImmediate64) {
    if (next === null) return null;
    const constant = around.constant?.({ code, dst, src, immediate, next, ...rest });
    if (constant !== undefined && constant !== null) return `r${dst} = ${constant} ll`;
    return `r${dst} = ${wideConstant(src, immediate, next)} ll`;
  }
  const size = sizes[code & 0x18]?.unsigned;
  if ((code & 0x18) === 0x18) return null;
  if ((code & 0xe0) === modes.absolute) return `r0 = *(${size} *)skb[${immediate}]`;
  if ((code & 0xe0) === modes.indirect)
    return `r0 = *(${size} *)skb[${immediate === 0 ? `r${src}` : plus(`r${src}`, immediate)}]`;
  return null;
}

function wideConstant(src: number, low: number, high: number): string {
  switch (src) {
    case pseudo.mapFd:
      return `map[fd:${low}]`;
    case pseudo.mapValue:
      return `map[fd:${low}][0] + ${high >>> 0}`;
    case pseudo.btfId:
      return `variable[btf:${low}]`;
    case pseudo.function:
      return `function ${signed(low)}`;
    case pseudo.mapIndex:
      return `map[index:${low}]`;
    case pseudo.mapIndexValue:
      return `map[index:${low}][0] + ${high >>> 0}`;
    default:
      return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)).toString();
  }
}

function loadMemory({ code, dst, src, offset }: Instruction): string | null {
  const size = sizes[code & 0x18];
  const mode = code & 0xe0;
  if (mode === modes.memory) return `r${dst} = *(${size?.unsigned} *)(${plus(`r${src}`, offset)})`;
  if (mode === modes.signed && (code & 0x18) !== 0x18)
    return `r${dst} = *(${size?.signed} *)(${plus(`r${src}`, offset)})`;
  return null;
}

function storeImmediate({ code, dst, offset, immediate }: Instruction): string | null {
  // the verifier's own, against speculation: a dump can hold it
  if (code === 0xc2) return "nospec";
  if ((code & 0xe0) !== modes.memory) return null;
  return `*(${sizes[code & 0x18]?.unsigned} *)(${plus(`r${dst}`, offset)}) = ${immediate}`;
}

function storeRegister({ code, dst, src, offset, immediate }: Instruction): string | null {
  const size = sizes[code & 0x18]?.unsigned ?? "";
  const place = `(${size} *)(${plus(`r${dst}`, offset)})`;
  if ((code & 0xe0) === modes.memory) return `*${place} = r${src}`;
  if ((code & 0xe0) !== modes.atomic) return null;
  if (immediate === 0x100) return `r${dst} = load_acquire((${size} *)(${plus(`r${src}`, offset)}))`;
  if (immediate === 0x110) return `store_release(${place}, r${src})`;
  // the rest works on 32 and 64 bits only
  const width = size === "u64" ? "64" : size === "u32" ? "" : null;
  if (width === null) return null;
  const register = size === "u64" ? "r" : "w";
  if (immediate === 0xe1) return `${register}${src} = atomic${width}_xchg(${place}, ${register}${src})`;
  if (immediate === 0xf1) return `${register}0 = atomic${width}_cmpxchg(${place}, ${register}0, ${register}${src})`;
  const name = atomicNames[immediate & 0xf0];
  if (name === undefined || (immediate & ~0xf1) !== 0) return null;
  if ((immediate & 1) === 0) return `lock *${place} ${arithmetic[immediate & 0xf0]} ${register}${src}`;
  return `${register}${src} = atomic${width}_fetch_${name}(${place}, ${register}${src})`;
}

function compute({ code, dst, src, offset, immediate }: Instruction): string | null {
  const wide = (code & 0x07) === 0x07;
  const fromRegister = (code & 0x08) !== 0;
  const operation = code & 0xf0;
  const register = wide ? "r" : "w";
  const target = `${register}${dst}`;
  if (operation === 0xd0) return swapBytes({ dst, immediate, wide, fromRegister });
  if (operation === 0x80) return fromRegister ? null : `${target} = -${target}`;
  const operator = arithmetic[operation];
  if (operator === undefined) return null;
  const operand = fromRegister ? `${register}${src}` : `${immediate}`;
  if (offset === 0) return `${target} ${operator} ${operand}`;
  if (operation === 0x30 || operation === 0x90) return offset === 1 ? `${target} s${operator} ${operand}` : null;
  if (operation !== 0xb0 || !fromRegister) return null;
  if (offset === 8 || offset === 16 || (offset === 32 && wide)) return `${target} = (s${offset})${operand}`;
  if (!wide) return null;
  if (offset === 1) return `${target} = addr_space_cast(${operand}, ${immediate >>> 16}, ${immediate & 0xffff})`;
  // the verifier's own: the address of this CPU's copy
  return offset === -1 ? `${target} = &(void __percpu *)(${operand})` : null;
}

function swapBytes(
  { dst, immediate, wide, fromRegister }: { dst: number; immediate: number; wide: boolean; fromRegister: boolean }, // prettier-ignore
): string | null {
  if (immediate !== 16 && immediate !== 32 && immediate !== 64) return null;
  if (!wide) return `r${dst} = ${fromRegister ? "be" : "le"}${immediate} r${dst}`;
  return fromRegister ? null : `r${dst} = bswap${immediate} r${dst}`;
}

function jump(instruction: Instruction, around: Surroundings): string | null {
  const { code, dst, src, immediate } = instruction;
  switch (code) {
    case 0x85:
      return `call ${around.callee?.(instruction) ?? calleeByNumber(instruction)}`;
    case 0x8d:
      return `callx r${dst}`;
    case 0x0d:
      return `gotox r${dst}`;
    case 0x95:
      return "exit";
  }
  const target = jumpTarget(instruction);
  if (target === null) return null;
  const distance = signed(target - instruction.at - 1);
  const label = around.label?.(target);
  const where = label === undefined || label === null ? distance : `${distance} <${label}>`;
  if (code === 0x05) return `goto ${where}`;
  if (code === 0x06) return `gotol ${where}`;
  if (code === 0xe5) return `may_goto ${where}`;
  const operator = comparisons[code & 0xf0];
  if (operator === undefined) return null;
  const register = (code & 0x07) === 0x05 ? "r" : "w";
  const operand = (code & 0x08) === 0 ? `${immediate}` : `${register}${src}`;
  return `if ${register}${dst} ${operator} ${operand} goto ${where}`;
}

/** By its number alone, as an object before relocation carries it. */
function calleeByNumber({ src, immediate }: Instruction): string {
  if (src === pseudo.call) return `pc${signed(immediate)}`;
  if (src === pseudo.kernelCall) return `kernel-function#${immediate}`;
  const name = src === 0 ? helperName(immediate) : null;
  return name === null ? `${immediate}` : `${name}#${immediate}`;
}

function plus(register: string, offset: number): string {
  return offset < 0 ? `${register} - ${-offset}` : `${register} + ${offset}`;
}

function signed(distance: number): string {
  return distance < 0 ? `${distance}` : `+${distance}`;
}
