/** What a machine's architecture adds to a build: the pipeline and clangd must see a source alike. By names of Node. */
interface Host {
  /** what clang predefines for the host and `-target bpf` takes away; glibc's headers and libbpf's tracing macros ask */
  readonly macros: readonly string[];
  /** Debian's folder of architecture headers */
  readonly multiarch: string;
}

export const hosts: Readonly<Record<string, Host>> = {
  x64: { macros: ["-D__x86_64__", "-D__TARGET_ARCH_x86"], multiarch: "x86_64-linux-gnu" },
  arm64: { macros: ["-D__aarch64__", "-D__TARGET_ARCH_arm64"], multiarch: "aarch64-linux-gnu" },
  arm: { macros: ["-D__arm__", "-D__TARGET_ARCH_arm"], multiarch: "arm-linux-gnueabihf" },
  riscv64: { macros: ["-D__riscv", "-D__riscv_xlen=64", "-D__TARGET_ARCH_riscv"], multiarch: "riscv64-linux-gnu" },
  ppc64: { macros: ["-D__powerpc64__", "-D__TARGET_ARCH_powerpc"], multiarch: "powerpc64le-linux-gnu" },
  s390x: { macros: ["-D__s390x__", "-D__TARGET_ARCH_s390"], multiarch: "s390x-linux-gnu" },
  loong64: { macros: ["-D__loongarch__", "-D__TARGET_ARCH_loongarch"], multiarch: "loongarch64-linux-gnu" },
};
