import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface CompileOptions {
  readonly target?: "bpf" | "bpfel" | "bpfeb";
  readonly flags?: readonly string[];
  /** Called with the object's path before it goes. */
  readonly inspect?: (path: string) => void;
}

/** Compiles C the two-stage way (clang to LLVM IR, llc to an object), in a folder of its own. */
export function compileBpf(source: string, options: CompileOptions = {}): Uint8Array {
  const target = options.target ?? "bpf";
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-compile-"));
  try {
    const file = join(folder, "test.bpf.c");
    writeFileSync(file, source);
    execFileSync("clang", [
      "-S",
      "-target",
      target,
      "-D__BPF_TRACING__",
      "-D__x86_64__",
      "-Wall",
      "-Wno-unused-variable",
      "-O2",
      "-emit-llvm",
      "-c",
      ...(options.flags ?? ["-g"]),
      file,
      "-o",
      join(folder, "test.ll"),
    ]);
    execFileSync("llc", [`-march=${target}`, "-filetype=obj", "-o", join(folder, "test.o"), join(folder, "test.ll")]);
    options.inspect?.(join(folder, "test.o"));
    return new Uint8Array(readFileSync(join(folder, "test.o")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The few macros of bpf_helpers.h that the tests need, so that both byte orders compile without system headers. */
export const preamble = `
typedef unsigned char __u8; typedef unsigned short __u16; typedef unsigned int __u32; typedef unsigned long long __u64;
typedef signed char __s8; typedef short __s16; typedef int __s32; typedef long long __s64;
typedef __u16 __be16; typedef __u32 __be32; typedef __u64 __be64;
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __noinline __attribute__((noinline))
struct xdp_md { __u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex; };
static void *(*map_lookup)(void *map, const void *key) = (void *)1;
char _license[] SEC("license") = "Dual BSD/GPL";
`;

/** The number of the first line of source that contains text. */
export function lineOf(source: string, text: string): number {
  return source.split("\n").findIndex((line) => line.includes(text)) + 1;
}
