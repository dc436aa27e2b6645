/** The least ELF file that holds machine code at an address, for tools that take no bare bytes (elf(5)). */

export interface Machine {
  /** e_machine */
  readonly number: number;
  readonly littleEndian: boolean;
}

/** By process.arch: what Node and the kernel's JIT both run on. */
export const machines: Readonly<Record<string, Machine>> = {
  x64: { number: 62, littleEndian: true },
  arm64: { number: 183, littleEndian: true },
  riscv64: { number: 243, littleEndian: true },
  s390x: { number: 22, littleEndian: false },
};

const headerBytes = 64;
const sectionBytes = 64;
const names = "\0.text\0.shstrtab\0";

export function wrapCode(code: Uint8Array, address: bigint, { number, littleEndian }: Machine): Buffer {
  const namesAt = headerBytes + code.length;
  const tableAt = Math.ceil((namesAt + names.length) / 8) * 8;
  const file = Buffer.alloc(tableAt + 3 * sectionBytes);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const u16 = (at: number, value: number): void => view.setUint16(at, value, littleEndian);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, littleEndian);
  const u64 = (at: number, value: bigint): void => view.setBigUint64(at, value, littleEndian);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, littleEndian ? 1 : 2, 1]);
  // ET_EXEC: addresses are as they stand
  u16(16, 2);
  u16(18, number);
  u32(20, 1);
  u64(40, BigInt(tableAt));
  u16(52, headerBytes);
  u16(58, sectionBytes);
  u16(60, 3);
  u16(62, 2);
  file.set(code, headerBytes);
  file.write(names, namesAt, "latin1");
  const section = (
    index: number,
    name: number,
    type: number,
    flags: bigint,
    at: bigint,
    from: number,
    size: number,
  ) => {
    const start = tableAt + index * sectionBytes;
    u32(start, name);
    u32(start + 4, type);
    u64(start + 8, flags);
    u64(start + 16, at);
    u64(start + 24, BigInt(from));
    u64(start + 32, BigInt(size));
    u64(start + 48, 1n);
  };
  // SHT_PROGBITS with SHF_ALLOC and SHF_EXECINSTR; SHT_STRTAB
  section(1, 1, 1, 6n, address, headerBytes, code.length);
  section(2, 7, 3, 0n, 0n, namesAt, names.length);
  return file;
}
