/** Names of the kernel's own functions by BTF id, for calls that carry nothing else. */
import { readFileSync } from "node:fs";
import { type Btf, btfType, readBtf } from "../object/read-btf.ts";

let read: { readonly btf: Btf | null } | null = null;

/** Null where the kernel carries no BTF, or the id is no function's. The kernel's BTF is read at the first call. */
export function kernelFunctionName(id: number): string | null {
  read ??= { btf: readKernel() };
  if (read.btf === null || id <= 0 || id >= read.btf.typeCount) return null;
  const type = btfType(read.btf, id);
  return type.kind === "function" ? type.name : null;
}

function readKernel(): Btf | null {
  try {
    const found = readBtf(readFileSync("/sys/kernel/btf/vmlinux"));
    return found.ok ? found.btf : null;
  } catch {
    return null;
  }
}
