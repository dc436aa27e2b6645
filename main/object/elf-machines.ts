/** EM_BPF of linux/elf-em.h. */
export const machineBpf = 247;

const names: ReadonlyMap<number, string> = new Map([
  [2, "sparc"],
  [3, "x86 (32-bit)"],
  [8, "mips"],
  [20, "powerpc"],
  [21, "powerpc64"],
  [22, "s390x"],
  [40, "arm (32-bit)"],
  [43, "sparc64"],
  [62, "x86-64"],
  [183, "arm64 (aarch64)"],
  [224, "amdgpu"],
  [243, "risc-v"],
  [machineBpf, "bpf"],
  [258, "loongarch"],
]);

/** What people call the machine of an ELF header's e_machine. */
export function machineName(machine: number): string {
  return names.get(machine) ?? `machine ${machine}`;
}
