/** struct bpf_insn: 8 bytes each, a 64-bit constant takes two (Documentation/bpf/standardization/instruction-set.rst). */
export interface Instruction {
  /** of its first 8 bytes, counted from the start of what was decoded */
  readonly at: number;
  readonly code: number;
  readonly dst: number;
  readonly src: number;
  /** signed */
  readonly offset: number;
  /** signed */
  readonly immediate: number;
  /** the immediate of the second 8 bytes; null where it has none */
  readonly next: number | null;
}

export const instructionBytes = 8;
export const codeLoadImmediate64 = 0x18;

/** Total: what does not fill an instruction at the end is left out. */
export function decodeInstructions(bytes: Uint8Array, littleEndian: boolean): readonly Instruction[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / instructionBytes);
  const decoded: Instruction[] = [];
  for (let at = 0; at < count; at++) {
    const start = at * instructionBytes;
    const code = view.getUint8(start);
    // two bit fields in one byte, which follow the target's byte order
    const registers = view.getUint8(start + 1);
    const [low, high] = [registers & 0xf, registers >> 4];
    const second = start + instructionBytes;
    const wide = code === codeLoadImmediate64 && at + 1 < count && view.getUint8(second) === 0;
    decoded.push({
      at,
      code,
      dst: littleEndian ? low : high,
      src: littleEndian ? high : low,
      offset: view.getInt16(start + 2, littleEndian),
      immediate: view.getInt32(start + 4, littleEndian),
      next: wide ? view.getInt32(second + 4, littleEndian) : null,
    });
    if (wide) at++;
  }
  return decoded;
}

/** Values of the source register that give a 64-bit constant or a call its meaning (include/uapi/linux/bpf.h). */
export const pseudo = {
  mapFd: 1,
  mapValue: 2,
  btfId: 3,
  function: 4,
  mapIndex: 5,
  mapIndexValue: 6,
  call: 1,
  kernelCall: 2,
} as const;

const classJump = 5;
const classJump32 = 6;
const codeExit = 0x95;
const codeCall = 0x85;
const codeCallRegister = 0x8d;
const codeGotoRegister = 0x0d;

export function isCall({ code }: Instruction): boolean {
  return code === codeCall;
}

/** Where a jump goes, counted as `at` is; null for what jumps nowhere. A call is no jump. */
export function jumpTarget(instruction: Instruction): number | null {
  const { at, code, offset, immediate } = instruction;
  const kind = code & 0x07;
  if (kind !== classJump && kind !== classJump32) return null;
  if (code === codeExit || code === codeCall || code === codeCallRegister || code === codeGotoRegister) return null;
  // JMP32 | JA: the long form, with its distance in the immediate
  if (code === 0x06) return at + 1 + immediate;
  return printable(code) ? at + 1 + offset : null;
}

/** All operations of the two jump classes but CALL and EXIT, which do not jump; 0xf0 is none. */
function printable(code: number): boolean {
  const operation = code & 0xf0;
  if (operation === 0x80 || operation === 0x90 || operation === 0xf0) return false;
  // JA and JCOND (may_goto) take no register, and JCOND is of the 64-bit class only
  if (operation === 0x00) return code === 0x05;
  if (operation === 0xe0) return code === 0xe5;
  return true;
}
